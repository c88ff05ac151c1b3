#pragma once

#include "engine/cpu/kernels/axis_taps.hpp"
#include "engine/cpu/kernels/tile.hpp"

/// Winograd's minimal filtering for 3×3 windows with a stride of 1: M×M outputs from P×P inputs, P = M + 2, by P²
/// products instead of 9 M². That is 4 an output for M = 2 and 2.25 for M = 4.
///     y = Aᵀ [(G w Gᵀ) ⊙ (Bᵀ x B)] A        dw = Gᵀ [Σ over tiles (Bᵀ x B) ⊙ (A dy Aᵀ)] G
/// The products at one of the P² points are a matrix product over channels. Points 0, ±1, ∞ and, for M = 4, ±2.
/// S. Winograd, Arithmetic Complexity of Computations, 1980; A. Lavin, S. Gray, Fast Algorithms for Convolutional
/// Neural Networks, 2015.
namespace cnnlab::cpu::CNNLAB_ARCH {

/// The five matrices, each as a function from one row or column to another.
template <int M>
struct Winograd;

template <>
struct Winograd<2> {
    static constexpr int points = 4;
    static constexpr int pairs[] = {1, 2, 0, 3};  ///< order in which neighbours share sums

    static CNNLAB_INLINE void source(const Vec (&d)[4], Vec (&v)[4]) {  // Bᵀ
        v[0] = d[0] - d[2];
        v[1] = d[1] + d[2];
        v[2] = d[2] - d[1];
        v[3] = d[1] - d[3];
    }
    static CNNLAB_INLINE void target(const Vec (&m)[4], Vec (&y)[2]) {  // Aᵀ
        y[0] = m[0] + m[1] + m[2];
        y[1] = m[1] - m[2] - m[3];
    }
    static CNNLAB_INLINE void spread(const Vec (&y)[2], Vec (&m)[4]) {  // A
        m[0] = y[0];
        m[1] = y[0] + y[1];
        m[2] = y[0] - y[1];
        m[3] = -y[1];
    }
    static CNNLAB_INLINE void filter(const Vec (&g)[3], Vec (&u)[4]) {  // G
        const Vec half(0.5F), even = (g[0] + g[2]) * half, odd = g[1] * half;
        u[0] = g[0];
        u[1] = even + odd;
        u[2] = even - odd;
        u[3] = g[2];
    }
    static CNNLAB_INLINE void gather(const Vec (&u)[4], Vec (&g)[3]) {  // Gᵀ
        const Vec half(0.5F), sum = (u[1] + u[2]) * half;
        g[0] = u[0] + sum;
        g[1] = (u[1] - u[2]) * half;
        g[2] = u[3] + sum;
    }
};

template <>
struct Winograd<4> {
    static constexpr int points = 6;
    static constexpr int pairs[] = {1, 2, 3, 4, 0, 5};

