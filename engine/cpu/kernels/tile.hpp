#pragma once

#include "engine/cpu/kernels/simd.hpp"

/// The matrix-product tiles that convolution and dense layers are made of.
///   I  images of a block (8), the rows of a tile       C  channels that are summed over
///   W  floats of a vector                              K  output channels, the columns
namespace cnnlab::cpu::CNNLAB_ARCH {

// rows × vectors that stay in registers: 8×2 needs 19 of the 32 that AVX-512 and NEON have, 4×2 needs 11 of 16
#if defined(CNNLAB_ARCH_AVX512) || defined(CNNLAB_ARCH_NEON)
constexpr int tile_rows = 8;
#else
constexpr int tile_rows = 4;
#endif
constexpr int tile_vectors = 2;
constexpr int tile_width = tile_vectors * width;

/// One tap of a window at one position: the input's [8][C] and the packed weights' [C][columns].
struct Tap {
    const float* x;
    const float* w;
};

template <int R, int V>
struct Accumulators {
    Vec v[R][V];
};

/// acc[r][·] += Σ_taps Σ_c x[r][c] · w[c][·] for R rows that lie `row_stride` apart.
template <int R, int V>
CNNLAB_INLINE void multiply(const Tap* taps, int count, int channels, int64_t row_stride,
                            Accumulators<R, V>& acc) {
    for (int t = 0; t < count; ++t) {
        const float* x = taps[t].x;
        const float* w = taps[t].w;
        for (int c = 0; c < channels; ++c, ++x, w += V * width) {
            Vec columns[V];
            unroll<V>([&](auto v) { columns[v] = load(w + v * width); });
            unroll<R>([&](auto r) {
                const Vec row(x[r * row_stride]);
                unroll<V>([&](auto v) { acc.v[r][v] = madd(row, columns[v], acc.v[r][v]); });
            });
        }
    }
}

/// Where a tile's results go and what happens to them on the way.
struct TileOutput {
    float* y = nullptr;           ///< row 0, first column
    int64_t row_stride = 0;       ///< floats from row to row
    const float* bias = nullptr;  ///< padded to whole vectors, or null
    int columns = 0;              ///< valid ones; the tile may be wider
    bool accumulate = false;      ///< add to y
};

/// One tile: y[r][k] = bias[k] + Σ. Never inlined: V8 keeps eight accumulators in registers only in a small function.
template <int R, int V>
__attribute__((noinline)) void run_tile(const Tap* taps, int count, int channels, int64_t row_stride,
                                        TileOutput out) {
    Accumulators<R, V> acc;
    const bool whole = out.columns >= V * width;
    if (out.bias != nullptr) {
        unroll<R>([&](auto r) { unroll<V>([&](auto v) { acc.v[r][v] = load(out.bias + v * width); }); });
    } else {
        unroll<R>([&](auto r) { unroll<V>([&](auto v) { acc.v[r][v] = Vec(0.0F); }); });
    }
    multiply<R, V>(taps, count, channels, row_stride, acc);
    if (whole) {
        if (out.accumulate)
            unroll<R>([&](auto r) {
                unroll<V>([&](auto v) {
                    acc.v[r][v] = acc.v[r][v] + load(out.y + r * out.row_stride + v * width);
                });
            });
        unroll<R>([&](auto r) {
            unroll<V>([&](auto v) { store(out.y + r * out.row_stride + v * width, acc.v[r][v]); });
        });
        return;
    }
    alignas(64) float edge[V * width];
    unroll<R>([&](auto r) {
        unroll<V>([&](auto v) { store(edge + v * width, acc.v[r][v]); });
        float* y = out.y + r * out.row_stride;
        for (int k = 0; k < out.columns; ++k) y[k] = out.accumulate ? y[k] + edge[k] : edge[k];
    });
}

/// All 8 rows of a block for one stretch of columns, as tiles of tile_rows; one vector wide where that is enough.
CNNLAB_INLINE void run_block(const Tap* taps, int count, int channels, int64_t row_stride, TileOutput out) {
    Tap shifted[64];
    for (int r = 0; r < block_images; r += tile_rows) {
        const Tap* rows = taps;
        if (r > 0) {
            for (int t = 0; t < count; ++t) shifted[t] = {taps[t].x + r * row_stride, taps[t].w};
            rows = shifted;
        }
        TileOutput part = out;
        part.y += r * out.row_stride;
        if (out.columns > width)
            run_tile<tile_rows, tile_vectors>(rows, count, channels, row_stride, part);
        else
            run_tile<tile_rows, 1>(rows, count, channels, row_stride, part);
    }
}

/// Taps that one call of run_block may have.
constexpr int most_taps = 64;

/// Columns are packed in stretches of tile_width, the last one a single vector if that is enough.
[[nodiscard]] constexpr int packed_columns(int columns) {
    const int rest = columns % tile_width;
    return columns - rest + (rest == 0 ? 0 : rest <= width ? width : tile_width);
}

}  // namespace cnnlab::cpu::CNNLAB_ARCH
