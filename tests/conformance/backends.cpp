#include "tests/conformance/backends.hpp"

#include "engine/reference/reference_backend.hpp"

#if __has_include("engine/cpu/cpu_backend.hpp")
#include "engine/cpu/cpu_backend.hpp"
#define CNNLAB_TEST_CPU 1
#endif

namespace cnnlab::test {

namespace {

/// 32-bit floats carry 24 bits, so one rounding is 6e-8 of a value. A sum of n of them strays by about √n roundings: the longest ones here
/// (weight gradients over some 10,000 positions) reach 6e-6, and a few such steps follow each other.
[[maybe_unused]] constexpr double single_precision = 2e-5;

std::vector<BackendUnderTest> find_backends() {
    std::vector<BackendUnderTest> found;
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

}  // namespace cnnlab::test
