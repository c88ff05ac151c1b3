#pragma once

#include "engine/ops/activation_kind.hpp"
#include "engine/ops/value.hpp"
#include "engine/ops/window.hpp"

namespace cnnlab::ops {

/// What is done to an output before it is stored: y = f(norm(y) + addend), each where there is one. Formulas:
/// BatchNorm, Add, Activation. Set by the backend that takes it alone (cpu/fusion.hpp): compiled Programs have none.
struct Finish {
    ValueId mean, variance, weight, bias;  ///< [K], all or none
    float eps = 0;
    ValueId addend;          ///< [Ho, Wo, K], or none
    bool activates = false;  ///< by `activation`: relu or relu6
    ActivationKind activation = ActivationKind::relu;

    explicit operator bool() const { return variance || addend || activates; }
};

/// y[oy, ox, k] = bias[k] + Σ_{i, j, c} x[oy·stride + i·dilation − before, …, g·Cg + c] · weight[k, i, j, c], where g
/// = ⌊k / (K / groups)⌋ and Cg = C / groups. Cross-correlation, as in every framework. A dense layer is the case in
/// which the kernel covers the whole image.
struct Conv2d {
    static constexpr auto name = "conv2d";
    ValueId x;       ///< [H, W, C]
    ValueId weight;  ///< [K, Kh, Kw, C / groups]
    ValueId bias;    ///< [K], or none
    ValueId y;       ///< out, [Ho, Wo, K]
    Window window;
    int groups = 1;
    Finish finish = {};

    template <class Self, class V>
    static void operands(Self& self, V&& v) {
        v.in(self.x);
        v.in(self.weight);
        v.in(self.bias);
        v.in(self.finish.mean);
        v.in(self.finish.variance);
        v.in(self.finish.weight);
        v.in(self.finish.bias);
        v.in(self.finish.addend);
        v.out(self.y);
    }
    template <class P>
    [[nodiscard]] int64_t multiply_adds(const P& program) const {
        return program.shape(y).count() * program.shape(weight).count() / program.shape(weight)[0];
    }
};

/// dx = Σ dy · weight over the windows that hold the pixel: the transpose of Conv2d in x.
struct Conv2dBackwardInput {
    static constexpr auto name = "conv2d_backward_input";
    ValueId dy, weight;
    ValueId dx;  ///< out, [H, W, C]
    Window window;
    int groups = 1;

    template <class Self, class V>
    static void operands(Self& self, V&& v) {
        v.in(self.dy);
        v.in(self.weight);
        v.out(self.dx);
    }
    template <class P>
    [[nodiscard]] int64_t multiply_adds(const P& program) const {
        return program.shape(dy).count() * program.shape(weight).count() / program.shape(weight)[0];
    }
};

/// dweight[k, i, j, c] = Σ_{n, oy, ox} dy[n, oy, ox, k] · x[n, oy·stride + i·dilation − before, …, c]; dbias[k] = Σ
/// dy[n, oy, ox, k].
struct Conv2dBackwardWeight {
    static constexpr auto name = "conv2d_backward_weight";
    ValueId x, dy;
    ValueId dweight;  ///< out, [K, Kh, Kw, C / groups], or none (then there is a dbias)
    ValueId dbias;    ///< out, [K], or none
    Window window;
    int groups = 1;

    template <class Self, class V>
    static void operands(Self& self, V&& v) {
        v.in(self.x);
        v.in(self.dy);
        v.out(self.dweight);
        v.out(self.dbias);
    }
    template <class P>
    [[nodiscard]] int64_t multiply_adds(const P& program) const {
        if (!dweight) return 0;
        return program.shape(dy).count() * program.shape(dweight).count() / program.shape(dweight)[0];
    }
};

}  // namespace cnnlab::ops
