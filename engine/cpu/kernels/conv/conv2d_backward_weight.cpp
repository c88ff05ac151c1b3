#include "engine/cpu/kernels/conv/weight_gradient.hpp"
#include "engine/cpu/kernels/conv/winograd.hpp"

namespace cnnlab::cpu::CNNLAB_ARCH {

namespace {

/// Legend
///   row     one (tap, c) of a group; after these one row for the bias, whose x is 1 everywhere
///   tile    R rows × V vectors of output channels, summed in registers over positions and the 8 images
///   shard   the partial gradients of one shard, [group][rows][packed K]; the epilogue adds the shards
/// Where R divides C, the rows of a tile are neighbouring channels of one tap, and positions where the tap falls on
/// padding are skipped.
/// With few channels, as in the first layer, rows mix several taps. They read a padded copy of x, so that every row
/// has a value everywhere.

// Rows of a mixed tile: as many as waste least of the last tile.
constexpr int least_rows = tile_rows == 8 ? 5 : 4;

/// Whether to compute the gradient over the whole batch: its shards would not stay in the cache between blocks.
bool batch_level(const WeightGeometry& g, int shards) {
    const int64_t bytes = int64_t{g.filter()} * packed_columns(g.columns) * g.groups * 4;
    return g.channels >= width && (bytes > (192 << 10) || bytes * shards > (int64_t{96} << 20));
}

class ShardGradient : public Kernel {
  public:
    ShardGradient(const ops::Conv2dBackwardWeight& op, const Binding& b)
        : g_(weight_geometry(op, *b.program)),
          x_(b.buffer(op.x)),
          dy_(b.buffer(op.dy)),
          dweight_(b.buffer(op.dweight).whole()),
          dbias_(op.dbias ? b.buffer(op.dbias).whole() : nullptr),
          binding_(b),
          mixed_(mixed(g_)),
          stride_(packed_columns(g_.columns)) {
        const int bias = g_.biased ? 1 : 0;
        rows_ = g_.filter() + (mixed_ ? bias : 0);
        if (mixed_) tile_rows_ = best_rows(rows_);
        padded_ = padded(g_);
        // zeros and ones, for the rows without a channel
        auto* constants = reinterpret_cast<float*>(b.storage);
        for (int64_t i = 0; i < g_.x_stride(); ++i) constants[i] = 0.0F, constants[g_.x_stride() + i] = 1.0F;
    }

    static Traits traits(const ops::Conv2dBackwardWeight& op, const WeightGeometry& g) {
        Traits t = mapping_rows(g.y.height, {op.dy});
        t.has_epilogue = true;
        t.sharing = Sharing::sums;
        t.shard_bytes = shard_floats(g) * 4;
        t.storage_bytes = 2 * g.x_stride() * 4;
        if (mixed(g)) t.scratch_bytes = int64_t{padded(g).height} * padded(g).width * g.x_stride() * 4 + 64;
        return t;
    }

    void map_rows(const MapContext& c, int first, int last) override {
        const float *x = x_.at(c), *dy = dy_.at(c);
        float* shard = binding_.shard(c.shard);
        if (mixed_) {
            auto* copy = binding_.scratch.at(c);
            if (first == 0) pad(x, copy);
            x = copy;
        }
        // Tiles take a few rows of the block at a time, while these are in the L1 cache.
        const int64_t row_bytes = int64_t{g_.y.width} * g_.y_stride() * 4;
        const int some = static_cast<int>((32 << 10) / row_bytes) + 1;
        for (int row = first; row < last; row += some)
            gather(x, dy, shard, row, row + some < last ? row + some : last, c.first_of_shard && row == 0);
    }

    [[nodiscard]] int epilogue_parts() const override {
        const int64_t squares = int64_t{g_.groups} * row_squares();
        return static_cast<int>(squares < 16 ? squares : 16);
    }

