#include "engine/cpu/kernels/conv_geometry.hpp"
#include "engine/cpu/kernels/tile.hpp"

namespace cnnlab::cpu::CNNLAB_ARCH {

namespace {

/// Legend
///   row     one (tap, c) of a group: row t · C + c of the gradient seen as a matrix [taps · C][K]
///   tile    R rows × V vectors of output channels, summed over positions and the 8 images in registers
///   lanes   small gradients are summed block by block into a matrix a lane, [group][taps · C][packed K], and added up at the end
///   batch   large gradients (their matrix would leave the cache with each block) are computed tile by tile over the whole batch
constexpr int R = tile_rows;

// zeros stand in for taps that fall on padding
alignas(64) const float zeros[1024] = {};

struct Geometry {
    Window window;
    ImageShape x, y;
    int groups = 1, channels = 0, columns = 0;  ///< channels and columns of one group

    [[nodiscard]] int rows() const { return window.taps() * channels; }
    [[nodiscard]] int row_tiles() const { return (rows() + R - 1) / R; }
    [[nodiscard]] int stretches() const { return (columns + tile_width - 1) / tile_width; }
    [[nodiscard]] int64_t matrix() const { return int64_t{rows()} * packed_columns(columns); }
    [[nodiscard]] int64_t lane_floats() const {
        return matrix() * groups + int64_t{packed_columns(columns)} * groups;
    }
};

Geometry geometry_of(const ops::Conv2dBackwardWeight& op, const Program& program) {
    Geometry g{op.window, ImageShape(program.shape(op.x)), ImageShape(program.shape(op.dy)), op.groups};
    g.channels = g.x.channels / op.groups;
    g.columns = g.y.channels / op.groups;
    return g;
}

/// Whether the whole-batch way is better. A block brings 2 · rows · K · positions · 8 multiply-adds and moves 2 · rows · K floats of accumulators
/// through memory once they exceed the cache: with few positions that traffic is what counts.
bool batch_level(const Geometry& g, int lanes) {
    const int64_t bytes = g.lane_floats() * 4;
    return (bytes > (256 << 10) && g.y.positions() < 64) || bytes * lanes > (int64_t{96} << 20);
}

/// One row of a tile: where its tap starts, and whether it exists.
struct Row {
    int ky = 0, kx = 0, channel = 0;
    bool real = false;
};

/// acc += Σ over the positions of one block of x[row] · dy[columns]. `pad` rows read zeros.
template <int V>
CNNLAB_INLINE void accumulate(const Geometry& g, const Row* rows, const float* x, const float* dy,
                              Accumulators<R, V>& acc) {
    const Window& w = g.window;
    const int64_t x_step = int64_t{block_images} * g.x.channels,
                  y_step = int64_t{block_images} * g.y.channels;
    const bool one_tap =
        rows[0].real && rows[R - 1].real && rows[0].ky == rows[R - 1].ky && rows[0].kx == rows[R - 1].kx;
    for (int oy = 0; oy < g.y.height; ++oy) {
        if (one_tap) {
            // all rows come from one tap: neighbours in memory, and positions where it falls on padding are skipped
            const int iy = oy * w.stride.height + rows[0].ky * w.dilation.height - w.before.height;
            if (iy < 0 || iy >= g.x.height) continue;
            const int shift = rows[0].kx * w.dilation.width - w.before.width;
            int first = 0, last = g.y.width;
            while (first < last && first * w.stride.width + shift < 0) ++first;
            while (last > first && (last - 1) * w.stride.width + shift >= g.x.width) --last;
            const float* xp =
                x + (int64_t{iy} * g.x.width + first * w.stride.width + shift) * x_step + rows[0].channel;
            const float* dp = dy + (int64_t{oy} * g.y.width + first) * y_step;
            for (int ox = first; ox < last; ++ox, xp += x_step * w.stride.width, dp += y_step)
                for (int i = 0; i < block_images; ++i) {
                    Vec d[V];
                    unroll<V>([&](auto v) { d[v] = load(dp + i * g.y.channels + v * width); });
                    unroll<R>([&](auto r) {
                        const Vec b(xp[i * g.x.channels + r]);
                        unroll<V>([&](auto v) { acc.v[r][v] = madd(b, d[v], acc.v[r][v]); });
                    });
                }
            continue;
        }
        const float* base[R];
        for (int r = 0; r < R; ++r) {
            const int iy = oy * w.stride.height + rows[r].ky * w.dilation.height - w.before.height;
            base[r] = rows[r].real && iy >= 0 && iy < g.x.height
                          ? x + int64_t{iy} * g.x.width * x_step + rows[r].channel
                          : nullptr;
        }
        for (int ox = 0; ox < g.y.width; ++ox) {
            const float* at[R];
            int64_t step[R];
            for (int r = 0; r < R; ++r) {
                const int ix = ox * w.stride.width + rows[r].kx * w.dilation.width - w.before.width;
                const bool inside = base[r] != nullptr && ix >= 0 && ix < g.x.width;
                at[r] = inside ? base[r] + ix * x_step : zeros;
                step[r] = inside ? g.x.channels : 0;
            }
            const float* dp = dy + (int64_t{oy} * g.y.width + ox) * y_step;
            for (int i = 0; i < block_images; ++i) {
                Vec d[V];
                unroll<V>([&](auto v) { d[v] = load(dp + i * g.y.channels + v * width); });
                unroll<R>([&](auto r) {
                    const Vec b(at[r][i * step[r]]);
                    unroll<V>([&](auto v) { acc.v[r][v] = madd(b, d[v], acc.v[r][v]); });
                });
            }
        }
    }
}

/// The same for a tile at the right edge: fewer than V whole vectors of channels are there, so dy is copied into a padded row first.
template <int V>
CNNLAB_INLINE void accumulate_edge(const Geometry& g, const Row* rows, const float* x, const float* dy,
                                   int valid, Accumulators<R, V>& acc) {
    const Window& w = g.window;
    alignas(64) float padded[V * width] = {};
    for (int oy = 0; oy < g.y.height; ++oy)
        for (int ox = 0; ox < g.y.width; ++ox) {
            const float* at[R];
            int64_t step[R];
            for (int r = 0; r < R; ++r) {
                const int iy = oy * w.stride.height + rows[r].ky * w.dilation.height - w.before.height;
                const int ix = ox * w.stride.width + rows[r].kx * w.dilation.width - w.before.width;
                const bool inside = rows[r].real && iy >= 0 && iy < g.x.height && ix >= 0 && ix < g.x.width;
                at[r] = inside ? x + (int64_t{iy} * g.x.width + ix) * block_images * g.x.channels +
                                     rows[r].channel
                               : zeros;
                step[r] = inside ? g.x.channels : 0;
            }
            const float* dp = dy + (int64_t{oy} * g.y.width + ox) * block_images * g.y.channels;
            for (int i = 0; i < block_images; ++i) {
                for (int k = 0; k < valid; ++k) padded[k] = dp[i * g.y.channels + k];
                Vec d[V];
                unroll<V>([&](auto v) { d[v] = load(padded + v * width); });
                unroll<R>([&](auto r) {
                    const Vec b(at[r][i * step[r]]);
                    unroll<V>([&](auto v) { acc.v[r][v] = madd(b, d[v], acc.v[r][v]); });
                });
            }
        }
}

/// bias[k] += Σ over the rows (positions and images) of one block of dy[k].
void add_rows(const float* dy, int64_t rows, int channels, float* bias) {
    for (int64_t r = 0; r < rows; ++r)
        for (int k = 0; k < channels; ++k) bias[k] += dy[r * channels + k];
}

class BackwardWeight : public Kernel {
  public:
    BackwardWeight(const ops::Conv2dBackwardWeight& op, const Binding& b)
        : g_(geometry_of(op, *b.program)),
          x_(b.place(op.x)),
          dy_(b.place(op.dy)),
          dweight_(b.place(op.dweight).whole()),
          dbias_(op.dbias ? b.place(op.dbias).whole() : nullptr),
          binding_(b) {}

