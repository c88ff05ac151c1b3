#pragma once

#include <cstdint>
#include <cstring>
#include <utility>
#include <xsimd/xsimd.hpp>

#include "engine/cpu/kernel.hpp"

// Every file here is compiled once for each instruction set; CNNLAB_ARCH names its namespace (avx512, avx2, …).
// Kernels call no inline function of the standard library that does real work: the linker keeps one copy of it,
// perhaps the AVX-512 one, for every machine.

#if defined(CNNLAB_ARCH_AVX512)
#define CNNLAB_XSIMD_ARCH xsimd::avx512bw
#elif defined(CNNLAB_ARCH_AVX2)
#define CNNLAB_XSIMD_ARCH xsimd::fma3<xsimd::avx2>
#elif defined(CNNLAB_ARCH_SSE4_2)
#define CNNLAB_XSIMD_ARCH xsimd::sse4_2
#elif defined(CNNLAB_ARCH_NEON)
#define CNNLAB_XSIMD_ARCH xsimd::neon64
#elif defined(CNNLAB_ARCH_WASM)
#define CNNLAB_XSIMD_ARCH xsimd::wasm
#endif

#define CNNLAB_INLINE inline __attribute__((always_inline))

namespace cnnlab::cpu::CNNLAB_ARCH {

using Vec = xsimd::batch<float, CNNLAB_XSIMD_ARCH>;
constexpr int width = static_cast<int>(Vec::size);

/// Vectors of a tile's row: the columns that a matrix product works on together.
constexpr int tile_vectors = 2;
constexpr int tile_width = tile_vectors * width;

/// Whether a part of a vector is loaded and stored by one instruction.
#if defined(CNNLAB_ARCH_AVX512)
constexpr bool has_masks = true;
#else
constexpr bool has_masks = false;
#endif

CNNLAB_INLINE Vec load(const float* p) { return Vec::load_unaligned(p); }
/// a · b + c, with one rounding where the instruction set has it (relaxed WebAssembly: where the machine has it).
CNNLAB_INLINE Vec madd(Vec a, Vec b, Vec c) {
#ifdef __wasm_relaxed_simd__
    return wasm_f32x4_relaxed_madd(a, b, c);
#else
    return xsimd::fma(a, b, c);
#endif
}
CNNLAB_INLINE void store(float* p, Vec v) { v.store_unaligned(p); }
/// The first `count` floats, then zeros. All of a vector if there are more.
CNNLAB_INLINE Vec load_some(const float* p, int count) {
    if (count >= width) return load(p);
#if defined(CNNLAB_ARCH_AVX512)
    return _mm512_maskz_loadu_ps(static_cast<__mmask16>((1U << static_cast<unsigned>(count)) - 1U), p);
#else
    alignas(64) float some[width] = {};
    for (int k = 0; k < count; ++k) some[k] = p[k];
    return load(some);
#endif
}
/// The first `count` of them, at most all.
CNNLAB_INLINE void store_some(float* p, Vec v, int count) {
#if defined(CNNLAB_ARCH_AVX512)
    if (count >= width) return store(p, v);
    _mm512_mask_storeu_ps(p, static_cast<__mmask16>((1U << static_cast<unsigned>(count)) - 1U), v);
#else
    constexpr int four = 4;
    alignas(64) float all[width];
    store(all, v);
    int i = 0;
    for (; i + four <= count; i += four) std::memcpy(p + i, all + i, four * sizeof(float));
    for (; i < count; ++i) p[i] = all[i];
#endif
}

constexpr int line_floats = 16;  ///< of a cache line
#ifdef CNNLAB_ARCH_WASM
constexpr bool can_prefetch = false;
#else
constexpr bool can_prefetch = true;
#endif
// Always inlined: GCC 12 removes a lambda or function that only prefetches, as if it did nothing.
/// Prefetches `count` floats that are read or written soon. For rows far apart, which the hardware prefetcher does
/// not follow.
CNNLAB_INLINE void prefetch(const float* p, int count) {
    for (int i = 0; i < count; i += line_floats) __builtin_prefetch(p + i);
}
CNNLAB_INLINE void prefetch_to_write(const float* p, int count) {
    for (int i = 0; i < count; i += line_floats) __builtin_prefetch(p + i, 1);
}
/// Prefetches some KiB ahead of an elementwise loop. The hardware prefetcher stops at the end of a 4 KiB page.
CNNLAB_INLINE void prefetch_ahead(const float* p) {
    constexpr int far = 3072;
    __builtin_prefetch(p + far);
}

/// Hides where p comes from. Otherwise GCC precomputes the address of every load in the row and spills them.
template <class T>
CNNLAB_INLINE T* opaque(T* p) {
    asm("" : "+r"(p));
    return p;
}

/// A vector of whole numbers below 65536, stored as uint16, read and written as floats.
CNNLAB_INLINE Vec load_u16(const uint16_t* p) {
#if defined(CNNLAB_ARCH_AVX512)
    return _mm512_cvtepi32_ps(_mm512_cvtepu16_epi32(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(p))));
#elif defined(CNNLAB_ARCH_AVX2)
    return _mm256_cvtepi32_ps(_mm256_cvtepu16_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p))));
