#include <gtest/gtest.h>

#include <cstdlib>
#include <future>

#include "engine/core/error.hpp"
#include "engine/distributed/loopback.hpp"
#include "native/distributed/devices.hpp"

namespace cnnlab::test {
namespace {

TEST(Devices, EachProcessTakesTheGpuOfItsNumber) {
    const Launch third{"mpirun", 8, 6, 4, 2};
    EXPECT_EQ(gpu_of_process(third, 4), 2);
    EXPECT_EQ(gpu_of_process(third, 8), 2) << "some are left";
    EXPECT_EQ(gpu_of_process(third, 1), 0) << "its own, as the launcher has bound it";
    EXPECT_EQ(gpu_of_process(third, 0), 0) << "what opens it will say that there is none";
    try {
        (void)gpu_of_process(third, 2);
        FAIL() << "four processes cannot have two GPUs";
    } catch (const Error& error) {
        EXPECT_EQ(error.problem().english(), "4 processes were started on this machine, which has 2 GPUs");
    }
}

TEST(Devices, TrainingsOfAStudySeeOneGpu) {
    const Launch third{"mpirun", 4, 2, 4, 2};
    ::unsetenv("CUDA_VISIBLE_DEVICES");
    EXPECT_EQ(own_gpu_variable(third), "CUDA_VISIBLE_DEVICES=2");
    ::setenv("CUDA_VISIBLE_DEVICES", "4,5,6,7", 1);
    EXPECT_EQ(own_gpu_variable(third), "CUDA_VISIBLE_DEVICES=6");
    ::setenv("CUDA_VISIBLE_DEVICES", "GPU-abc", 1);
    EXPECT_EQ(own_gpu_variable(third), "CUDA_VISIBLE_DEVICES=GPU-abc") << "given by the launcher";
    ::unsetenv("CUDA_VISIBLE_DEVICES");
}

std::vector<std::string> refusals(const std::vector<std::pair<std::string, std::string>>& places) {
    auto groups = make_loopback(static_cast<int>(places.size()));
    std::vector<std::future<std::string>> all;
    for (size_t rank = 0; rank < places.size(); ++rank)
        all.push_back(std::async(std::launch::async, [&, rank]() -> std::string {
            try {
                check_own_gpus(*groups[rank], places[rank].first, places[rank].second);
                return "";
            } catch (const Error& error) {
                return error.place() + " " + error.problem().english();
            }
        }));
    std::vector<std::string> said;
    for (auto& one : all) said.push_back(one.get());
    return said;
}

TEST(Devices, OneGpuForTwoIsRefusedInAll) {
    EXPECT_EQ(refusals({{"a", "0:1"}, {"a", "0:2"}, {"b", "0:1"}}), std::vector<std::string>(3));
    EXPECT_EQ(refusals({{"a", "0:1"}, {"b", "0:1"}, {"a", "0:1"}}),
              std::vector<std::string>(3, "rank 2 has the same GPU as rank 0 (a 0:1)"));
}

}  // namespace
}  // namespace cnnlab::test
