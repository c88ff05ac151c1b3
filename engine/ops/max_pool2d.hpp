#pragma once

#include "engine/ops/value.hpp"
#include "engine/ops/window.hpp"

namespace cnnlab::ops {

/// y = the largest value of each window; padding never wins. `argmax` is the winner's index in its window, i · Kw +
/// j, the first of equals in row-major order (windows hold at most 65,536 values).
struct MaxPool2d {
    static constexpr auto name = "max_pool2d";
    ValueId x;
    ValueId y;       ///< out, [Ho, Wo, C]
    ValueId argmax;  ///< out, [Ho, Wo, C] uint16, or none (no backward pass)
    Window window;

    template <class Self, class V>
    static void operands(Self& self, V&& v) {
        v.in(self.x);
        v.out(self.y);
        v.out(self.argmax);
    }
};

/// dx[p] = Σ of dy over the windows whose winner is p.
struct MaxPool2dBackward {
    static constexpr auto name = "max_pool2d_backward";
    ValueId dy, argmax;
    ValueId dx;  ///< out, [H, W, C]
    Window window;

    template <class Self, class V>
    static void operands(Self& self, V&& v) {
        v.in(self.dy);
        v.in(self.argmax);
        v.out(self.dx);
    }
};

}  // namespace cnnlab::ops
