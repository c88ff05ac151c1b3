#pragma once

#include <span>

#include "engine/cpu/kernels/conv/weight_gradient.hpp"
#include "engine/cpu/kernels/conv/winograd.hpp"

/// Common part of the weight gradients by Winograd's algorithm.
///   C, K    channels of x and of y               P    points along an axis, M + 2
///   v       Bᵀ x B, [row][C] at a point; a row is a tile of one image
///   d       A dy Aᵀ, [row][K] at a point         sums   vᵀ · d, [point][C][K]
namespace cnnlab::cpu::CNNLAB_ARCH {

/// `tiles` tiles of R channels and V vectors of columns, one below the other, in one call.
template <int R, int V>
__attribute__((noinline)) void gather_tiles(const float* v, int64_t v_row, const float* d, int64_t d_row,
                                            int rows, float* sums, bool fresh, int tiles) {
    for (; tiles > 0; --tiles, v += R, sums += R * d_row) {
        Accumulators<R, V> acc;
        begin_sums(sums, d_row, fresh, acc);
        add_outer_products(v, v_row, d, d_row, rows, acc);
        end_sums(sums, d_row, acc);
    }
}

/// sums [C][K] += vᵀ · d at one point. `fresh`: = instead of +=.
inline void gather_point(const float* v, int channels, const float* d, int columns, int rows, float* sums,
                         bool fresh) {
    int tall = 0;  // tiles of tall_rows
    if constexpr (tall_rows > 0)
        while (rows_of_tile(channels - tall * tall_rows) == tall_rows) ++tall;
    const int first = tall * tall_rows, tiles = (channels - first) / tile_rows;
    for (int k = 0; k < columns; k += tile_width) {
        float* low = sums + int64_t{first} * columns + k;
        if (columns - k <= width) {
            gather_tiles<tile_rows, 1>(v, channels, d + k, columns, rows, sums + k, fresh,
                                       channels / tile_rows);
            continue;
        }
        if constexpr (tall_rows > 0)
            gather_tiles<tall_rows, tile_vectors>(v, channels, d + k, columns, rows, sums + k, fresh, tall);
        gather_tiles<tile_rows, tile_vectors>(v + first, channels, d + k, columns, rows, low, fresh, tiles);
    }
}

/// dw [K][tap][C] = Gᵀ · G of the added sums, for `width` channels and as many columns.
/// `point`, `row`: floats between points and between channels of the sums. `channels`: all channels of dw.
template <int M>
void write_square(std::span<const float* const> sums, int64_t point, int64_t row, float* dw, int channels) {
    constexpr int P = Winograd<M>::points;
    Vec square[9][width];
    for (int c = 0; c < width; ++c) {
        Vec u[P][P], w[3][3];
        unroll<P>([&](auto i) { unroll<P>([&](auto j) { u[i][j] = Vec(0.0F); }); });
        for (const float* from : sums)
            unroll<P>([&](auto i) {
                unroll<P>([&](auto j) { u[i][j] = u[i][j] + load(from + c * row + (i * P + j) * point); });
            });
        both_axes(
            u, w,
            [](const auto& in, auto& out) __attribute__((always_inline)) { Winograd<M>::gather(in, out); });
        unroll<9>([&](auto t) { square[t][c] = w[t / 3][t % 3]; });
    }
    for (int t = 0; t < 9; ++t) {
        transpose(square[t]);
        for (int k = 0; k < width; ++k) store(dw + (int64_t{k} * 9 + t) * channels, square[t][k]);
    }
}

}  // namespace cnnlab::cpu::CNNLAB_ARCH
