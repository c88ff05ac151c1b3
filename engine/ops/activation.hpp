#pragma once

#include <array>
#include <string_view>

#include "engine/core/fields.hpp"
#include "engine/ops/activation_kind.hpp"
#include "engine/ops/value.hpp"

namespace cnnlab {

template <>
struct EnumNames<ActivationKind> {
    static constexpr std::array<std::string_view, 9> names{
        "relu", "relu6", "leaky_relu", "gelu", "silu", "hard_swish", "sigmoid", "hard_sigmoid", "tanh"};
};

}  // namespace cnnlab

namespace cnnlab::ops {

/// y = f(x), elementwise.
struct Activation {
    static constexpr auto name = "activation";
    ValueId x;
    ValueId y;  ///< out
    ActivationKind kind = ActivationKind::relu;
    float alpha = 0;  ///< slope of leaky_relu for x < 0

    template <class Self, class V>
    static void operands(Self& self, V&& v) {
        v.in(self.x);
        v.out(self.y);
    }
};

/// dx = dy · f′, where f′ is computed from `saved`: the output y, or the input x for gelu, silu and hard_swish.
struct ActivationBackward {
    static constexpr auto name = "activation_backward";
    ValueId saved, dy;
    ValueId dx;  ///< out
    ActivationKind kind = ActivationKind::relu;
    float alpha = 0;

    template <class Self, class V>
    static void operands(Self& self, V&& v) {
        v.in(self.saved);
        v.in(self.dy);
        v.out(self.dx);
    }
};

}  // namespace cnnlab::ops
