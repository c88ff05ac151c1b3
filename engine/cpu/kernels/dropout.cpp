#include "engine/core/philox.hpp"
#include "engine/cpu/kernels/simd.hpp"

namespace cnnlab::cpu::CNNLAB_ARCH {

namespace {

constexpr int groups_at_once = 16;

/// Philox blocks first … first + 15 of a stream, as 64 words in order. The innermost loop is over blocks, so that it
/// vectorises.
CNNLAB_INLINE void philox_words(uint64_t seed, uint32_t stream, uint32_t step, uint64_t first,
                                uint32_t* words) {
    uint32_t c0[groups_at_once], c1[groups_at_once], c2[groups_at_once], c3[groups_at_once];
    for (int g = 0; g < groups_at_once; ++g) {
        const uint64_t index = first + static_cast<uint64_t>(g);
        c0[g] = static_cast<uint32_t>(index);
        c1[g] = static_cast<uint32_t>(index >> 32U);
        c2[g] = step;
        c3[g] = stream;
    }
    uint32_t k0 = static_cast<uint32_t>(seed), k1 = static_cast<uint32_t>(seed >> 32U);
    for (int round = 0; round < 10; ++round) {
        for (int g = 0; g < groups_at_once; ++g) {
            const uint64_t p0 = uint64_t{0xD2511F53U} * c0[g], p1 = uint64_t{0xCD9E8D57U} * c2[g];
            const uint32_t n0 = static_cast<uint32_t>(p1 >> 32U) ^ c1[g] ^ k0,
                           n2 = static_cast<uint32_t>(p0 >> 32U) ^ c3[g] ^ k1;
            c1[g] = static_cast<uint32_t>(p1);
            c3[g] = static_cast<uint32_t>(p0);
            c0[g] = n0;
            c2[g] = n2;
        }
        k0 += 0x9E3779B9U;
        k1 += 0xBB67AE85U;
    }
    for (int g = 0; g < groups_at_once; ++g) {
        words[4 * g] = c0[g];
        words[4 * g + 1] = c1[g];
        words[4 * g + 2] = c2[g];
        words[4 * g + 3] = c3[g];
    }
}

}  // namespace

template <>
Traits CpuOp<ops::Dropout>::traits(const ops::Dropout& op, const Program& /*program*/, int /*shards*/) {
    return mapping(op.x, op.y);
}

template <>
std::unique_ptr<Kernel> CpuOp<ops::Dropout>::bind(const ops::Dropout& op, const Binding& b) {
    const Buffer x = b.buffer(op.x), y = b.buffer(op.y);
    const int channels = b.image(op.x).channels;
    const int64_t count = b.image(op.x).count();
    const float p = op.p;
    const uint32_t stream = op.stream;
    return map_kernel([=](const MapContext& c) {
        const float* in = x.at(c);
        float* out = y.at(c);
        const float scale = 1.0F / (1.0F - p);
        uint32_t words[4 * groups_at_once];
        for (int i = 0; i < block_images; ++i) {
            // element e of image n draws word n · count + e
            const auto begin = static_cast<uint64_t>((int64_t{c.block} * block_images + i) * count);
            uint64_t have = ~uint64_t{0};
            for (int64_t e = 0; e < count; ++e) {
                const uint64_t at = begin + static_cast<uint64_t>(e), first = at / (4 * groups_at_once);
                if (first != have)
                    philox_words(c.run->input.seed, stream, c.run->input.step, first * groups_at_once, words);
                have = first;
                const int64_t at_output = (e / channels * block_images + i) * channels + e % channels;
                out[at_output] =
                    unit_float(words[at % (4 * groups_at_once)]) >= p ? in[at_output] * scale : 0.0F;
            }
        }
    });
}

}  // namespace cnnlab::cpu::CNNLAB_ARCH
