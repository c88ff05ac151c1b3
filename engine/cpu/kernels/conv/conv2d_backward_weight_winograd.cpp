#include "engine/cpu/kernels/conv/winograd_gradient.hpp"

namespace cnnlab::cpu::CNNLAB_ARCH {

namespace {

/// Legend
///   C, K    channels of x and of y               P    points along an axis, M + 2
///   v       Bᵀ x B, [point][row][C]; a row is a tile of one image
///   d       A dy Aᵀ, [point][row][K]
///   shard   partial sums vᵀ · d, [point][C][K], and Σ dy [K] for the bias. The epilogue adds the shards; Gᵀ · G
///           turns the sums into dw [K][tap][C]
template <int M>
class WinogradGradient : public Kernel {
  public:
    static constexpr int P = Winograd<M>::points;

    WinogradGradient(const ops::Conv2dBackwardWeight& op, const WinogradGrid& grid, const Binding& b)
        : g_(grid),
          x_(b.buffer(op.x)),
          dy_(b.buffer(op.dy)),
          dweight_(b.buffer(op.dweight).whole()),
          dbias_(op.dbias ? b.buffer(op.dbias).whole() : nullptr),
          binding_(b),
          zeros_(reinterpret_cast<float*>(b.storage)) {
        for (int64_t i = 0; i < zero_floats(g_); ++i) zeros_[i] = 0.0F;
    }

    static Traits traits(const ops::Conv2dBackwardWeight& op, const WinogradGrid& g) {
        Traits t = mapping_rows(g.down(), {op.dy}, M);
        t.has_epilogue = true;
        t.sharing = Sharing::sums;
        t.shard_bytes = (P * P * matrix(g) + g.target.channels) * 4;
        t.storage_bytes = zero_floats(g) * 4;
        t.scratch_bytes = (v_floats(g) + d_floats(g)) * 4;
        return t;
    }

    void map_rows(const MapContext& c, int first, int last) override {
        const float *x = x_.at(c), *dy = dy_.at(c);
        float *v = binding_.scratch.at(c), *d = v + v_floats(g_), *shard = binding_.shard(c.shard);
        const int channels = g_.source.channels, columns = g_.target.channels;
        bool fresh = c.first_of_shard && first == 0;
        if (dbias_ != nullptr) add_bias(dy, first, last, shard + P * P * matrix(g_), fresh);
        for_chunks(first * g_.across(), last * g_.across(), static_cast<int>(rows_of(g_)) / block_images,
                   [&](int tile, int tiles) {
                       const int rows = tiles * block_images;
                       const int64_t v_point = point_floats(rows, channels),
                                     d_point = point_floats(rows, columns);
                       transform_source<M>(g_, x, zeros_, {0, channels, channels}, tile, tiles, block_images,
                                           v, v_point);
                       spread_target<M>(g_, dy, zeros_, {0, columns, columns}, tile, tiles, d, d_point);
                       for (int p = 0; p < P * P; ++p)
                           gather_point(v + p * v_point, channels, d + p * d_point, columns, rows,
                                        shard + p * matrix(g_), fresh);
                       fresh = false;
                   });
    }

    [[nodiscard]] int epilogue_parts() const override { return g_.source.channels / width; }

    void epilogue(int part, Run& run) override {
        const int channels = g_.source.channels, columns = g_.target.channels, c = part * width;
        std::vector<const float*> sums;
        for (int l = 0; l < run.shards; ++l) sums.push_back(binding_.shard(l) + int64_t{c} * columns);
        for (int k = 0; k < columns; k += width) {
            write_square<M>(sums, matrix(g_), columns, dweight_ + int64_t{k} * 9 * channels + c, channels);
            for (const float*& shard : sums) shard += width;
        }
        if (part != 0 || dbias_ == nullptr) return;
        for (int k = 0; k < columns; ++k) {
            float sum = 0;
            for (int l = 0; l < run.shards; ++l) sum += binding_.shard(l)[P * P * matrix(g_) + k];
            dbias_[k] = sum;
        }
    }

  private:
    static int64_t matrix(const WinogradGrid& g) { return int64_t{g.source.channels} * g.target.channels; }
    static int64_t zero_floats(const WinogradGrid& g) {
        return g.source_stride() > g.target_stride() ? g.source_stride() : g.target_stride();
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

    /// Adds tile rows [first, last) of dy to the sums of the bias.
    void add_bias(const float* dy, int first, int last, float* bias, bool fresh) const {
        if (fresh)
            for (int k = 0; k < g_.target.channels; ++k) bias[k] = 0.0F;
        const int end = last * M < g_.target.height ? last * M : g_.target.height;
        const int64_t row = int64_t{g_.target.width} * block_images;
        add_rows(dy + first * M * row * g_.target.channels, (end - first * M) * row, g_.target.channels,
                 bias);
    }

    WinogradGrid g_;
    Buffer x_, dy_;
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