  protected:
    /// The R rows of tile `tile`.
    void rows_of(int tile, Row* rows) const {
        for (int r = 0; r < R; ++r) {
            const int row = tile * R + r, tap = row / g_.channels;
            rows[r] = {tap / g_.window.kernel.width, tap % g_.window.kernel.width, row % g_.channels,
                       row < g_.rows()};
        }
    }

    /// One tile over one block, added to `acc`.
    template <int V>
    CNNLAB_INLINE void tile(const Row* rows, int group, int stretch, const float* x, const float* dy,
                            Accumulators<R, V>& acc) const {
        const int valid = g_.columns - stretch * tile_width;
        const float* source = x + group * g_.channels;
        const float* columns = dy + group * g_.columns + stretch * tile_width;
        if (valid >= V * width)
            accumulate<V>(g_, rows, source, columns, acc);
        else
            accumulate_edge<V>(g_, rows, source, columns, valid, acc);
    }

    void bias_of_block(const float* dy, float* bias) const {
        add_rows(dy, int64_t{g_.y.positions()} * block_images, g_.y.channels, bias);
    }

    Geometry g_;
    Place x_, dy_;
    float *dweight_, *dbias_;
    Binding binding_;
};

/// Gradients summed block by block in lanes.
class LaneLevel : public BackwardWeight {
  public:
    using BackwardWeight::BackwardWeight;