    static CNNLAB_INLINE void source(const Vec (&d)[6], Vec (&v)[6]) {
        const Vec two(2.0F), four(4.0F), five(5.0F);
        const Vec a = d[4] - four * d[2], b = d[3] - four * d[1], c = d[4] - d[2], e = two * (d[3] - d[1]);
        v[0] = madd(four, d[0], d[4] - five * d[2]);
        v[1] = a + b;
        v[2] = a - b;
        v[3] = c + e;
        v[4] = c - e;
        v[5] = madd(four, d[1], d[5] - five * d[3]);
    }
    static CNNLAB_INLINE void target(const Vec (&m)[6], Vec (&y)[4]) {
        const Vec two(2.0F), four(4.0F), eight(8.0F);
        const Vec a = m[1] + m[2], b = m[1] - m[2], c = m[3] + m[4], e = m[3] - m[4];
        y[0] = m[0] + a + c;
        y[1] = madd(two, e, b);
        y[2] = madd(four, c, a);
        y[3] = madd(eight, e, b + m[5]);
    }
    static CNNLAB_INLINE void spread(const Vec (&y)[4], Vec (&m)[6]) {
        const Vec two(2.0F), four(4.0F);
        const Vec a = y[0] + y[2], b = y[1] + y[3], c = madd(four, y[2], y[0]),
                  e = two * madd(four, y[3], y[1]);
        m[0] = y[0];
        m[1] = a + b;
        m[2] = a - b;
        m[3] = c + e;
        m[4] = c - e;
        m[5] = y[3];
    }
    static CNNLAB_INLINE void filter(const Vec (&g)[3], Vec (&u)[6]) {
        const Vec sixth(-1.0F / 6), quarter(0.25F), twelfth(1.0F / 12), small(1.0F / 24);
        const Vec even = sixth * (g[0] + g[2]), odd = sixth * g[1];
        const Vec a = madd(small, g[0], g[2] * (twelfth + twelfth)), b = twelfth * g[1];
        u[0] = quarter * g[0];
        u[1] = even + odd;
        u[2] = even - odd;
        u[3] = a + b;
        u[4] = a - b;
        u[5] = g[2];
    }
    static CNNLAB_INLINE void gather(const Vec (&u)[6], Vec (&g)[3]) {
        const Vec sixth(-1.0F / 6), quarter(0.25F), twelfth(1.0F / 12), small(1.0F / 24);
        const Vec a = sixth * (u[1] + u[2]), b = u[3] + u[4];
        g[0] = madd(quarter, u[0], madd(small, b, a));
        g[1] = madd(sixth, u[1] - u[2], twelfth * (u[3] - u[4]));
        g[2] = madd(twelfth + twelfth, b, a + u[5]);
    }
};

/// out = F in Fᵀ, where f applies F.
template <int In, int Out, class F>
CNNLAB_INLINE void both_axes(const Vec (&in)[In][In], Vec (&out)[Out][Out], F&& f) {
    Vec half[Out][In];
    unroll<In>([&](auto j) {
        Vec column[In], result[Out];
        unroll<In>([&](auto i) { column[i] = in[i][j]; });
        f(column, result);
        unroll<Out>([&](auto i) { half[i][j] = result[i]; });
    });
    unroll<Out>([&](auto i) { f(half[i], out[i]); });
}

/// The tiles of a convolution, numbered row by row. Forward: source x, target y. Input's gradient: source dy, target
/// dx.
struct WinogradGrid {
    ImageShape source, target;
    int before_height = 0, before_width = 0;  ///< padding of the source
    int m = 0;                                ///< outputs of a tile along an axis; 0: not by Winograd
    int block = block_images;                 ///< images of a block

