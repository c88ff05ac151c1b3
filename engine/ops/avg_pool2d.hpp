#pragma once

#include "engine/ops/value.hpp"
#include "engine/ops/window.hpp"

namespace cnnlab::ops {

/// y = Σ of each window / divisor. The divisor is Kh · Kw if padding counts (PyTorch's default), else the number of
/// values inside the image.
struct AvgPool2d {
    static constexpr auto name = "avg_pool2d";
    ValueId x;
    ValueId y;  ///< out, [Ho, Wo, C]
    Window window;
    bool count_include_pad = true;

    template <class Self, class V>
    static void operands(Self& self, V&& v) {
        v.in(self.x);
        v.out(self.y);
    }
};

/// dx[p] = Σ of dy / divisor over the windows that hold p.
struct AvgPool2dBackward {
    static constexpr auto name = "avg_pool2d_backward";
    ValueId dy;
    ValueId dx;  ///< out, [H, W, C]
    Window window;
    bool count_include_pad = true;

    template <class Self, class V>
    static void operands(Self& self, V&& v) {
        v.in(self.dy);
        v.out(self.dx);
    }
};

}  // namespace cnnlab::ops
