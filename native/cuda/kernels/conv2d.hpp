#pragma once

#include "native/cuda/kernels/site.hpp"
#include "native/cuda/kernels/window_map.hpp"

/// Our own convolutions: implicit matrix products for every window, group and size, so that no result depends on a
/// library.
/// x, y, dy, dx and `weight` [K, Kh, Kw, C / groups] are of site.element; bias, dweight and dbias are fp32.
namespace cnnlab::cuda {

struct ConvShape {
    WindowMap window;  ///< channels: C
    int batch = 1, out_channels = 1, groups = 1;

    [[nodiscard]] int in_group() const { return window.channels / groups; }
    [[nodiscard]] int out_group() const { return out_channels / groups; }
    [[nodiscard]] int64_t weights() const { return int64_t{out_channels} * window.taps() * in_group(); }
};

/// bias may be null.
void run_conv2d(const Site& site, const ConvShape& shape, const void* x, const void* weight,
                const float* bias, void* y);
void run_conv2d_backward_input(const Site& site, const ConvShape& shape, const void* dy, const void* weight,
                               void* dx);
/// Floats of scratch.
[[nodiscard]] int64_t conv2d_backward_weight_scratch(const ConvShape& shape);
void run_conv2d_backward_weight(const Site& site, const ConvShape& shape, const void* x, const void* dy,
                                float* dweight, float* scratch);
/// y[row, k] += bias[k].
void run_add_bias(const Site& site, uint32_t rows, uint32_t channels, const float* bias, void* y);

}  // namespace cnnlab::cuda
