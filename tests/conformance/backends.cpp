#include "tests/conformance/backends.hpp"

#include <gtest/gtest.h>

#include "engine/reference/reference_backend.hpp"

#if defined(CNNLAB_CUDA_EMULATED)
#include "native/cuda/cuda_backend.hpp"
#elif __has_include("engine/cpu/cpu_backend.hpp")
#include "engine/cpu/cpu_backend.hpp"
#define CNNLAB_TEST_CPU 1
#endif

#if defined(CNNLAB_HAS_CUDA)
#include "native/cuda/cuda_backend.hpp"
#endif

namespace cnnlab::test {

namespace {

/// 32-bit floats carry 24 bits, so one rounding is 6e-8 of a value. A sum of n of them strays by about √n roundings:
/// the longest ones here (weight gradients over some 10,000 positions) reach 6e-6, and a few such errors follow each
/// other.
[[maybe_unused]] constexpr double single_precision = 2e-5;
/// Halves carry 11 bits and bf16 carries 8; what is stored in them is rounded once an op.
[[maybe_unused]] constexpr double half_precision = 4e-2, bf16_precision = 1.4e-1;

#if defined(CNNLAB_CUDA_EMULATED) || defined(CNNLAB_HAS_CUDA)
void add_cuda(std::vector<BackendUnderTest>& found, const std::string& name, bool libraries) {
    const auto add = [&](const char* precision, Precision stored, double tolerance) {
        const std::string full = name + "_" + precision;
        found.push_back({full,
                         [stored, libraries] {
                             return make_cuda_backend({stored, libraries});
                         },
                         tolerance, full, stored != Precision::fp32});
    };
    add("fp32", Precision::fp32, single_precision);
    add("half", Precision::half, half_precision);
    add("bf16", Precision::bf16, bf16_precision);
}
#endif

std::vector<BackendUnderTest> find_backends() {
    std::vector<BackendUnderTest> found;
#if defined(CNNLAB_CUDA_EMULATED)
    add_cuda(found, "cuda_emulated", false);
#elif defined(CNNLAB_HAS_CUDA)
    if (cuda_device_present()) {
        add_cuda(found, "cuda", true);
        add_cuda(found, "cuda_own_kernels", false);
    }
#endif
#ifdef CNNLAB_TEST_CPU
#if defined(__EMSCRIPTEN__) && !defined(__EMSCRIPTEN_PTHREADS__)
    const std::vector<int> thread_counts{1};
#else
    const std::vector<int> thread_counts{1, 3};
#endif
    for (const auto& arch : cpu_archs())
        for (const int threads : thread_counts)
            found.push_back({"cpu_" + arch + "_" + std::to_string(threads) + "_threads",
                             [arch, threads] {
                                 return make_cpu_backend({threads, arch});
                             },
                             single_precision, "cpu_" + arch});
#endif
    return found;
}

}  // namespace

const std::vector<BackendUnderTest>& backends_under_test() {
    static const auto backends = find_backends();
    return backends;
}

std::vector<BackendUnderTest> all_backends() {
    // its results are rounded to single precision when they are downloaded
    std::vector<BackendUnderTest> all{{"reference", make_reference_backend, 1e-6, "reference"}};
    all.insert(all.end(), backends_under_test().begin(), backends_under_test().end());
    return all;
}

#if defined(CNNLAB_HAS_CUDA)
TEST(CudaDevice, takes_part_in_the_conformance_suite) {
    if (!cuda_device_present()) GTEST_SKIP() << "no GPU here: the CUDA backend is only tested emulated";
    EXPECT_EQ(backends_under_test().front().name, "cuda_fp32");
}
#endif

}  // namespace cnnlab::test
