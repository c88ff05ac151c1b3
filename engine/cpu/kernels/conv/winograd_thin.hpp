#pragma once

#include "engine/cpu/kernels/conv/winograd.hpp"
#include "engine/cpu/kernels/tile.hpp"

/// Winograd's algorithm for colour images: the product at a point is three multiply-adds, too few to pay for storing
/// it before Aᵀ m A. Both stay in registers, one column of points at a time.
///   C, K    channels of the source and of the target      M, P    outputs and points of a tile along an axis
///   row     a tile of one image                           R       rows worked on together
///   v       Bᵀ x B, [point][row][C]                       u       G w Gᵀ, [point][C][wide columns]
namespace cnnlab::cpu::CNNLAB_ARCH {

/// Rows whose products at a column of points fit the registers: 4 · 6 of 32, or 2 · 6 of 16.
constexpr int thin_rows = tile_rows == 8 ? 4 : 2;
constexpr int thin_channels = 3;

/// Where the outputs of a row go.
struct ThinTarget {
    float* const* at;  ///< the M · M positions of its tile
    int64_t offset;    ///< of its image
};

/// One vector of columns of R rows; `columns` of them are valid. Never inlined, as run_tile explains.
template <int M, int R>
__attribute__((noinline)) void run_thin(const float* v, int64_t point, const float* u, int wide, int columns,
                                        Vec bias, const ThinTarget (&to)[R], const Finish* finish,
                                        const float* rest) {
    constexpr int P = Winograd<M>::points, C = thin_channels;
    const auto target = [](const auto& in, auto& out) __attribute__((always_inline)) {
        Winograd<M>::target(in, out);
    };
    alignas(64) float half[M][P][R * width];  // Aᵀ m
    for (int j = 0; j < P; ++j) {
        Vec m[R][P];
        unroll<R>([&](auto r) { unroll<P>([&](auto i) { m[r][i] = Vec(0.0F); }); });
        unroll<C>([&](auto c) {
            unroll<P>([&](auto i) {
                const Vec w = load(u + ((i * P + j) * C + c) * wide);
                const float* x = v + (i * P + j) * point + c;
                unroll<R>([&](auto r) { m[r][i] = madd(Vec(x[r * C]), w, m[r][i]); });
            });
        });
        unroll<R>([&](auto r) {
            Vec y[M];
            target(m[r], y);
            unroll<M>([&](auto i) { store(half[i][j] + r * width, y[i]); });
        });
    }
    for (int i = 0; i < M; ++i)
        unroll<R>([&](auto r) {
            Vec m[P], y[M];
            unroll<P>([&](auto j) { m[j] = load(half[i][j] + r * width); });
            target(m, y);
            unroll<M>([&](auto j) {
                y[j] = y[j] + bias;
                if (finish_in_store && finish != nullptr)
                    y[j] = finished_at(*finish, y[j], 0, to[r].at[i * M + j], to[r].offset, rest, columns);
            });
            if (columns >= width)
                unroll<M>([&](auto j) { store(to[r].at[i * M + j] + to[r].offset, y[j]); });
            else
                unroll<M>([&](auto j) { store_some(to[r].at[i * M + j] + to[r].offset, y[j], columns); });
        });
}

}  // namespace cnnlab::cpu::CNNLAB_ARCH
