#include "engine/cpu/kernels/conv/conv2d_winograd.hpp"

#include "engine/cpu/kernels/conv/pack.hpp"
#include "engine/cpu/kernels/conv/winograd_thin.hpp"
#include "engine/cpu/kernels/tile.hpp"

namespace cnnlab::cpu::CNNLAB_ARCH {

namespace {

/// Legend
///   C, K    channels of the source and of the target (forward: of x and y; input's gradient: of dy and dx)
///   P       points along an axis, M + 2             row  a tile of one image
///   u       G w Gᵀ, [chunk of columns][point][C][columns of the chunk]
///   v       Bᵀ x B, [point][row][C]                 m    v · u, [point][row][columns of the chunk]
template <int M>
class WinogradProduct : public Kernel {
  public:
    static constexpr int P = Winograd<M>::points;

    WinogradProduct(const WinogradGrid& grid, bool forward, const float* weight, const float* bias,
                    const Binding& b, Buffer source, Buffer target, const ops::Finish& finish)
        : g_(grid),
          forward_(forward),
          weight_(weight),
          bias_(bias),
          source_(source),
          target_(target),
          scratch_(b.scratch) {
        zeros_ = reinterpret_cast<float*>(b.storage);
        for (int64_t i = 0; i < zero_floats(g_); ++i) zeros_[i] = 0.0F;
        u_ = zeros_ + zero_floats(g_);
        packed_bias_ = u_ + u_floats(g_);
        finisher_ = Finisher(finish, b, g_.target, 1, M, packed_bias_ + packed_columns(g_.target.channels),
                             is_heavy(g_, *b.program));
    }

    static Traits traits(const WinogradGrid& g, const Program& program) {
        Traits t = mapping_rows(g.down(), {}, 1, M);
        t.rows.heavy = is_heavy(g, program);
        t.storage_bytes = storage_floats(g) * 4;
        t.scratch_bytes = (v_floats(g) + m_floats(g) + g.target_stride()) * 4;
        return t;
    }

    [[nodiscard]] int prologue_parts() const override { return chunks(); }

    void prologue(int part) override {
        const int column = part * tile_width, wide = wide_at(column), channels = g_.source.channels;
        float* u = u_ + int64_t{column} * P * P * channels;
        if (part == 0) finisher_.prologue();
        for (int k = 0; k < wide; ++k)
            packed_bias_[column + k] = bias_ != nullptr && k < columns_at(column) ? bias_[column + k] : 0.0F;
        alignas(64) float taps[9][width * tile_width];
        for (int c = 0; c < channels; c += width) {
            const int some = channels - c < width ? channels - c : width;
            for (int t = 0; t < 9; ++t) pack(taps[t], column, c, some, t, wide);
            for (int e = 0; e < some * wide; e += width) {
                Vec w[3][3], r[P][P];
                unroll<3>([&](auto i) {
                    // The input's gradient sees the window rotated by 180°.
                    unroll<3>([&](auto j) {
                        w[i][j] = load(taps[forward_ ? i * 3 + j : (2 - i) * 3 + 2 - j] + e);
                    });
                });
                transform_filter(w, r);
                unroll<P>([&](auto i) {
                    unroll<P>(
                        [&](auto j) { store(u + (int64_t{i * P + j} * channels + c) * wide + e, r[i][j]); });
                });
            }
        }
    }

    void map_rows(const MapContext& c, int first, int last) override {
        const float* source = source_.at(c);
        float *target = target_.at(c), *v = scratch_.at(c), *m = v + v_floats(g_), *rest = m + m_floats(g_);
        const int most = static_cast<int>(rows_of(g_)) / c.computed, channels = g_.source.channels;
        const auto map = [&](const Finish* finish, int tile, int tiles) {
            const int rows = tiles * c.computed;
            const int64_t v_point = point_floats(rows, channels);
            transform_source<M>(g_, source, zeros_, {0, channels, channels}, tile, tiles, c.computed, v,
                                v_point);
            if constexpr (M == 4)
                if (is_thin(g_))
                    return multiply_thin(tile, tiles, c.computed, v, v_point, target, rest, finish);
            for (int s = 0; s < chunks(); ++s) {
                const int column = s * tile_width, wide = wide_at(column);
                const int64_t m_point = point_floats(rows, wide);
                const float* u = u_ + int64_t{column} * P * P * channels;
                for (int p = 0; p < P * P; ++p)
                    run_panel({v + p * v_point, channels, u + int64_t{p} * channels * wide, channels,
                               m + p * m_point, wide},
                              wide == tile_width, rows);
                transform_target<M>(g_, m, m_point, wide, columns_at(column), packed_bias_ + column, tile,
                                    tiles, c.computed, target, rest, column, finish);
            }
        };
        finisher_.strips(c, target, first, last, finish_in_store,
                         [&](const Finish* finish, int from, int to) {
                             for_chunks(from * g_.across(), to * g_.across(), most,
                                        [&](int tile, int tiles) { map(finish, tile, tiles); });
                         });
    }

  private:
    /// Small tiles are for small images, where this does not matter.
    [[nodiscard]] static bool is_thin(const WinogradGrid& g) {
        return M == 4 && g.source.channels == thin_channels;
    }

