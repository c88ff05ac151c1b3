#pragma once

#include <array>

#include "engine/core/fields.hpp"

namespace cnnlab {

/// How a window moves over an image, for convolution and pooling. Extents are {height, width}.
/// Output extent = ⌊(in + before + after − (dilation (kernel − 1) + 1)) / stride⌋ + 1.
struct Window {
    Pair kernel{1}, stride{1}, dilation{1};
    Pair before{0}, after{0};  ///< padding at the top/left and at the bottom/right

    [[nodiscard]] static constexpr int output(int in, int kernel, int stride, int dilation, int before,
                                              int after) {
        const int travel = in + before + after - (dilation * (kernel - 1) + 1);
        return travel < 0 ? 0 : travel / stride + 1;
    }
    [[nodiscard]] constexpr int output_height(int in) const {
        return output(in, kernel.height, stride.height, dilation.height, before.height, after.height);
    }
    [[nodiscard]] constexpr int output_width(int in) const {
        return output(in, kernel.width, stride.width, dilation.width, before.width, after.width);
    }
    [[nodiscard]] constexpr int taps() const { return kernel.height * kernel.width; }
};

}  // namespace cnnlab
