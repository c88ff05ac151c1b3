#include "engine/cpu/kernels/weight_gradient.hpp"
#include "engine/cpu/kernels/winograd.hpp"

namespace cnnlab::cpu::CNNLAB_ARCH {

namespace {

/// Legend
///   C, K    channels of x and of y               P    points along an axis, M + 2
///   v       Bᵀ x B, [point][row][C]; a row is a tile of one image
///   d       A dy Aᵀ, [point][row][K]
///   lane    what one lane has gathered: vᵀ · d, [point][C][K], and Σ dy [K] for the bias. Lanes are added up at the end, and Gᵀ · G makes them
///           dw [K][tap][C]
template <int M>
class WinogradGradient : public Kernel {
  public:
    static constexpr int P = Winograd<M>::points;

    WinogradGradient(const ops::Conv2dBackwardWeight& op, const WinogradGrid& grid, const Binding& b)
        : g_(grid),
          x_(b.place(op.x)),
          dy_(b.place(op.dy)),
          dweight_(b.place(op.dweight).whole()),
          dbias_(op.dbias ? b.place(op.dbias).whole() : nullptr),
          binding_(b),
          zeros_(reinterpret_cast<float*>(b.scratch)) {
        for (int64_t i = 0; i < zero_floats(g_); ++i) zeros_[i] = 0.0F;
    }

    static Traits traits(const ops::Conv2dBackwardWeight& op, const WinogradGrid& g) {
        Traits t = mapping_rows(g.down(), {op.dy}, M);
        t.finishes = true;
        t.lane_bytes = (P * P * matrix(g) + g.target.channels) * 4;
        t.scratch_bytes = zero_floats(g) * 4;
        t.room_bytes = (v_floats(g) + d_floats(g)) * 4;
        return t;
    }

    void map_rows(const MapContext& c, int first, int last) override {
        const float *x = x_.at(c), *dy = dy_.at(c);
        float *v = binding_.room.at(c), *d = v + v_floats(g_), *lane = binding_.lane(c.lane);
        const int channels = g_.source.channels, columns = g_.target.channels;
        bool fresh = c.first_of_lane && first == 0;
        if (dbias_ != nullptr) add_bias(dy, first, last, lane + P * P * matrix(g_), fresh);
        for_stretches(first * g_.across(), last * g_.across(), static_cast<int>(rows_of(g_)) / block_images,
                      [&](int tile, int tiles) {
                          const int rows = tiles * block_images;
                          const int64_t v_point = point_floats(rows, channels),
                                        d_point = point_floats(rows, columns);
                          transform_source<M>(g_, x, zeros_, tile, tiles, block_images, v, v_point);
                          spread_target<M>(g_, dy, zeros_, tile, tiles, d, d_point);
                          for (int p = 0; p < P * P; ++p)
                              gather(v + p * v_point, d + p * d_point, rows, lane + p * matrix(g_), fresh);
                          fresh = false;
                      });
    }

    [[nodiscard]] int finish_parts() const override { return g_.source.channels / width; }

    void finish(int part, Step& step) override {
        const int channels = g_.source.channels, columns = g_.target.channels, c = part * width;
        for (int k = 0; k < columns; k += width) {
            Vec square[9][width];
            for (int r = 0; r < width; ++r) {
                Vec u[P][P], w[3][3];
                unroll<P>([&](auto i) { unroll<P>([&](auto j) { u[i][j] = Vec(0.0F); }); });
                for (int l = 0; l < step.lanes; ++l) {
                    const float* from = binding_.lane(l) + int64_t{c + r} * columns + k;
                    unroll<P>([&](auto i) {
                        unroll<P>([&](auto j) { u[i][j] = u[i][j] + load(from + (i * P + j) * matrix(g_)); });
                    });
                }
                both_axes(
                    u, w, [](const auto& in, auto& out) __attribute__((always_inline)) {
                        Winograd<M>::gather(in, out);
                    });
                unroll<9>([&](auto t) { square[t][r] = w[t / 3][t % 3]; });
            }
            for (int t = 0; t < 9; ++t) {
                transpose(square[t]);
                for (int i = 0; i < width; ++i)
                    store(dweight_ + (int64_t{k + i} * 9 + t) * channels + c, square[t][i]);
            }
        }
        if (part != 0 || dbias_ == nullptr) return;
        for (int k = 0; k < columns; ++k) {
            float sum = 0;
            for (int l = 0; l < step.lanes; ++l) sum += binding_.lane(l)[P * P * matrix(g_) + k];
            dbias_[k] = sum;
        }
    }

