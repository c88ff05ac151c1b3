#pragma once

#include <cstdint>

#include "engine/core/philox.hpp"

/// Window arithmetic for host and device: the pixel of a tap, and the windows that hold a pixel.
namespace cnnlab::cuda {

/// A position in an image, or in a window.
struct Place2d {
    int y = 0, x = 0;
};

struct WindowMap {
    int height = 1, width = 1;          ///< of the input
    int out_height = 1, out_width = 1;  ///< of the output
    int channels = 1;                   ///< of the input
    int kernel_height = 1, kernel_width = 1, stride_y = 1, stride_x = 1, dilation_y = 1, dilation_x = 1;
    int before_y = 0, before_x = 0;  ///< padding at the top and at the left

    [[nodiscard]] CNNLAB_HOST_DEVICE constexpr int taps() const { return kernel_height * kernel_width; }
    /// The pixel of tap (i, j) of the window at `out`. May lie outside.
    [[nodiscard]] CNNLAB_HOST_DEVICE constexpr Place2d pixel(Place2d out, int i, int j) const {
        return {out.y * stride_y + i * dilation_y - before_y, out.x * stride_x + j * dilation_x - before_x};
    }
    [[nodiscard]] CNNLAB_HOST_DEVICE constexpr bool inside(Place2d pixel) const {
        return pixel.y >= 0 && pixel.y < height && pixel.x >= 0 && pixel.x < width;
    }
    /// Whether tap (i, j) of some window falls on the pixel; if so, sets `out` to the position of that window.
    [[nodiscard]] CNNLAB_HOST_DEVICE constexpr bool window(Place2d pixel, int i, int j, Place2d& out) const {
        const int y = pixel.y + before_y - i * dilation_y, x = pixel.x + before_x - j * dilation_x;
        if (y < 0 || x < 0 || y % stride_y != 0 || x % stride_x != 0) return false;
        out = {y / stride_y, x / stride_x};
        return out.y < out_height && out.x < out_width;
    }
    /// The number of taps of the window at `out` inside the image.
    [[nodiscard]] CNNLAB_HOST_DEVICE constexpr int taps_inside(Place2d out) const {
        int count = 0;
        for (int i = 0; i < kernel_height; ++i)
            for (int j = 0; j < kernel_width; ++j) count += inside(pixel(out, i, j)) ? 1 : 0;
        return count;
    }
};

}  // namespace cnnlab::cuda
