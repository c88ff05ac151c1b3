#pragma once

#include "engine/ops/value.hpp"

namespace cnnlab::ops {

/// y[c] = e^(x[c] − max x) / Σ_j e^(x[j] − max x), over the channels of each position.
struct Softmax {
    static constexpr auto name = "softmax";
    ValueId x;
    ValueId y;  ///< out

    template <class Self, class V>
    static void operands(Self& self, V&& v) {
        v.in(self.x);
        v.out(self.y);
    }
};

/// dx[c] = y[c] · (dy[c] − Σ_j dy[j] y[j]).
struct SoftmaxBackward {
    static constexpr auto name = "softmax_backward";
    ValueId y, dy;
    ValueId dx;  ///< out

    template <class Self, class V>
    static void operands(Self& self, V&& v) {
        v.in(self.y);
        v.in(self.dy);
        v.out(self.dx);
    }
};

}  // namespace cnnlab::ops
