#pragma once

#include "engine/cpu/kernels/axis_taps.hpp"
#include "engine/cpu/kernels/tile.hpp"
#include "engine/cpu/segments.hpp"

/// Legend of the weight gradients
///   C, K    input and output channels of a group      T  taps
///   matrix  the gradient of one group, [T · C][K] or, as the weights lie, [K][T · C]
namespace cnnlab::cpu::CNNLAB_ARCH {

struct WeightGeometry {
    Window window;
    ImageShape x, y;
    int groups = 1, channels = 0, columns = 0;  ///< C and K of one group
    bool biased = false;

    [[nodiscard]] int filter() const { return window.taps() * channels; }
    /// Floats between positions.
    [[nodiscard]] int64_t x_stride() const { return int64_t{block_images} * x.channels; }
    [[nodiscard]] int64_t y_stride() const { return int64_t{block_images} * y.channels; }
    /// Output rows and columns at which tap (ky, kx) lies inside the image.
    [[nodiscard]] CNNLAB_INLINE Range rows_of(int ky) const {
        return meeting(y.height, x.height, window.stride.height,
                       ky * window.dilation.height - window.before.height);
    }
    [[nodiscard]] CNNLAB_INLINE Range columns_of(int kx) const {
        return meeting(y.width, x.width, window.stride.width,
                       kx * window.dilation.width - window.before.width);
    }

  private:
    [[nodiscard]] static CNNLAB_INLINE Range meeting(int out, int in, int stride, int shift) {
        int begin = 0, end = out;
        while (begin < end && begin * stride + shift < 0) ++begin;
        while (end > begin && (end - 1) * stride + shift >= in) --end;
        return {begin, end};
    }
};

inline WeightGeometry weight_geometry(const ops::Conv2dBackwardWeight& op, const Program& program) {
    WeightGeometry g{op.window, ImageShape(program.shape(op.x)), ImageShape(program.shape(op.dy)), op.groups};
    g.channels = g.x.channels / op.groups;
    g.columns = g.y.channels / op.groups;
    g.biased = static_cast<bool>(op.dbias);
    return g;
}

/// Loads the sums of a tile, [R] rows of V vectors `stride` apart, or zeros if nothing has been summed yet.
template <int R, int V>
CNNLAB_INLINE void begin_sums(const float* sums, int64_t stride, bool fresh, Accumulators<R, V>& acc) {
    unroll<R>([&](auto r) {
        unroll<V>([&](auto v) { acc.v[r][v] = fresh ? Vec(0.0F) : load(sums + r * stride + v * width); });
    });
}
template <int R, int V>
CNNLAB_INLINE void end_sums(float* sums, int64_t stride, const Accumulators<R, V>& acc) {
    unroll<R>([&](auto r) { unroll<V>([&](auto v) { store(sums + r * stride + v * width, acc.v[r][v]); }); });
}

/// acc[r] += Σ_i x[i][r] · d[i] over `count` rows of x and d. Prefetches rows of x: each tile reads a few columns of
/// them, and the hardware prefetcher does not follow such strides.
template <int R, int V>
CNNLAB_INLINE void add_outer_products(const float* x, int64_t x_row, const float* d, int64_t d_row, int count,
                                      Accumulators<R, V>& acc) {
    constexpr int64_t far = 96;
    for (int i = 0; i < count; ++i, x += x_row, d += d_row) {
        prefetch(x + far * x_row, 1);
        Vec columns[V];
        unroll<V>([&](auto v) { columns[v] = load(d + v * width); });
        unroll<R>([&](auto r) {
            const Vec row(x[r]);
            unroll<V>([&](auto v) { acc.v[r][v] = madd(row, columns[v], acc.v[r][v]); });
        });
    }
}

/// sums[k] += Σ dy[k] over `rows` rows of K floats. `sums` holds whole vectors.
inline void add_rows(const float* dy, int64_t rows, int channels, float* sums) {
    for_channels(
        channels,
        [&]<int n>(std::integral_constant<int, n>, int k) {
            Vec sum[n];
            unroll<n>([&](auto v) { sum[v] = load(sums + k + v * width); });
            for (int64_t r = 0; r < rows; ++r)
                unroll<n>([&](auto v) { sum[v] = sum[v] + load(dy + r * channels + k + v * width); });
            unroll<n>([&](auto v) { store(sums + k + v * width, sum[v]); });
        },
        [&](int k) {
            for (int64_t r = 0; r < rows; ++r) sums[k] += dy[r * channels + k];
        });
}

struct WinogradGrid;
/// Gradient by Winograd's algorithm, for grids with an M: conv2d_backward_weight_winograd.cpp.
Traits winograd_gradient_traits(const ops::Conv2dBackwardWeight& op, const WinogradGrid& grid);
std::unique_ptr<Kernel> winograd_gradient(const ops::Conv2dBackwardWeight& op, const WinogradGrid& grid,
                                          const Binding& b);

/// The same over the whole batch, for tiles of 4×4 whose shards would be too large:
/// conv2d_backward_weight_winograd_batch.cpp.
Traits winograd_batch_gradient_traits(const ops::Conv2dBackwardWeight& op, const WinogradGrid& grid);
std::unique_ptr<Kernel> winograd_batch_gradient(const ops::Conv2dBackwardWeight& op, const WinogradGrid& grid,
                                                const Binding& b);

/// Gradient computed over the whole batch: conv2d_backward_weight_batch.cpp.
std::unique_ptr<Kernel> batch_weight_gradient(const ops::Conv2dBackwardWeight& op, const Binding& b);

/// One filter a channel: conv2d_backward_weight_depthwise.cpp.
Traits depthwise_gradient_traits(const ops::Conv2dBackwardWeight& op, const Program& program);
std::unique_ptr<Kernel> depthwise_gradient(const ops::Conv2dBackwardWeight& op, const Binding& b);

/// Frozen weights, where only the bias learns: conv2d_backward_weight_bias.cpp.
Traits bias_gradient_traits(const ops::Conv2dBackwardWeight& op, const Program& program);
std::unique_ptr<Kernel> bias_gradient(const ops::Conv2dBackwardWeight& op, const Binding& b);

}  // namespace cnnlab::cpu::CNNLAB_ARCH
