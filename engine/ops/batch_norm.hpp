#pragma once

#include "engine/ops/activation_kind.hpp"
#include "engine/ops/value.hpp"

namespace cnnlab::ops {

/// The activation of batch norm's output, relu or relu6, that batch norm takes over. Set by the backend that takes it
/// alone (cpu/fusion.hpp): compiled Programs have none.
struct NormActivation {
    bool activates = false;
    ActivationKind kind = ActivationKind::relu;
    ValueId weight, bias;  ///< of the backward ops, which compute the output once more
};

/// Mean and biased variance per channel, over the batch's images and positions: m = count · H · W values.
/// running ← (1 − momentum) · running + momentum · statistic. The running variance takes the unbiased one (m / (m −
/// 1)), as PyTorch's does.
/// Source: Ioffe and Szegedy, "Batch normalization", 2015.
struct BatchNormStatistics {
    static constexpr auto name = "batch_norm_statistics";
    ValueId x;
    ValueId mean, variance;                  ///< out, [C]
    ValueId running_mean, running_variance;  ///< updated, [C]
    float momentum = 0.1F;

    template <class Self, class V>
    static void operands(Self& self, V&& v) {
        v.in(self.x);
        v.out(self.mean);
        v.out(self.variance);
        v.inout(self.running_mean);
        v.inout(self.running_variance);
    }
};

/// y = weight · (x − mean) / √(variance + eps) + bias, per channel. Without mean and bias these are 0 (the backward
/// pass of a frozen layer). With an activation: y = f(that).
struct BatchNorm {
    static constexpr auto name = "batch_norm";
    ValueId x, mean, variance, weight, bias;
    ValueId y;  ///< out
    float eps = 1e-5F;
    NormActivation activation = {};

    template <class Self, class V>
    static void operands(Self& self, V&& v) {
        v.in(self.x);
        v.in(self.mean);
        v.in(self.variance);
        v.in(self.weight);
        v.in(self.bias);
        v.out(self.y);
    }
};

/// dweight = Σ dy · x̂ and dbias = Σ dy over the batch's images and positions, x̂ = (x − mean) / √(variance + eps).
/// With an activation: of dy · f′(weight · x̂ + bias).
struct BatchNormBackwardReduce {
    static constexpr auto name = "batch_norm_backward_reduce";
    ValueId x, dy, mean, variance;
    ValueId dweight, dbias;  ///< out, [C]
    float eps = 1e-5F;
    NormActivation activation = {};

    template <class Self, class V>
    static void operands(Self& self, V&& v) {
        v.in(self.x);
        v.in(self.dy);
        v.in(self.mean);
        v.in(self.variance);
        v.in(self.activation.weight);
        v.in(self.activation.bias);
        v.out(self.dweight);
        v.out(self.dbias);
    }
};

/// dx = weight / √(variance + eps) · (dy − dbias / m − x̂ · dweight / m), m = count · H · W. Zero for images beyond
/// count. With an activation: of dy · f′(weight · x̂ + bias).
struct BatchNormBackwardInput {
    static constexpr auto name = "batch_norm_backward_input";
    ValueId x, dy, mean, variance, weight, dweight, dbias;
    ValueId dx;  ///< out
    float eps = 1e-5F;
    NormActivation activation = {};

    template <class Self, class V>
    static void operands(Self& self, V&& v) {
        v.in(self.x);
        v.in(self.dy);
        v.in(self.mean);
        v.in(self.variance);
        v.in(self.weight);
        v.in(self.dweight);
        v.in(self.dbias);
        v.in(self.activation.bias);
        v.out(self.dx);
    }
};

}  // namespace cnnlab::ops