    void map(const MapContext& c) override {
        float* matrix = binding_.lane(c.lane);
        float* bias = matrix + g_.matrix() * g_.groups;
        const float *x = x_.at(c), *dy = dy_.at(c);
        for (int group = 0; group < g_.groups; ++group)
            for (int s = 0; s < g_.stretches(); ++s)
                for (int t = 0; t < g_.row_tiles(); ++t) {
                    if (g_.columns - s * tile_width > width)
                        add_tile<tile_vectors>(c, matrix + g_.matrix() * group, group, s, t, x, dy);
                    else
                        add_tile<1>(c, matrix + g_.matrix() * group, group, s, t, x, dy);
                }
        if (dbias_ == nullptr) return;
        if (c.first_of_lane)
            for (int k = 0; k < g_.y.channels; ++k) bias[k] = 0.0F;
        bias_of_block(dy, bias);
    }

    [[nodiscard]] int finish_parts() const override {
        return static_cast<int>(g_.matrix() * g_.groups / 16384 + 1);
    }

    void finish(int part, Step& step) override {
        const int filter = g_.rows(), stride = packed_columns(g_.columns);
        const auto [first, last] = part_of(int64_t{g_.groups} * filter, part, finish_parts());
        for (int64_t at = first; at < last; ++at) {
            const int64_t group = at / filter, row = at % filter;
            for (int k = 0; k < g_.columns; ++k) {
                float sum = 0;
                for (int l = 0; l < step.lanes; ++l)
                    sum += binding_.lane(l)[(group * filter + row) * stride + k];
                dweight_[(group * g_.columns + k) * filter + row] = sum;
            }
        }
        if (part != 0 || dbias_ == nullptr) return;
        for (int k = 0; k < g_.y.channels; ++k) {
            float sum = 0;
            for (int l = 0; l < step.lanes; ++l) sum += binding_.lane(l)[g_.matrix() * g_.groups + k];
            dbias_[k] = sum;
        }
    }

  private:
    template <int V>
    __attribute__((noinline)) void add_tile(const MapContext& c, float* matrix, int group, int stretch,
                                            int row_tile, const float* x, const float* dy) const {
        Row rows[R];
        rows_of(row_tile, rows);
        const int stride = packed_columns(g_.columns);
        float* out = matrix + int64_t{row_tile} * R * stride + stretch * tile_width;
        Accumulators<R, V> acc;
        unroll<R>([&](auto r) {
            unroll<V>([&](auto v) {
                acc.v[r][v] =
                    c.first_of_lane || !rows[r].real ? Vec(0.0F) : load(out + r * stride + v * width);
            });
        });
        tile<V>(rows, group, stretch, x, dy, acc);
        unroll<R>([&](auto r) {
            if (rows[r].real) unroll<V>([&](auto v) { store(out + r * stride + v * width, acc.v[r][v]); });
        });
    }
};

/// Gradients computed tile by tile over the whole batch; each part owns some of the tiles.
class BatchLevel : public BackwardWeight {
  public:
    using BackwardWeight::BackwardWeight;

    [[nodiscard]] int finish_parts() const override {
        const int64_t tiles = int64_t{g_.groups} * g_.row_tiles();
        return static_cast<int>(tiles < 64 ? tiles : 64);
    }