#elif defined(CNNLAB_ARCH_SSE4_2)
    return _mm_cvtepi32_ps(_mm_cvtepu16_epi32(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(p))));
#elif defined(CNNLAB_ARCH_NEON)
    return vcvtq_f32_u32(vmovl_u16(vld1_u16(p)));
#else
    return wasm_f32x4_convert_i32x4(wasm_u32x4_load16x4(p));
#endif
}
CNNLAB_INLINE void store_u16(uint16_t* p, Vec v) {
#if defined(CNNLAB_ARCH_AVX512)
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(p), _mm512_cvtepi32_epi16(_mm512_cvttps_epi32(v)));
#elif defined(CNNLAB_ARCH_AVX2)
    const __m256i i = _mm256_cvttps_epi32(v);
    _mm_storeu_si128(reinterpret_cast<__m128i*>(p),
                     _mm_packus_epi32(_mm256_castsi256_si128(i), _mm256_extracti128_si256(i, 1)));
#elif defined(CNNLAB_ARCH_SSE4_2)
    const __m128i i = _mm_cvttps_epi32(v);
    _mm_storel_epi64(reinterpret_cast<__m128i*>(p), _mm_packus_epi32(i, i));
#elif defined(CNNLAB_ARCH_NEON)
    vst1_u16(p, vmovn_u32(vcvtq_u32_f32(v)));
#else
    const v128_t i = wasm_i32x4_trunc_sat_f32x4(v);
    wasm_v128_store64_lane(p, wasm_u16x8_narrow_i32x4(i, i), 0);
#endif
}

/// Calls f(i, read, write) for every vector of `count` floats. read and write take a pointer; the last vector may be
/// partial.
template <class F>
CNNLAB_INLINE void for_each_vector(int64_t count, F&& f) {
    int64_t i = 0;
    for (; i + width <= count; i += width)
        f(
            i, [](const float* p) { return load(p); }, [](float* p, Vec v) { store(p, v); });
    if (i == count) return;
    const auto rest = static_cast<int>(count - i);
    const auto read = [rest](const float* p) {
        alignas(64) float part[width] = {};
        for (int k = 0; k < rest; ++k) part[k] = p[k];
        return load(part);
    };
    const auto write = [rest](float* p, Vec v) {
        alignas(64) float part[width];
        store(part, v);
        for (int k = 0; k < rest; ++k) p[k] = part[k];
    };
    f(i, read, write);
}

/// The rows of a block that an elementwise op iterates over.
struct ValueRows {
    int64_t row;  ///< floats of a row, of all images
    int channels, block;

    ValueRows(const Binding& b, ValueId id)
        : row(b.row_count(id)), channels(b.image(id).channels), block(b.images) {}

