#include "engine/cpu/kernels/conv/weight_gradient.hpp"

namespace cnnlab::cpu::CNNLAB_ARCH {

namespace {

/// Legend
///   tile   R output channels (rows, read one by one from dy) × V vectors of input channels of one tap, as the
///          weights lie: [K][tap][C]
///   unit   all tiles of one tap and one chunk of input channels; parts share the units
///   pass   the blocks that a tile sums before the next tile: enough to pay for loading the tile's sums

class BatchGradient : public Kernel {
  public:
    BatchGradient(const ops::Conv2dBackwardWeight& op, const Binding& b)
        : g_(weight_geometry(op, *b.program)),
          x_(b.buffer(op.x)),
          dy_(b.buffer(op.dy)),
          dweight_(b.buffer(op.dweight).whole()),
          dbias_(op.dbias ? b.buffer(op.dbias).whole() : nullptr) {}

    [[nodiscard]] int epilogue_parts() const override {
        const int64_t all = units();
        return static_cast<int>(all < 64 ? all : 64);
    }

    void epilogue(int part, Run& run) override {
        const auto [first, last] = part_of(units(), part, epilogue_parts());
        const int pass = 64 / g_.y.positions() + 1;
        for (int b = 0; b < run.blocks; b += pass) {
            const int end = b + pass < run.blocks ? b + pass : run.blocks;
            for (int64_t u = first; u < last; ++u) {
                if (left_of(u) > width)
                    unit<tile_vectors>(u, b, end);
                else
                    unit<1>(u, b, end);
            }
        }
        if (part != 0 || dbias_ == nullptr) return;
        for (int k = 0; k < g_.y.channels; ++k) dbias_[k] = 0.0F;
        for (int b = 0; b < run.blocks; ++b)
            add_rows(dy_.block(b), int64_t{g_.y.positions()} * block_images, g_.y.channels, dbias_);
    }

    void written(int part, void (*tell)(void*, const Written&), void* to) const override {
        if (!has_groups) return;
        const auto [first, last] = part_of(units(), part, epilogue_parts());
        for (int64_t u = first; u < last; ++u) {
            const int left = left_of(u);
            tell(to, {out_of(u), left < tile_width ? left : tile_width, g_.filter(), g_.columns});
        }
        if (part == 0 && dbias_ != nullptr) tell(to, {dbias_, g_.y.channels, 0, 1});
    }

  private:
    [[nodiscard]] int chunks() const { return (g_.channels + tile_width - 1) / tile_width; }
    [[nodiscard]] int64_t units() const { return int64_t{g_.groups} * chunks() * g_.window.taps(); }
    /// Input channels from the unit's first one on.
    [[nodiscard]] int left_of(int64_t unit) const {
        return g_.channels - static_cast<int>(unit / g_.window.taps() % chunks()) * tile_width;
    }

    /// Where the unit's first row begins.
    [[nodiscard]] float* out_of(int64_t unit) const {
        const int tap = static_cast<int>(unit % g_.window.taps()),
                  group = static_cast<int>(unit / g_.window.taps() / chunks());
        return dweight_ + int64_t{group} * g_.columns * g_.filter() + tap * g_.channels +
               (g_.channels - left_of(unit));
    }

    /// Output rows and columns at which a tap lies inside the image, and the first values there.
    struct Meeting {
        Range rows, columns;
        int64_t x, dy;  ///< offset of the first position in the block
    };
    [[nodiscard]] Meeting meeting(int tap) const {
        const Window& w = g_.window;
        const int ky = tap / w.kernel.width, kx = tap % w.kernel.width;
        Meeting m{g_.rows_of(ky), g_.columns_of(kx), 0, 0};
        const int64_t iy = m.rows.begin * w.stride.height + ky * w.dilation.height - w.before.height,
                      ix = m.columns.begin * w.stride.width + kx * w.dilation.width - w.before.width;
        m.x = (iy * g_.x.width + ix) * g_.x_stride();
        m.dy = (m.rows.begin * g_.y.width + m.columns.begin) * g_.y_stride();
        return m;
    }