    void finish(int part, Step& step) override {
        const auto [first, last] = part_of(int64_t{g_.groups} * g_.row_tiles(), part, finish_parts());
        for (int64_t at = first; at < last; ++at)
            for (int s = 0; s < g_.stretches(); ++s) {
                const int group = static_cast<int>(at / g_.row_tiles()),
                          row_tile = static_cast<int>(at % g_.row_tiles());
                if (g_.columns - s * tile_width > width)
                    whole_tile<tile_vectors>(step, group, s, row_tile);
                else
                    whole_tile<1>(step, group, s, row_tile);
            }
        if (part != 0 || dbias_ == nullptr) return;
        for (int k = 0; k < g_.y.channels; ++k) dbias_[k] = 0.0F;
        for (int b = 0; b < step.blocks; ++b) bias_of_block(dy_.block(b), dbias_);
    }

  private:
    template <int V>
    __attribute__((noinline)) void whole_tile(const Step& step, int group, int stretch, int row_tile) const {
        Row rows[R];
        rows_of(row_tile, rows);
        Accumulators<R, V> acc;
        unroll<R>([&](auto r) { unroll<V>([&](auto v) { acc.v[r][v] = Vec(0.0F); }); });
        for (int b = 0; b < step.blocks; ++b) tile<V>(rows, group, stretch, x_.block(b), dy_.block(b), acc);
        alignas(64) float result[R][V * width];
        unroll<R>([&](auto r) { unroll<V>([&](auto v) { store(result[r] + v * width, acc.v[r][v]); }); });
        const int filter = g_.rows(), first = row_tile * R, valid = g_.columns - stretch * tile_width;
        for (int k = 0; k < (valid < V * width ? valid : V * width); ++k) {
            float* out = dweight_ + (int64_t{group} * g_.columns + stretch * tile_width + k) * filter + first;
            for (int r = 0; r < R && first + r < filter; ++r) out[r] = result[r][k];
        }
    }
};

/// Without a weight gradient: the bias alone, summed block by block in lanes.
class BiasLevel : public Kernel {
  public:
    BiasLevel(const ops::Conv2dBackwardWeight& op, const Binding& b)
        : dy_(b.place(op.dy)),
          channels_(b.image(op.dy).channels),
          rows_(int64_t{b.image(op.dy).positions()} * block_images),
          dbias_(b.place(op.dbias).whole()),
          binding_(b) {}

    void map(const MapContext& c) override {
        float* bias = binding_.lane(c.lane);
        if (c.first_of_lane)
            for (int k = 0; k < channels_; ++k) bias[k] = 0.0F;
        add_rows(dy_.at(c), rows_, channels_, bias);
    }

    void finish(int /*part*/, Step& step) override {
        for (int k = 0; k < channels_; ++k) {
            float sum = 0;
            for (int l = 0; l < step.lanes; ++l) sum += binding_.lane(l)[k];
            dbias_[k] = sum;
        }
    }

  private:
    Place dy_;
    int channels_;
    int64_t rows_;
    float* dbias_;
    Binding binding_;
};

}  // namespace

template <>
Traits CpuOp<ops::Conv2dBackwardWeight>::traits(const ops::Conv2dBackwardWeight& op, const Program& program,
                                                int lanes) {
    const Geometry g = geometry_of(op, program);
    Traits t;
    t.finishes = true;
    if (!op.dweight) {
        t.maps = true;
        t.lane_bytes = int64_t{g.y.channels} * 4;
    } else if (batch_level(g, lanes)) {
        t.whole_reads = {op.x, op.dy};
    } else {
        t.maps = true;
        t.lane_bytes = g.lane_floats() * 4;
    }
    return t;
}

template <>
std::unique_ptr<Kernel> CpuOp<ops::Conv2dBackwardWeight>::bind(const ops::Conv2dBackwardWeight& op,
                                                               const Binding& b) {
    if (!op.dweight) return std::make_unique<BiasLevel>(op, b);
    const Program& program = *b.program;
    const int blocks = (program.batch + block_images - 1) / block_images, lanes = blocks < 16 ? blocks : 16;
    if (batch_level(geometry_of(op, program), lanes)) return std::make_unique<BatchLevel>(op, b);
    return std::make_unique<LaneLevel>(op, b);
}

}  // namespace cnnlab::cpu::CNNLAB_ARCH
