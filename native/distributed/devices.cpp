#include "native/distributed/devices.hpp"

#include <cstdlib>
#include <map>
#include <sstream>

#include "engine/core/error.hpp"
#include "native/distributed/agreement.hpp"

namespace cnnlab {

int gpu_of_process(const Launch& launch, int visible) {
    if (visible <= 1) return 0;
    if (launch.on_machine > visible)
        throw Error(ErrorCode::unsupported, "--device cuda",
                    std::to_string(launch.on_machine) +
                        " processes were started on this machine, which has " + std::to_string(visible) +
                        " GPUs",
                    "start as many as there are GPUs on each machine (mpirun --map-by ppr:" +
                        std::to_string(visible) + ":node)");
    return launch.local_rank;
}

void check_own_gpus(Group& group, const std::string& host, const std::string& address) {
    std::map<std::string, size_t> owner;
    const std::vector<std::string> all = gather_texts(group, host + " " + address);
    for (size_t rank = 0; rank < all.size(); ++rank)
        if (const auto [found, is_new] = owner.emplace(all[rank], rank); !is_new)
            throw Error(ErrorCode::unsupported, "rank " + std::to_string(rank),
                        "has the same GPU as rank " + std::to_string(found->second) + " (" + all[rank] + ")",
                        "start one process a GPU, each of which sees its own or all (CUDA_VISIBLE_DEVICES)");
}

std::string own_gpu_variable(const Launch& launch) {
    const char* given = std::getenv("CUDA_VISIBLE_DEVICES");
    std::istringstream list(given != nullptr ? given : "");
    std::vector<std::string> devices;
    for (std::string one; std::getline(list, one, ',');) devices.push_back(one);
    std::string mine = std::to_string(launch.local_rank);
    if (!devices.empty())
        mine = devices[static_cast<size_t>(gpu_of_process(launch, static_cast<int>(devices.size())))];
    return "CUDA_VISIBLE_DEVICES=" + mine;
}

}  // namespace cnnlab