    /// Calls f as for_each_vector does, with the offsets in rows [first, last) of the images that must be computed:
    /// all rows as one chunk, or the first images of each position.
    template <class F>
    CNNLAB_INLINE void each(const MapContext& c, int first, int last, F&& f) const {
        const int64_t begin = first * row, end = last * row, position = int64_t{block} * channels;
        const int64_t some = (int64_t{c.computed} * channels + width - 1) / width * width;
        const bool all = some >= position;
        const int64_t stride = all ? end - begin : position, chunk = all ? stride : some;
        for (int64_t at = begin; at < end; at += stride)
            for_each_vector(chunk, [&](int64_t i, auto&& read, auto&& write) { f(at + i, read, write); });
    }
};

/// Calls f with the constants 0 … N − 1. Loops over registers must be unrolled by every compiler.
template <int N, class F>
CNNLAB_INLINE void unroll(F&& f) {
    [&]<int... I>(std::integer_sequence<int, I...>) __attribute__((always_inline)) {
        (f(std::integral_constant<int, I>{}), ...);
    }
    (std::make_integer_sequence<int, N>{});
}

/// Traits and kernel of one op: specialised in the op's file.
template <class O>
struct CpuOp {
    static Traits traits(const O& op, const Program& program, int shards);
    static std::unique_ptr<Kernel> bind(const O& op, const Binding& binding);
};

/// Traits of an op that only maps. `in` and `out`, if given, may share memory.
inline Traits mapping(ValueId in = {}, ValueId out = {}) {
    Traits t;
    t.maps = true;
    t.in_place_in = in;
    t.in_place_out = out;
    return t;
}

/// Traits of an op that maps in `strips`; each reads `in` rows of `reads` and writes `out` rows (see RowStrips).
inline Traits mapping_rows(int strips, std::vector<ValueId> reads, int in = 1, int out = 1) {
    Traits t;
    t.maps = true;
    t.rows.count = strips;
    t.rows.in = in;
    t.rows.out = out;
    t.rows.reads = std::move(reads);
    return t;
}

/// The same for an elementwise op: reads[0] and `written` may share memory.
inline Traits mapping_values(const Program& program, std::vector<ValueId> reads, ValueId written) {
    Traits t = mapping_rows(ImageShape(program.shape(written)).height, std::move(reads));
    t.in_place_in = t.rows.reads[0];
    t.in_place_out = written;
    return t;
}

/// Traits of an op that works on the whole batch at once.
inline Traits epilogue_only() {
    Traits t;
    t.has_epilogue = true;
    return t;
}

/// A kernel that is one function of the block.
template <class F>
class MapKernel : public Kernel {
  public:
    explicit MapKernel(F f) : f_(std::move(f)) {}
    void map(const MapContext& context) override { f_(context); }

  private:
    F f_;
};
template <class F>
std::unique_ptr<Kernel> map_kernel(F f) {
    return std::make_unique<MapKernel<F>>(std::move(f));
}

/// A kernel that is one function of the block and of a range of strips.
template <class F>
class RowsKernel : public Kernel {
  public:
    RowsKernel(int strips, F f) : strips_(strips), f_(std::move(f)) {}
    void map(const MapContext& context) override { f_(context, 0, strips_); }
    void map_rows(const MapContext& context, int first, int last) override { f_(context, first, last); }

  private:
    int strips_;
    F f_;
};
template <class F>
std::unique_ptr<Kernel> rows_kernel(int strips, F f) {
    return std::make_unique<RowsKernel<F>>(strips, std::move(f));
}

/// Calls vectors(n, c) for chunks of n (a constant) whole vectors of channels from channel c on, then one(c) for each
/// channel left.
template <class F, class G>
CNNLAB_INLINE void for_channels(int channels, F&& vectors, G&& one) {
    int c = 0;
    for (; c + 4 * width <= channels; c += 4 * width) vectors(std::integral_constant<int, 4>{}, c);
    if constexpr (has_room)
        for (; c + 2 * width <= channels; c += 2 * width) vectors(std::integral_constant<int, 2>{}, c);
    for (; c + width <= channels; c += width) vectors(std::integral_constant<int, 1>{}, c);
    for (; c < channels; ++c) one(c);
}

}  // namespace cnnlab::cpu::CNNLAB_ARCH
