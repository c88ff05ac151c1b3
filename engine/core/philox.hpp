#pragma once

#include <array>
#include <cmath>
#include <cstdint>

#if defined(__CUDACC__)
#define CNNLAB_HOST_DEVICE __host__ __device__
#else
#define CNNLAB_HOST_DEVICE
#endif

namespace cnnlab {

/// Counter-based random numbers, Philox 4×32 with 10 rounds (Salmon, Moraes, Dror, Shaw: "Parallel random numbers: as
/// easy as 1, 2, 3", SC 2011).
/// The same (seed, stream, step, index) gives the same four words on every backend, in any order.
struct Philox {
    uint64_t seed = 0;
    uint32_t stream = 0;  ///< which op, tensor or purpose draws
    uint32_t step = 0;    ///< training step or epoch

    using Words = std::array<uint32_t, 4>;

    /// Words of block `index`: four 32-bit numbers.
    [[nodiscard]] CNNLAB_HOST_DEVICE constexpr Words operator()(uint64_t index) const {
        uint32_t c0 = static_cast<uint32_t>(index), c1 = static_cast<uint32_t>(index >> 32U), c2 = step,
                 c3 = stream;
        uint32_t k0 = static_cast<uint32_t>(seed), k1 = static_cast<uint32_t>(seed >> 32U);
        for (int round = 0; round < 10; ++round) {
            const uint64_t p0 = uint64_t{0xD2511F53U} * c0, p1 = uint64_t{0xCD9E8D57U} * c2;
            const uint32_t n0 = static_cast<uint32_t>(p1 >> 32U) ^ c1 ^ k0;
            const uint32_t n2 = static_cast<uint32_t>(p0 >> 32U) ^ c3 ^ k1;
            c1 = static_cast<uint32_t>(p1);
            c3 = static_cast<uint32_t>(p0);
            c0 = n0;
            c2 = n2;
            k0 += 0x9E3779B9U;
            k1 += 0xBB67AE85U;
        }
        return {c0, c1, c2, c3};
    }

    /// The 32-bit word number `index`, four to a block.
    [[nodiscard]] CNNLAB_HOST_DEVICE constexpr uint32_t word(uint64_t index) const {
        return (*this)(index / 4)[index % 4];
    }
};

/// A word as a float in [0, 1): the upper 24 bits, so that every value is exact.
[[nodiscard]] CNNLAB_HOST_DEVICE constexpr float unit_float(uint32_t word) {
    return static_cast<float>(word >> 8U) * (1.0F / 16777216.0F);
}

/// A word as an integer in [0, bound), bound ≤ 2³². Bias at most bound / 2³².
[[nodiscard]] CNNLAB_HOST_DEVICE constexpr uint32_t bounded(uint32_t word, uint32_t bound) {
    return static_cast<uint32_t>((uint64_t{word} * bound) >> 32U);
}

/// Two words as one standard normal number (Box–Muller).
[[nodiscard]] inline float normal_float(uint32_t a, uint32_t b) {
    const double u = (static_cast<double>(a) + 1.0) / 4294967296.0, v = static_cast<double>(b) / 4294967296.0;
    return static_cast<float>(std::sqrt(-2.0 * std::log(u)) * std::cos(6.283185307179586 * v));
}

/// FNV-1a of a name: the stream of the random numbers that belong to it.
[[nodiscard]] constexpr uint32_t stream_of(const char* name) {
    uint32_t hash = 2166136261U;
    for (; *name != 0; ++name) hash = (hash ^ static_cast<uint8_t>(*name)) * 16777619U;
    return hash;
}

}  // namespace cnnlab