    /// All columns of some tiles, from their v to y.
    void multiply_thin(int first, int tiles, int images, const float* v, int64_t point, float* y, float* rest,
                       const Finish* finish) const {
        const int channels = g_.source.channels, rows = tiles * images;
        float *at[most_thin_rows][M * M], *nowhere[M * M];
        for (float*& position : nowhere) position = rest;
        for (int t = 0; t < tiles; ++t) target_positions<M>(g_, first + t, y, rest, at[t]);
        for (int k = 0; k < g_.target.channels; k += width) {
            const int column = k / tile_width * tile_width, wide = wide_at(column);
            const float* u = u_ + int64_t{column} * P * P * channels + (k - column);
            const int columns = g_.target.channels - k;
            const Vec bias = load(packed_bias_ + k);
            for (int row = 0; row < rows; row += thin_rows) {
                ThinTarget to[thin_rows];
                for (int r = 0; r < thin_rows; ++r)
                    to[r] = row + r < rows ? ThinTarget{at[(row + r) / images],
                                                        int64_t{(row + r) % images} * g_.target.channels + k}
                                           : ThinTarget{nowhere, 0};
                Finish mine;
                if (finish_in_store && finish != nullptr) mine = finish->from(k);
                run_thin<M, thin_rows>(v + int64_t{row} * channels, point, u, wide, columns, bias, to,
                                       finish_in_store && finish != nullptr ? &mine : nullptr, rest);
            }
        }
    }
    /// So that v, u and the sums stay in the L1 cache.
    static constexpr int most_thin_rows = 4 * block_images;

    /// One position, and a vector beyond.
    static int64_t zero_floats(const WinogradGrid& g) {
        return (g.source_stride() + 2 * width - 1) / width * width;
    }
    static int64_t rows_of(const WinogradGrid& g) {
        const int channels = g.source.channels;
        if (is_thin(g)) return most_thin_rows;
        return winograd_rows(g, channels > tile_width ? channels : tile_width);
    }
    static int64_t storage_floats(const WinogradGrid& g) {
        return zero_floats(g) + u_floats(g) + packed_columns(g.target.channels);
    }
    /// Eight images share each reading, and in training rounds decide how the sums of a batch norm are grouped.
    static bool is_heavy(const WinogradGrid& g, const Program& program) {
        constexpr int64_t many = 256 << 10;
        return program.phase == Phase::evaluate && g.block < block_images && storage_floats(g) * 4 > many;
    }
    static int64_t u_floats(const WinogradGrid& g) {
        return int64_t{P} * P * g.source.channels * packed_columns(g.target.channels);
    }
    static int64_t v_floats(const WinogradGrid& g) {
        return P * P * point_floats(rows_of(g), g.source.channels);
    }
    static int64_t m_floats(const WinogradGrid& g) { return P * P * point_floats(rows_of(g), tile_width); }
    [[nodiscard]] int chunks() const { return (g_.target.channels + tile_width - 1) / tile_width; }
    [[nodiscard]] int wide_at(int column) const {
        return g_.target.channels - column > width ? tile_width : width;
    }

    /// Valid columns of a chunk.
    [[nodiscard]] int columns_at(int column) const {
        const int left = g_.target.channels - column;
        return left < tile_width ? left : tile_width;
    }

    /// `some` channels from c on of one tap: [some][wide].
    void pack(float* out, int column, int c, int some, int tap, int wide) const {
        if (forward_) {  // w [K][tap][C]
            const int64_t filter = 9 * int64_t{g_.source.channels};
            pack_columns(weight_ + column * filter + int64_t{tap} * g_.source.channels + c, filter, some,
                         wide, columns_at(column), out);
        } else {  // w [C][tap][K], in the letters of the gradient
            const int64_t filter = 9 * int64_t{g_.target.channels};
            pack_rows(weight_ + c * filter + int64_t{tap} * g_.target.channels + column, filter, some, wide,
                      columns_at(column), out);
        }
    }

    static CNNLAB_INLINE void transform_filter(const Vec (&w)[3][3], Vec (&r)[P][P]) {
        both_axes(
            w, r,
            [](const auto& in, auto& out) __attribute__((always_inline)) { Winograd<M>::filter(in, out); });
    }

    WinogradGrid g_;
    bool forward_;
    const float *weight_, *bias_;
    Buffer source_, target_, scratch_;
    float *zeros_, *u_, *packed_bias_;
    Finisher finisher_;
};

}  // namespace

Traits winograd_traits(const WinogradGrid& grid, const Program& program) {
    return grid.m == 2 ? WinogradProduct<2>::traits(grid, program)
                       : WinogradProduct<4>::traits(grid, program);
}

std::unique_ptr<Kernel> winograd_kernel(const WinogradGrid& grid, bool forward, const float* weight,
                                        const float* bias, const Binding& b, Buffer source, Buffer target,
                                        const ops::Finish& finish) {
    if (grid.m == 2)
        return std::make_unique<WinogradProduct<2>>(grid, forward, weight, bias, b, source, target, finish);
    return std::make_unique<WinogradProduct<4>>(grid, forward, weight, bias, b, source, target, finish);
}

}  // namespace cnnlab::cpu::CNNLAB_ARCH
