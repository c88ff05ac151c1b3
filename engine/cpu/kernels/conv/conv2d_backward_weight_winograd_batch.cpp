#include "engine/cpu/kernels/conv/winograd_gradient.hpp"

namespace cnnlab::cpu::CNNLAB_ARCH {

namespace {

/// Legend, in addition to that of winograd_gradient.hpp
///   piece   some channels of x and some of y: few enough that their sums at all points, and the rows added to them,
///           stay in L2 over the whole batch. A part takes pieces one after the other; one thread sums a piece, block
///           by block.
template <int M>
class WinogradBatchGradient : public Kernel {
  public:
    static constexpr int P = Winograd<M>::points;

    WinogradBatchGradient(const ops::Conv2dBackwardWeight& op, const WinogradGrid& grid, const Binding& b)
        : g_(grid),
          x_(b.buffer(op.x)),
          dy_(b.buffer(op.dy)),
          dweight_(b.buffer(op.dweight).whole()),
          dbias_(op.dbias ? b.buffer(op.dbias).whole() : nullptr),
          zeros_(reinterpret_cast<float*>(b.storage)),
          scratch_(zeros_ + zero_floats(g_)) {
        for (int64_t i = 0; i < zero_floats(g_); ++i) zeros_[i] = 0.0F;
    }

    static Traits traits(const ops::Conv2dBackwardWeight& op, const WinogradGrid& g) {
        Traits t;
        t.has_epilogue = true;
        t.sharing = Sharing::parts;
        t.whole_reads = {op.x, op.dy};
        t.storage_bytes = (zero_floats(g) + parts(g) * scratch_floats) * 4;
        return t;
    }

    [[nodiscard]] int epilogue_parts() const override { return parts(g_); }

    void epilogue(int part, Run& run) override {
        const auto [first, last] = part_of(pieces(g_), part, parts(g_));
        const int columns = g_.target.channels;
        for (int64_t piece = first; piece < last; ++piece)
            add_piece(run, scratch_ + part * scratch_floats, channels_of(piece), columns_of(piece));
        if (part != 0 || dbias_ == nullptr) return;
        for (int k = 0; k < columns; ++k) dbias_[k] = 0.0F;
        for (int b = 0; b < run.blocks; ++b)
            add_rows(dy_.block(b), int64_t{g_.target.positions()} * block_images, columns, dbias_);
    }

    void written(int part, void (*tell)(void*, const Written&), void* to) const override {
        if (!has_groups) return;
        const auto [first, last] = part_of(pieces(g_), part, parts(g_));
        for (int64_t piece = first; piece < last; ++piece) {
            const ChannelRange c = channels_of(piece), k = columns_of(piece);
            // weights lie as [K][9][C]
            tell(to, {dweight_ + int64_t{k.first} * 9 * c.channels + c.first, c.count, c.channels,
                      int64_t{k.count} * 9});
        }
        if (part == 0 && dbias_ != nullptr) tell(to, {dbias_, g_.target.channels, 0, 1});
    }

  private:
    [[nodiscard]] ChannelRange channels_of(int64_t piece) const {
        const int channels = g_.source.channels,
                  c = static_cast<int>(piece % pieces_of(channels, some_channels)) * some_channels;
        return {c, channels - c < some_channels ? channels - c : some_channels, channels};
    }
    [[nodiscard]] ChannelRange columns_of(int64_t piece) const {
        const int columns = g_.target.channels,
                  k = static_cast<int>(piece / pieces_of(g_.source.channels, some_channels)) * some_columns;
        return {k, columns - k < some_columns ? columns - k : some_columns, columns};
    }

    static constexpr int some_channels = 32, some_columns = 64, some_rows = 4 * block_images;
    static constexpr int64_t sum_floats = int64_t{P} * P * some_channels * some_columns,
                             v_floats = P * P * point_floats(some_rows, some_channels),
                             d_floats = P * P * point_floats(some_rows, some_columns),
                             scratch_floats = sum_floats + v_floats + d_floats;

    [[nodiscard]] static constexpr int pieces_of(int all, int some) { return (all + some - 1) / some; }
    static int64_t pieces(const WinogradGrid& g) {
        return int64_t{pieces_of(g.source.channels, some_channels)} *
               pieces_of(g.target.channels, some_columns);
    }
    static int parts(const WinogradGrid& g) {
        const int64_t all = pieces(g);
        return static_cast<int>(all < 16 ? all : 16);
    }
    static int64_t zero_floats(const WinogradGrid& g) {
        return g.source_stride() > g.target_stride() ? g.source_stride() : g.target_stride();
    }

    void add_piece(const Run& run, float* scratch, ChannelRange c, ChannelRange k) const {
        float *sums = scratch, *v = sums + sum_floats, *d = v + v_floats;
        const int64_t matrix = int64_t{c.count} * k.count;
        bool fresh = true;
        for (int b = 0; b < run.blocks; ++b)
            for_chunks(0, g_.down() * g_.across(), some_rows / block_images, [&](int tile, int tiles) {
                const int rows = tiles * block_images;
                const int64_t v_point = point_floats(rows, c.count), d_point = point_floats(rows, k.count);
                transform_source<M>(g_, x_.block(b), zeros_, c, tile, tiles, block_images, v, v_point);
                spread_target<M>(g_, dy_.block(b), zeros_, k, tile, tiles, d, d_point);
                for (int p = 0; p < P * P; ++p)
                    gather_point(v + p * v_point, c.count, d + p * d_point, k.count, rows, sums + p * matrix,
                                 fresh);
                fresh = false;
            });
        for (int i = 0; i < c.count; i += width)
            for (int j = 0; j < k.count; j += width) {
                const float* square = sums + int64_t{i} * k.count + j;
                write_square<M>({&square, 1}, matrix, k.count,
                                dweight_ + int64_t{k.first + j} * 9 * c.channels + c.first + i, c.channels);
            }
    }

    WinogradGrid g_;
    Buffer x_, dy_;
    float *dweight_, *dbias_, *zeros_, *scratch_;
};

}  // namespace

Traits winograd_batch_gradient_traits(const ops::Conv2dBackwardWeight& op, const WinogradGrid& grid) {
    return WinogradBatchGradient<4>::traits(op, grid);
}

std::unique_ptr<Kernel> winograd_batch_gradient(const ops::Conv2dBackwardWeight& op, const WinogradGrid& grid,
                                                const Binding& b) {
    return std::make_unique<WinogradBatchGradient<4>>(op, grid, b);
}

}  // namespace cnnlab::cpu::CNNLAB_ARCH