    /// Adds the shards and transposes [rows][K] to [K][rows], one square of vectors at a time.
    void epilogue(int part, Run& run) override {
        const auto [first, last] = part_of(int64_t{g_.groups} * row_squares(), part, epilogue_parts());
        for (int64_t at = first; at < last; ++at) {
            const int64_t group = at / row_squares(), row = at % row_squares() * width;
            const int left = g_.filter() - static_cast<int>(row), rows = left < width ? left : width;
            for (int k = 0; k < g_.columns; k += width) {
                const int columns = g_.columns - k < width ? g_.columns - k : width;
                Vec square[width];
                for (Vec& row_of_square : square) row_of_square = Vec(0.0F);
                for (int l = 0; l < run.shards; ++l) {
                    const float* from = binding_.shard(l) + (group * rows_ + row) * stride_ + k;
                    for (int r = 0; r < rows; ++r) square[r] = square[r] + load(from + r * stride_);
                }
                transpose(square);
                alignas(64) float part_row[width];
                for (int i = 0; i < columns; ++i) {
                    float* to = dweight_ + (group * g_.columns + k + i) * g_.filter() + row;
                    if (rows == width) {
                        store(to, square[i]);
                        continue;
                    }
                    store(part_row, square[i]);
                    for (int r = 0; r < rows; ++r) to[r] = part_row[r];
                }
            }
        }
        if (part != 0 || dbias_ == nullptr) return;
        for (int k = 0; k < g_.y.channels; ++k) {
            float sum = 0;
            for (int l = 0; l < run.shards; ++l)
                sum += bias_of(binding_.shard(l), k / g_.columns)[k % g_.columns];
            dbias_[k] = sum;
        }
    }

  private:
    /// A row of a mixed tile: where its values start, relative to the first tap's, and the stride between positions
    /// (0: a constant).
    struct Row {
        const float* x;
        int64_t stride;
    };

    static bool mixed(const WeightGeometry& g) { return g.channels % tile_rows != 0; }
    static int64_t shard_floats(const WeightGeometry& g) {
        return (int64_t{g.filter()} + 1) * packed_columns(g.columns) * g.groups + width;
    }
    static int best_rows(int rows) {
        if (tall_rows > 0) return tall_rows;
        int best = tile_rows;
        for (int r = tile_rows; r >= least_rows; --r)
            if ((rows + r - 1) / r * r < (rows + best - 1) / best * best) best = r;
        return best;
    }
    /// The part of the padded image that windows see.
    static ImageShape padded(const WeightGeometry& g) {
        const Window& w = g.window;
        return {(g.y.height - 1) * w.stride.height + (w.kernel.height - 1) * w.dilation.height + 1,
                (g.y.width - 1) * w.stride.width + (w.kernel.width - 1) * w.dilation.width + 1, g.x.channels};
    }

    [[nodiscard]] int64_t row_squares() const { return (g_.filter() + width - 1) / width; }
    [[nodiscard]] int chunks() const { return (g_.columns + tile_width - 1) / tile_width; }
    /// The sums of the bias: the last row of a mixed matrix, or behind the matrices.
    [[nodiscard]] float* bias_of(float* shard, int group) const {
        if (mixed_) return shard + (int64_t{group} * rows_ + g_.filter()) * stride_;
        return shard + int64_t{g_.groups} * rows_ * stride_ + int64_t{group} * g_.columns;
    }

    void pad(const float* x, float* copy) const {
        const Window& w = g_.window;
        const int64_t stride = g_.x_stride();
        for (int y = 0; y < padded_.height; ++y)
            for (int q = 0; q < padded_.width; ++q, copy += stride) {
                const int iy = y - w.before.height, ix = q - w.before.width;
                const bool inside = iy >= 0 && iy < g_.x.height && ix >= 0 && ix < g_.x.width;
                const float* from = x + (int64_t{iy} * g_.x.width + ix) * stride;
                for_each_vector(stride, [&](int64_t e, auto&& read, auto&& write) {
                    write(copy + e, inside ? read(from + e) : Vec(0.0F));
                });
            }
    }

    /// All tiles over dy's rows [first, last).
    void gather(const float* x, const float* dy, float* shard, int first, int last, bool fresh) const {
        for (int group = 0; group < g_.groups; ++group)
            for (int s = 0; s < chunks(); ++s) {
                float* matrix = shard + int64_t{group} * rows_ * stride_ + s * tile_width;
                const float* columns = dy + group * g_.columns + s * tile_width;
                const bool wide = g_.columns - s * tile_width > width;
                for (int row = 0, taken = 0; row < rows_; row += taken) {
                    float* out = matrix + int64_t{row} * stride_;
                    taken = mixed_ ? tile_rows_
                            : wide ? rows_of_tile(g_.channels - row % g_.channels)
                                   : tile_rows;
                    if (mixed_)
                        mixed_tile(x + group * g_.channels, columns, out, row, first, last, fresh, wide);
                    else if (!wide)
                        one_tap<tile_rows, 1>(x, columns, out, group, row, first, last, fresh);
                    else if (taken == tile_rows)
                        one_tap<tile_rows, tile_vectors>(x, columns, out, group, row, first, last, fresh);
                    else if constexpr (tall_rows > 0)
                        one_tap<tall_rows, tile_vectors>(x, columns, out, group, row, first, last, fresh);
                }
            }
        if (mixed_ || dbias_ == nullptr) return;
        float* bias = bias_of(shard, 0);
        if (fresh)
            for (int k = 0; k < g_.y.channels; ++k) bias[k] = 0.0F;
        add_rows(dy + int64_t{first} * g_.y.width * g_.y_stride(),
                 int64_t{last - first} * g_.y.width * block_images, g_.y.channels, bias);
    }