  private:
    static int64_t matrix(const WinogradGrid& g) { return int64_t{g.source.channels} * g.target.channels; }
    static int64_t zero_floats(const WinogradGrid& g) {
        return g.source_step() > g.target_step() ? g.source_step() : g.target_step();
    }
    static int64_t rows_of(const WinogradGrid& g) {
        return winograd_rows(g, (g.source.channels + g.target.channels) / 2);
    }
    static int64_t v_floats(const WinogradGrid& g) {
        return P * P * point_floats(rows_of(g), g.source.channels);
    }
    static int64_t d_floats(const WinogradGrid& g) {
        return P * P * point_floats(rows_of(g), g.target.channels);
    }

    /// Tile rows [first, last) of dy into the bias's sums.
    void add_bias(const float* dy, int first, int last, float* bias, bool fresh) const {
        if (fresh)
            for (int k = 0; k < g_.target.channels; ++k) bias[k] = 0.0F;
        const int end = last * M < g_.target.height ? last * M : g_.target.height;
        const int64_t row = int64_t{g_.target.width} * block_images;
        add_rows(dy + first * M * row * g_.target.channels, (end - first * M) * row, g_.target.channels,
                 bias);
    }

    /// u [C][K] += vᵀ · d over `rows` rows.
    void gather(const float* v, const float* d, int rows, float* u, bool fresh) const {
        const int channels = g_.source.channels, columns = g_.target.channels;
        for (int k = 0; k < columns; k += tile_width) {
            const bool wide = columns - k > width;
            for (int c = 0, step = 0; c < channels; c += step) {
                step = wide ? rows_of_tile(channels - c) : tile_rows;
                float* out = u + int64_t{c} * columns + k;
                if (!wide)
                    gather_tile<tile_rows, 1>(v + c, d + k, rows, out, fresh);
                else if (step == tile_rows)
                    gather_tile<tile_rows, tile_vectors>(v + c, d + k, rows, out, fresh);
                else if constexpr (tall_rows > 0)
                    gather_tile<tall_rows, tile_vectors>(v + c, d + k, rows, out, fresh);
            }
        }
    }

    template <int R, int V>
    __attribute__((noinline)) void gather_tile(const float* v, const float* d, int rows, float* out,
                                               bool fresh) const {
        const int64_t stride = g_.target.channels;
        Accumulators<R, V> acc;
        begin_sums(out, stride, fresh, acc);
        add_outer_products(v, g_.source.channels, d, stride, rows, acc);
        end_sums(out, stride, acc);
    }

    WinogradGrid g_;
    Place x_, dy_;
    float *dweight_, *dbias_;
    Binding binding_;
    float* zeros_;
};

}  // namespace

Traits winograd_gradient_traits(const ops::Conv2dBackwardWeight& op, const WinogradGrid& grid) {
    return grid.m == 2 ? WinogradGradient<2>::traits(op, grid) : WinogradGradient<4>::traits(op, grid);
}

std::unique_ptr<Kernel> winograd_gradient(const ops::Conv2dBackwardWeight& op, const WinogradGrid& grid,
                                          const Binding& b) {
    if (grid.m == 2) return std::make_unique<WinogradGradient<2>>(op, grid, b);
    return std::make_unique<WinogradGradient<4>>(op, grid, b);
}

}  // namespace cnnlab::cpu::CNNLAB_ARCH