    template <int V>
    void unit(int64_t number, int first_block, int last_block) const {
        const int tap = static_cast<int>(number % g_.window.taps()),
                  group = static_cast<int>(number / g_.window.taps() / chunks()),
                  c = g_.channels - left_of(number);
        float* out = out_of(number);
        const Meeting m = meeting(tap);
        for (int k = 0, taken = 0; k < g_.columns; k += taken) {
            taken = V == tile_vectors ? rows_of_tile(g_.columns - k) : tile_rows;
            const auto run = [&]<int R>(std::integral_constant<int, R>) {
                tile<R, V>(m, group * g_.channels + c, group * g_.columns + k, first_block, last_block,
                           out + int64_t{k} * g_.filter(), g_.columns - k, left_of(number));
            };
            if (taken == tile_rows)
                run(std::integral_constant<int, tile_rows>{});
            else if constexpr (tall_rows > 0)
                run(std::integral_constant<int, tall_rows>{});
        }
    }

    /// Rows beyond `rows` and columns beyond `columns` are computed from whatever lies there, and dropped.
    template <int R, int V>
    __attribute__((noinline)) void tile(const Meeting& m, int c, int k, int first_block, int last_block,
                                        float* out, int rows, int columns) const {
        const int filter = g_.filter();
        const bool whole = rows >= R && columns >= V * width;
        if (whole)
            for (int r = 0; r < R; ++r) prefetch_to_write(out + int64_t{r} * filter, V * width);
        Accumulators<R, V> acc;
        unroll<R>([&](auto r) { unroll<V>([&](auto v) { acc.v[r][v] = Vec(0.0F); }); });
        for (int b = first_block; b < last_block; ++b) sum<R, V>(m, x_.block(b) + c, dy_.block(b) + k, acc);
        if (whole) {
            if (first_block > 0)
                unroll<R>([&](auto r) {
                    unroll<V>([&](auto v) {
                        acc.v[r][v] = acc.v[r][v] + load(out + int64_t{r} * filter + v * width);
                    });
                });
            unroll<R>([&](auto r) {
                unroll<V>([&](auto v) { store(out + int64_t{r} * filter + v * width, acc.v[r][v]); });
            });
            return;
        }
        alignas(64) float edge[R][V * width];
        unroll<R>([&](auto r) { unroll<V>([&](auto v) { store(edge[r] + v * width, acc.v[r][v]); }); });
        for (int r = 0; r < (rows < R ? rows : R); ++r)
            for (int e = 0; e < (columns < V * width ? columns : V * width); ++e) {
                float& to = out[int64_t{r} * filter + e];
                to = first_block > 0 ? to + edge[r][e] : edge[r][e];
            }
    }

    /// acc += Σ over the positions of one block at which the tap lies inside the image.
    template <int R, int V>
    CNNLAB_INLINE void sum(const Meeting& m, const float* x, const float* dy, Accumulators<R, V>& acc) const {
        const Window& w = g_.window;
        const int64_t x_stride = g_.x_stride() * w.stride.width, y_stride = g_.y_stride(),
                      x_row = g_.x.channels, y_row = g_.y.channels;
        const bool together = w.stride.width == 1;
        const int64_t met = m.columns.end - m.columns.begin, runs = together ? 1 : met;
        const int length = static_cast<int>(together ? met : 1) * block_images;
        x += m.x, dy += m.dy;
        for (int64_t oy = m.rows.begin; oy < m.rows.end; ++oy) {
            const float *xp = x, *dp = dy;
            x += g_.x.width * g_.x_stride() * w.stride.height, dy += g_.y.width * y_stride;
            for (int64_t run = 0; run < runs; ++run, xp += x_stride, dp += y_stride) {
                const float *xi = xp, *di = dp;
                for (int i = 0; i < length; ++i, xi += x_row, di += y_row) {
                    Vec columns[V];
                    unroll<V>([&](auto v) { columns[v] = load(xi + v * width); });
                    unroll<R>([&](auto r) {
                        const Vec d(di[r]);
                        unroll<V>([&](auto v) { acc.v[r][v] = madd(d, columns[v], acc.v[r][v]); });
                    });
                }
            }
        }
    }

    WeightGeometry g_;
    Buffer x_, dy_;
    float *dweight_, *dbias_;
};

}  // namespace

std::unique_ptr<Kernel> batch_weight_gradient(const ops::Conv2dBackwardWeight& op, const Binding& b) {
    return std::make_unique<BatchGradient>(op, b);
}

}  // namespace cnnlab::cpu::CNNLAB_ARCH