    template <int R, int V>
    __attribute__((noinline)) void one_tap(const float* x, const float* dy, float* out, int group, int row,
                                           int first, int last, bool fresh) const {
        const Window& w = g_.window;
        const int tap = row / g_.channels, ky = tap / w.kernel.width, kx = tap % w.kernel.width;
        const auto [top, bottom] = g_.rows_of(ky);
        const auto [left, right] = g_.columns_of(kx);
        const int64_t x_stride = g_.x_stride() * w.stride.width, y_stride = g_.y_stride(),
                      x_row = g_.x.channels, y_row = g_.y.channels;
        // Images of neighbouring positions are adjacent: with a stride of 1, a row is one run of them.
        const bool together = w.stride.width == 1;
        const int64_t runs = together ? 1 : right - left;
        const int length = static_cast<int>(together ? right - left : 1) * block_images;
        x += group * g_.channels + row % g_.channels;
        Accumulators<R, V> acc;
        begin_sums(out, stride_, fresh, acc);
        for (int64_t oy = first < top ? top : first; oy < (last < bottom ? last : bottom); ++oy) {
            const int64_t iy = oy * w.stride.height + ky * w.dilation.height - w.before.height,
                          ix = left * w.stride.width + kx * w.dilation.width - w.before.width;
            const float* xp = x + (iy * g_.x.width + ix) * g_.x_stride();
            const float* dp = dy + (oy * g_.y.width + left) * y_stride;
            for (int64_t run = 0; run < runs; ++run, xp += x_stride, dp += y_stride)
                add_outer_products(xp, x_row, dp, y_row, length, acc);
        }
        end_sums(out, stride_, acc);
    }

    void mixed_tile(const float* x, const float* dy, float* out, int row, int first, int last, bool fresh,
                    bool wide) const {
        const auto run = [&]<int R>(std::integral_constant<int, R>) {
            if (wide)
                several_taps<R, tile_vectors>(x, dy, out, row, first, last, fresh);
            else
                several_taps<R, 1>(x, dy, out, row, first, last, fresh);
        };
        if constexpr (tile_rows == 8) {
            if (tile_rows_ == 5) return run(std::integral_constant<int, 5>{});
            if (tile_rows_ == 6) return run(std::integral_constant<int, 6>{});
            if (tile_rows_ == 7) return run(std::integral_constant<int, 7>{});
        }
        run(std::integral_constant<int, (tall_rows > 0 ? tall_rows : tile_rows)>{});
    }

    [[nodiscard]] Row row_of(const float* x, int row) const {
        const Window& w = g_.window;
        const auto* constants = reinterpret_cast<const float*>(binding_.storage);
        if (row > g_.filter() || (row == g_.filter() && !g_.biased)) return {constants, 0};
        if (row == g_.filter()) return {constants + g_.x_stride(), 0};
        const int tap = row / g_.channels, ky = tap / w.kernel.width, kx = tap % w.kernel.width;
        const int64_t position =
            int64_t{ky} * w.dilation.height * padded_.width + int64_t{kx} * w.dilation.width;
        return {x + position * g_.x_stride() + row % g_.channels, g_.x_stride()};
    }