    [[nodiscard]] int points() const { return (m + 2) * (m + 2); }
    [[nodiscard]] int down() const { return (target.height + m - 1) / m; }
    [[nodiscard]] int across() const { return (target.width + m - 1) / m; }
    [[nodiscard]] int64_t source_stride() const { return int64_t{block} * source.channels; }
    [[nodiscard]] int64_t target_stride() const { return int64_t{block} * target.channels; }
};

/// The grid of a Program's convolution or of its input's gradient, with the cheapest M, or 0 where the sum over taps is
/// cheaper.
WinogradGrid winograd_grid(const Window& window, int groups, ImageShape x, ImageShape y, bool forward,
                           const Program& program);

/// Rows (tile, image) of one pass: their `channels` floats at all points stay in L2.
[[nodiscard]] int64_t winograd_rows(const WinogradGrid& grid, int channels);
/// Floats between the matrices of two points, of `rows` rows each: no power of two, so that points do not share cache
/// sets.
[[nodiscard]] constexpr int64_t point_floats(int64_t rows, int channels) { return rows * channels + 16; }

/// Calls f(first, count) for chunks of [begin, end), nearly equal and of at most `most`.
template <class F>
CNNLAB_INLINE void for_chunks(int begin, int end, int most, F&& f) {
    const int count = end - begin, chunks = (count + most - 1) / most;
    for (int s = 0; s < chunks; ++s) {
        const int first = begin + count * s / chunks;
        f(first, begin + count * (s + 1) / chunks - first);
    }
}

/// Some channels of a position, of every image: `channels` apart in memory.
struct ChannelRange {
    int first, count, channels;
    /// Calls f(from, to) for each vector of `images` images, with its offset among all channels and among these
    /// alone.
    template <class F>
    CNNLAB_INLINE void each_vector(int images, F&& f) const {
        // All channels of all images are one chunk.
        const bool all = count == channels;
        const int chunks = all ? 1 : images, length = all ? images * channels : count;
        for (int s = 0; s < chunks; ++s)
            for (int e = 0; e < length; e += width) f(int64_t{s} * channels + first + e, s * length + e);
    }
};

/// Addresses of the N × N values of a tile, row by row; `outside` stands for those outside the image. `top`, `left`:
/// position of the first one.
template <int N, class T>
CNNLAB_INLINE void tile_positions(ImageShape shape, int64_t stride, int top, int left, T* values, T* outside,
                                  T* (&at)[N * N]) {
    for (int i = 0; i < N; ++i)
        for (int j = 0; j < N; ++j)
            at[i * N + j] = top + i >= 0 && top + i < shape.height && left + j >= 0 && left + j < shape.width
                                ? values + (int64_t{top + i} * shape.width + left + j) * stride
                                : outside;
}
template <int M>
CNNLAB_INLINE void source_positions(const WinogradGrid& g, int tile, const float* x, const float* zeros,
                                    const float* (&at)[Winograd<M>::points * Winograd<M>::points]) {
    tile_positions<Winograd<M>::points>(g.source, g.source_stride(), tile / g.across() * M - g.before_height,
                                        tile % g.across() * M - g.before_width, x, zeros, at);
}
template <int M, class T>
CNNLAB_INLINE void target_positions(const WinogradGrid& g, int tile, T* y, T* outside, T* (&at)[M * M]) {
    tile_positions<M>(g.target, g.target_stride(), tile / g.across() * M, tile % g.across() * M, y, outside,
                      at);
}

/// Prefetches `ahead` floats beyond each position, or in the next tile if that is past `length`: the runs are too
/// short for the hardware prefetcher. Skips the first `known` rows and columns of the N × N positions. Called for
/// every vector; prefetches once a cache line.
template <int N, int known, bool writes, class T>
CNNLAB_INLINE void prefetch_positions(T* const (&at)[N * N], T* const (&next)[N * N], int64_t ahead,
                                      int64_t length) {
    if constexpr (can_prefetch) {
        if (width < line_floats && ahead % line_floats != 0) return;
        T* const* const from = ahead < length ? at : next;
        if (ahead >= length) ahead -= length;
        for (int i = known; i < N; ++i)
            for (int j = known; j < N; ++j) __builtin_prefetch(from[i * N + j] + ahead, writes ? 1 : 0);
    }
}

/// v[point][tile, image][C] = Bᵀ x B of tiles [first, first + tiles), of the given channels. `zeros`: a position of
/// zeros.
/// Reads and writes whole vectors: up to `width` floats behind a position, and behind the rows of a tile, where the
/// next tile or the gap between points follows.
template <int M>
__attribute__((noinline)) void transform_source(const WinogradGrid& g, const float* x, const float* zeros,
                                                ChannelRange channels, int first, int tiles, int images,
                                                float* v, int64_t point) {
    constexpr int P = Winograd<M>::points, some = tile_rows == 8 ? (P == 4 ? 4 : 3) : 2;
    constexpr auto row = [](int i) { return some == 2 ? Winograd<M>::pairs[i] : i; };
    const int64_t count = int64_t{images} * channels.count, length = int64_t{images} * channels.channels;
    const float *at[P * P], *next[P * P];
    for (int t = 0; t < tiles; ++t, v += count) {
        source_positions<M>(g, first + t, x, zeros, at);
        source_positions<M>(g, first + t + 1, x, zeros, next);
        channels.each_vector(
            images, [&](int64_t from, int64_t to) __attribute__((always_inline)) {
                prefetch_positions<P, 2, false>(at, next, from + 3 * line_floats, length);
                // a few rows of points at a time: intermediate sums stay in registers
                unroll<P / some>([&](auto part) {
                    Vec half[some][P];
                    unroll<P>([&](auto j) {
                        Vec d[P], column[P];
                        unroll<P>([&](auto i) { d[i] = load(at[i * P + j] + from); });
                        Winograd<M>::source(d, column);
                        unroll<some>([&](auto i) { half[i][j] = column[row(part * some + i)]; });
                    });
                    unroll<some>([&](auto i) {
                        Vec r[P];
                        Winograd<M>::source(half[i], r);
                        float* out = v + int64_t{row(part * some + i) * P} * point + to;
                        unroll<P>([&](auto j) { store(out + j * point, r[j]); });
                    });
                });
            });
    }
}

/// The same for d[point][tile, image][K] = A dy Aᵀ, of whole blocks.
template <int M>
__attribute__((noinline)) void spread_target(const WinogradGrid& g, const float* dy, const float* zeros,
                                             ChannelRange channels, int first, int tiles, float* d,
                                             int64_t point) {
    constexpr int P = Winograd<M>::points;
    const int64_t length = int64_t{block_images} * channels.channels;
    const float *at[M * M], *next[M * M];
    for (int t = 0; t < tiles; ++t, d += int64_t{block_images} * channels.count) {
        target_positions<M>(g, first + t, dy, zeros, at);
        target_positions<M>(g, first + t + 1, dy, zeros, next);
        channels.each_vector(
            block_images, [&](int64_t from, int64_t to) __attribute__((always_inline)) {
                prefetch_positions<M, 0, false>(at, next, from + 2 * line_floats, length);
                Vec y[M][M], r[P][P];
                unroll<M>([&](auto i) { unroll<M>([&](auto j) { y[i][j] = load(at[i * M + j] + from); }); });
                both_axes(
                    y, r, [](const auto& in, auto& out) __attribute__((always_inline)) {
                        Winograd<M>::spread(in, out);
                    });
                unroll<P>([&](auto i) {
                    unroll<P>([&](auto j) { store(d + (i * P + j) * point + to, r[i][j]); });
                });
            });
    }
}

/// `finished` of a vector for an output position, `offset` floats behind it. To what lies outside, in `rest`, nothing
/// is added.
CNNLAB_INLINE Vec finished_at(const Finish& f, Vec value, int k, const float* at, int64_t offset,
                              const float* rest, int count) {
    const float* addend = at == rest ? nullptr : f.addend_of(at);
    return finished(f, value, k, addend == nullptr ? nullptr : addend + offset, count);
}

/// y = Aᵀ m A + bias for tiles [first, first + tiles) and the columns from `column` on; m[point][tile, image][wide].
/// `columns` of the `wide` columns are valid. `finish`: of all columns, or null.
/// `rest`: scratch of one position, for what lies outside.
template <int M>
__attribute__((noinline)) void transform_target(const WinogradGrid& g, const float* m, int64_t point,
                                                int wide, int columns, const float* bias, int first,
                                                int tiles, int images, float* y, float* rest, int column,
                                                const Finish* finish) {
    constexpr int P = Winograd<M>::points;
    const int64_t channels = g.target.channels;
    float *at[M * M], *next[M * M];
    for (int t = 0; t < tiles; ++t) {
        target_positions<M>(g, first + t, y, rest, at);
        target_positions<M>(g, first + t + 1, y, rest, next);
        for (int n = 0; n < images; ++n)
            for (int k = 0; k < wide; k += width, m += width) {
                const int64_t to = n * channels + column + k;
                prefetch_positions<M, 0, true>(at, next, to + 2 * channels, images * channels);
                Vec r[P][P], out[M][M];
                const float* row = opaque(m);
                unroll<P>([&](auto i) {
                    unroll<P>([&](auto j) { r[i][j] = load(row + j * point); });
                    row = opaque(row + P * point);
                });
                both_axes(
                    r, out, [](const auto& in, auto& result) __attribute__((always_inline)) {
                        Winograd<M>::target(in, result);
                    });
                const Vec b = load(bias + k);
                unroll<M>([&](auto i) { unroll<M>([&](auto j) { out[i][j] = out[i][j] + b; }); });
                if (finish_in_store && finish != nullptr)
                    unroll<M>([&](auto i) {
                        unroll<M>([&](auto j) {
                            out[i][j] = finished_at(*finish, out[i][j], column + k, at[i * M + j], to, rest,
                                                    columns - k);
                        });
                    });
                if (k + width <= columns)
                    unroll<M>(
                        [&](auto i) { unroll<M>([&](auto j) { store(at[i * M + j] + to, out[i][j]); }); });
                else
                    unroll<M>([&](auto i) {
                        unroll<M>([&](auto j) { store_some(at[i * M + j] + to, out[i][j], columns - k); });
                    });
            }
    }
}

}  // namespace cnnlab::cpu::CNNLAB_ARCH
