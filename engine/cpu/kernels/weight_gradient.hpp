#pragma once

#include "engine/cpu/kernels/conv_geometry.hpp"
#include "engine/cpu/kernels/tile.hpp"

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
    /// Floats from a position to the next.
    [[nodiscard]] int64_t x_step() const { return int64_t{block_images} * x.channels; }
    [[nodiscard]] int64_t y_step() const { return int64_t{block_images} * y.channels; }
    /// Output rows and columns at which tap (ky, kx) meets the image.
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

/// sums[k] += Σ over `rows` rows of K floats of dy[k]; sums has room for whole vectors.
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

/// The kernel for gradients that are computed over the whole batch: conv2d_backward_weight_batch.cpp.
std::unique_ptr<Kernel> batch_weight_gradient(const ops::Conv2dBackwardWeight& op, const Binding& b);

/// The kernel for frozen weights, where only the bias learns: conv2d_backward_weight_bias.cpp.
Traits bias_gradient_traits(const ops::Conv2dBackwardWeight& op, const Program& program);
std::unique_ptr<Kernel> bias_gradient(const ops::Conv2dBackwardWeight& op, const Binding& b);

}  // namespace cnnlab::cpu::CNNLAB_ARCH