    template <int R, int V>
    __attribute__((noinline)) void several_taps(const float* x, const float* dy, float* out, int row,
                                                int first, int last, bool fresh) const {
        const Window& w = g_.window;
        const int64_t x_row = g_.x.channels, y_row = g_.y.channels;
        Row rows[R];
        for (int r = 0; r < R; ++r) rows[r] = row_of(x, row + r);
        Accumulators<R, V> acc;
        // The last tile may reach beyond the matrix.
        const int real = rows_ - row < R ? rows_ - row : R;
        if (real == R)
            begin_sums(out, stride_, fresh, acc);
        else
            unroll<R>([&](auto r) {
                unroll<V>([&](auto v) {
                    acc.v[r][v] =
                        fresh || r >= real ? Vec(0.0F) : load(out + int64_t{r} * stride_ + v * width);
                });
            });
        for (int64_t oy = first; oy < last; ++oy) {
            const float* at[R];
            unroll<R>(
                [&](auto r) { at[r] = rows[r].x + oy * w.stride.height * padded_.width * rows[r].stride; });
            const float* dp = dy + oy * g_.y.width * g_.y_stride();
            for (int ox = 0; ox < g_.y.width; ++ox, dp += g_.y_stride()) {
                for (int64_t i = 0; i < block_images; ++i) {
                    Vec d[V];
                    unroll<V>([&](auto v) { d[v] = load(dp + i * y_row + v * width); });
                    unroll<R>([&](auto r) {
                        const Vec b(at[r][i * x_row]);
                        unroll<V>([&](auto v) { acc.v[r][v] = madd(b, d[v], acc.v[r][v]); });
                    });
                }
                unroll<R>([&](auto r) { at[r] += rows[r].stride * w.stride.width; });
            }
        }
        unroll<R>([&](auto r) {
            if (r < real)
                unroll<V>([&](auto v) { store(out + int64_t{r} * stride_ + v * width, acc.v[r][v]); });
        });
    }

    WeightGeometry g_;
    Buffer x_, dy_;
    float *dweight_, *dbias_;
    Binding binding_;
    bool mixed_;
    int stride_, rows_ = 0, tile_rows_ = tile_rows;
    ImageShape padded_;
};

/// Whether to sum over the whole batch: one shard's partial gradients exceed L2 and would be reloaded from L3 for the
/// rows of each block, or all shards together exceed 48 MiB.
bool over_batch(const WinogradGrid& g, int batch) {
    constexpr int64_t second_level = 1 << 20, row_bytes = 56 << 10, most = 48 << 20;
    const int64_t bytes = int64_t{g.points()} * g.source.channels * g.target.channels * 4,
                  rows = int64_t{g.down()} * g.across() * block_images;
    return bytes * shards_for(batch) > most || (bytes > second_level && bytes > rows * row_bytes);
}

/// The grid of the gradient by Winograd's algorithm, for whole vectors of channels and, over the whole batch, large
/// tiles. Otherwise its m is 0.
WinogradGrid gradient_grid(const ops::Conv2dBackwardWeight& op, const Program& program) {
    WinogradGrid g = winograd_grid(op.window, op.groups, ImageShape(program.shape(op.x)),
                                   ImageShape(program.shape(op.dy)), true, program);
    if (g.source.channels % width != 0 || g.target.channels % width != 0 ||
        (g.m == 2 && over_batch(g, program.batch)))
        g.m = 0;
    return g;
}

}  // namespace

template <>
Traits CpuOp<ops::Conv2dBackwardWeight>::traits(const ops::Conv2dBackwardWeight& op, const Program& program,
                                                int /*shards*/) {
    if (!op.dweight) return bias_gradient_traits(op, program);
    if (is_depthwise(op.groups, ImageShape(program.shape(op.x)), ImageShape(program.shape(op.dy))))
        return depthwise_gradient_traits(op, program);
    if (const auto grid = gradient_grid(op, program); grid.m > 0)
        return over_batch(grid, program.batch) ? winograd_batch_gradient_traits(op, grid)
                                               : winograd_gradient_traits(op, grid);
    const WeightGeometry g = weight_geometry(op, program);
    if (!batch_level(g, shards_for(program.batch))) return ShardGradient::traits(op, g);
    Traits t = epilogue_only();
    t.sharing = Sharing::parts;
    t.whole_reads = {op.x, op.dy};
    return t;
}

template <>
std::unique_ptr<Kernel> CpuOp<ops::Conv2dBackwardWeight>::bind(const ops::Conv2dBackwardWeight& op,
                                                               const Binding& b) {
    if (!op.dweight) return bias_gradient(op, b);
    if (is_depthwise(op.groups, b.image(op.x), b.image(op.dy))) return depthwise_gradient(op, b);
    if (const auto grid = gradient_grid(op, *b.program); grid.m > 0)
        return over_batch(grid, b.program->batch) ? winograd_batch_gradient(op, grid, b)
                                                  : winograd_gradient(op, grid, b);
    if (batch_level(weight_geometry(op, *b.program), shards_for(b.program->batch)))
        return batch_weight_gradient(op, b);
    return std::make_unique<ShardGradient>(op, b);
}

}  // namespace cnnlab::cpu::CNNLAB_ARCH
