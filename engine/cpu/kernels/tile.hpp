#pragma once

#include "engine/cpu/kernels/finish.hpp"

/// The matrix-product tiles of convolutions and dense layers.
///   I  images of a block (8), the rows of a tile       C  channels that are summed over
///   W  floats of a vector                              K  output channels, the columns
namespace cnnlab::cpu::CNNLAB_ARCH {

// rows × vectors in registers: 8×2 needs 19 of the 32 registers of AVX-512 and NEON, 4×2 needs 11 of 16
#if defined(CNNLAB_ARCH_AVX512) || defined(CNNLAB_ARCH_NEON)
constexpr int tile_rows = 8;
#else
constexpr int tile_rows = 4;
#endif

// With fused multiply-add and 16 registers, eight sums are too few to hide the latency. Tiles then have 6 rows, and
// leftover rows are computed for two chunks of columns at once.
#if defined(CNNLAB_ARCH_AVX2) || defined(__wasm_relaxed_simd__)
constexpr int tall_rows = 6;
#else
constexpr int tall_rows = 0;
#endif
/// Rows of the next tile if `left` rows are left and tiles may have either height.
[[nodiscard]] constexpr int rows_of_tile(int left) {
    return tall_rows > 0 && (left > 2 * tile_rows || left == tall_rows) ? tall_rows : tile_rows;
}

/// One tap of a window: the offset of its [8][C] from the first value of the window, in floats, and its first row of
/// packed weights.
struct Tap {
    int64_t x, row;
};

template <int R, int V>
struct Accumulators {
    Vec v[R][V];
};

/// What a tile multiplies: y[r][·] += Σ_taps Σ_c x[tap.x + r · row_stride + c] · w[tap.row + c][·].
struct TileInput {
    const Tap* taps;
    int count, channels;
    const float* x;
    const float* w;
    int64_t row_stride;
    int64_t next = 0;  ///< floats between the weights of two chunks, for tiles over two
};

/// The sum over taps. C: the number of channels if it has a loop of its own, else 0.
template <int C, int R, int V>
CNNLAB_INLINE void multiply(const TileInput& in, Accumulators<R, V>& acc) {
    constexpr int wide = V < tile_vectors ? V : tile_vectors;  // vectors of a chunk
    const auto multiply_add = [&](const float* x, const float* w) __attribute__((always_inline)) {
        Vec columns[V];
        unroll<V>([&](auto v) { columns[v] = load(w + v / wide * in.next + v % wide * width); });
        unroll<R>([&](auto r) {
            const Vec row(x[r * in.row_stride]);
            unroll<V>([&](auto v) { acc.v[r][v] = madd(row, columns[v], acc.v[r][v]); });
        });
    };
    for (int t = 0; t < in.count; ++t) {
        const float* x = in.x + in.taps[t].x;
        const float* w = in.w + in.taps[t].row * (wide * width);
        if constexpr (C > 0)
            unroll<C>([&](auto c) { multiply_add(x + c, w + c * (wide * width)); });
        else
            for (int c = 0; c < in.channels; ++c, ++x, w += wide * width) multiply_add(x, w);
    }
}

/// Where the results of a tile go, and what is added on the way.
struct TileOutput {
    float* y = nullptr;              ///< row 0, first column
    int64_t row_stride = 0;          ///< floats from row to row
    const float* bias = nullptr;     ///< padded to whole vectors, or null
    int columns = 0;                 ///< valid ones; the tile may be wider
    bool accumulate = false;         ///< add to y
    const Finish* finish = nullptr;  ///< bound to these columns; null: store the sums
};

/// Finishes the sums of a tile whose first one goes to y.
template <int R, int V>
CNNLAB_INLINE void finish_tile(const Finish* finish, Accumulators<R, V>& acc, const float* y,
                               int64_t row_stride, int columns) {
    if (finish == nullptr) return;
    const Finish f = *finish;
    if (f.scale != nullptr)
        unroll<V>([&](auto v) {
            const Vec scale = load(f.scale + v * width), shift = load(f.shift + v * width);
            unroll<R>([&](auto r) { acc.v[r][v] = madd(acc.v[r][v], scale, shift); });
        });
    if (const float* addend = f.addend_of(y); addend != nullptr) {
        const bool all = !finish_in_store || columns >= V * width;
        unroll<R>([&](auto r) {
            unroll<V>([&](auto v) {
                const float* from = addend + r * row_stride + v * width;
                if (all || columns > v * width)
                    acc.v[r][v] = acc.v[r][v] + (all ? load(from) : load_some(from, columns - v * width));
            });
        });
    }
    if (f.clamps)
        unroll<R>([&](auto r) { unroll<V>([&](auto v) { acc.v[r][v] = clamped(f, acc.v[r][v]); }); });
}

/// One tile: y[r][k] = bias[k] + Σ. Never inlined: V8 keeps eight accumulators in registers only in a small function.
template <int C, int R, int V>
__attribute__((noinline)) void run_tile(const TileInput& in, const TileOutput& out) {
    Accumulators<R, V> acc;
    if (out.bias != nullptr) {
        unroll<R>([&](auto r) { unroll<V>([&](auto v) { acc.v[r][v] = load(out.bias + v * width); }); });
    } else {
        unroll<R>([&](auto r) { unroll<V>([&](auto v) { acc.v[r][v] = Vec(0.0F); }); });
    }
    multiply<C, R, V>(in, acc);
    if (finish_in_store) finish_tile(out.finish, acc, out.y, out.row_stride, out.columns);
    if (out.columns >= V * width) {
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

/// One tile of R rows for one chunk of columns. One vector wide where that is enough.
template <int R>
CNNLAB_INLINE void run_rows(const TileInput& in, const TileOutput& out) {
    constexpr bool most = R == (tall_rows > 0 ? tall_rows : tile_rows);
    if (out.columns <= width)
        run_tile<0, R, 1>(in, out);
    else if (most && in.channels == 3)  // colour images
        run_tile<most ? 3 : 0, R, tile_vectors>(in, out);
    else if (most && in.channels == 1)  // grey ones
        run_tile<most ? 1 : 0, R, tile_vectors>(in, out);
    else
        run_tile<0, R, tile_vectors>(in, out);
}

/// As many tiles of R rows as fit `rows`, then the rows left.
template <int R>
CNNLAB_INLINE void run_tiles(TileInput& in, TileOutput& out, int& rows) {
    while (rows >= R) {
        run_rows<R>(in, out);
        in.x += R * in.row_stride;
        out.y += R * out.row_stride;
        rows -= R;
    }
}

/// Which of two neighbouring chunks this is. Leftover rows of both are computed together, with the first.
enum class Pair { none, first, second };

/// `rows` rows as tiles of the best height, then fewer.
CNNLAB_INLINE void run_block(TileInput in, TileOutput out, int rows, Pair pair = Pair::none) {
    if constexpr (tall_rows > 0) {
        // Alone, 8 rows are better as 4 + 4 than as 6 + 2.
        while (pair == Pair::none ? rows_of_tile(rows) == tall_rows : rows >= tall_rows) {
            int some = tall_rows;
            run_tiles<tall_rows>(in, out, some);
            rows -= tall_rows;
        }
        if (pair != Pair::none) {
            run_tiles<4>(in, out, rows);
            if (pair == Pair::second) return;
            out.columns = 2 * tile_width;
            for (; rows >= 2; rows -= 2) {
                run_tile<0, 2, 2 * tile_vectors>(in, out);
                in.x += 2 * in.row_stride;
                out.y += 2 * out.row_stride;
            }
            if (rows == 1) run_tile<0, 1, 2 * tile_vectors>(in, out);
            return;
        }
    }
    run_tiles<tile_rows>(in, out, rows);
    if constexpr (tile_rows > 4) run_tiles<4>(in, out, rows);
    run_tiles<2>(in, out, rows);
    run_tiles<1>(in, out, rows);
}

/// A plain product: y[r][·] = bias + Σ_c x[r][c] · w[c][·].
struct Panel {
    const float* x;
    int64_t x_row;  ///< floats from row to row
    const float* w;
    int channels;
    float* y;
    int64_t y_row;
    const float* bias = nullptr;     ///< padded to whole vectors, or null
    int columns = 2 * tile_width;    ///< valid ones; more than there are: all
    const Finish* finish = nullptr;  ///< bound to these columns; null: store the sums
};

/// `tiles` tiles of R rows, one below the other, in one call: where sums are short, the overhead of run_tile is a
/// fifth of the time.
/// Prefetches meanwhile the weights of the next chunk, which lie behind these (all of them together may exceed L2), and
/// rows of x: training reads large ones from memory, in an order that the hardware prefetcher does not see.
template <int R, int V>
__attribute__((noinline)) void run_panel_tiles(const Panel& panel, int tiles) {
    const float *rows = panel.x, *const w_begin = panel.w;
    const float* const w_end = w_begin + int64_t{panel.channels} * V * width;
    const int64_t x_row = panel.x_row, y_row = panel.y_row, panel_floats = w_end - w_begin;
    constexpr int64_t least = 3072;
    const int64_t far = R * x_row > least ? R * x_row : least;  // a tile at least
    float* y = panel.y;
    for (; tiles > 0; --tiles, rows += R * x_row, y += R * y_row) {
        Accumulators<R, V> acc;
        unroll<V>([&](auto v) {
            const Vec first = panel.bias != nullptr ? load(panel.bias + v * width) : Vec(0.0F);
            unroll<R>([&](auto r) { acc.v[r][v] = first; });
        });
        const float *x = rows, *ahead = rows + far;
        for (const float* w = w_begin; w < w_end; w += V * width, ++x, ahead += R) {
            Vec columns[V];
            unroll<V>([&](auto v) { columns[v] = load(w + v * width); });
            prefetch(w + panel_floats, V * width);
            prefetch(ahead, 1);
            unroll<R>([&](auto r) {
                const Vec row(x[r * x_row]);
                unroll<V>([&](auto v) { acc.v[r][v] = madd(row, columns[v], acc.v[r][v]); });
            });
        }
        if (finish_in_store || V == tile_vectors) finish_tile(panel.finish, acc, y, y_row, panel.columns);
        const bool all = panel.columns >= V * width;
        if constexpr (has_masks) {
            const int last = panel.columns - (V - 1) * width;
            unroll<R>([&](auto r) {
                unroll<V - 1>([&](auto v) { store(y + r * y_row + v * width, acc.v[r][v]); });
                store_some(y + r * y_row + (V - 1) * width, acc.v[r][V - 1], all ? width : last);
            });
        } else {
            alignas(64) float edge[R * V * width];
            float* const to = all ? y : edge;
            const int64_t to_row = all ? y_row : V * width;
            unroll<R>(
                [&](auto r) { unroll<V>([&](auto v) { store(to + r * to_row + v * width, acc.v[r][v]); }); });
            if (!all)
                for (int r = 0; r < R; ++r)
                    for (int k = 0; k < panel.columns; ++k) y[r * y_row + k] = edge[r * V * width + k];
        }
    }
}

/// Whether there is a function for tiles of R rows and V vectors. The page's module has room for those that matter.
template <int R, int V>
constexpr bool has_panel_tile = has_room || R == 1 || (V == tile_vectors ? R > 2 : R == tile_rows);

/// `tiles` tiles of `height` rows, 1 … R.
template <int R, int V>
CNNLAB_INLINE void run_panel_height(const Panel& panel, int height, int tiles) {
    if (height == R) {
        if constexpr (has_panel_tile<R, V>) return run_panel_tiles<R, V>(panel, tiles);
        return run_panel_tiles<1, V>(panel, R * tiles);
    }
    if constexpr (R > 1) run_panel_height<R - 1, V>(panel, height, tiles);
}

/// As few tiles as possible, of nearly equal heights: one of a few rows takes as long as one of twice as many, since
/// each sum waits for itself.
template <int V>
CNNLAB_INLINE void run_panel_rows(Panel& panel, int rows) {
    constexpr int most = tall_rows > 0 ? tall_rows : tile_rows;
    const int tiles = (rows + most - 1) / most;
    // The higher ones first.
    for (int height = rows / tiles + 1, some = rows % tiles; rows > 0; --height, some = tiles - some) {
        if (some > 0) run_panel_height<most, V>(panel, height, some);
        const int done = some * height;
        panel.x += done * panel.x_row;
        panel.y += done * panel.y_row;
        rows -= done;
    }
}

/// `rows` rows for a chunk of columns. One vector wide unless `wide`.
inline void run_panel(Panel panel, bool wide, int rows) {
    if (rows == 0) return;
    wide ? run_panel_rows<tile_vectors>(panel, rows) : run_panel_rows<1>(panel, rows);
}

/// Columns are packed in chunks of tile_width. The last chunk is a single vector if that is enough.
[[nodiscard]] constexpr int packed_columns(int columns) {
    const int rest = columns % tile_width;
    return columns - rest + (rest == 0 ? 0 : rest <= width ? width : tile_width);
}

/// Channels in whole vectors.
[[nodiscard]] constexpr int whole_vectors(int channels) { return (channels + width - 1) / width * width; }
/// One filter a channel: there is no product to tile, so a vector holds channels.
[[nodiscard]] inline bool is_depthwise(int groups, ImageShape x, ImageShape y) {
    return groups > 1 && groups == x.channels && groups == y.channels;
}

/// Transposes m in registers, by log2(width) perfect shuffles of its rows.
CNNLAB_INLINE void transpose(Vec (&m)[width]) {
    for (int stage = 1; stage < width; stage *= 2) {
        Vec next[width];
        unroll<width / 2>([&](auto i) {
            next[2 * i] = xsimd::zip_lo(m[i], m[i + width / 2]);
            next[2 * i + 1] = xsimd::zip_hi(m[i], m[i + width / 2]);
        });
        unroll<width>([&](auto i) { m[i] = next[i]; });
    }
}

}  // namespace cnnlab::cpu::CNNLAB_ARCH
