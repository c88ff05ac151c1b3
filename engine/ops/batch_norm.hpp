#pragma once

#include "engine/ops/value.hpp"

namespace cnnlab::ops {

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
/// pass of a frozen layer).
struct BatchNorm {
    static constexpr auto name = "batch_norm";
    ValueId x, mean, variance, weight, bias;
    ValueId y;  ///< out
    float eps = 1e-5F;

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
struct BatchNormBackwardReduce {
    static constexpr auto name = "batch_norm_backward_reduce";
    ValueId x, dy, mean, variance;
    ValueId dweight, dbias;  ///< out, [C]
    float eps = 1e-5F;

    template <class Self, class V>
    static void operands(Self& self, V&& v) {
        v.in(self.x);
        v.in(self.dy);
        v.in(self.mean);
        v.in(self.variance);
        v.out(self.dweight);
        v.out(self.dbias);
    }
};

/// dx = weight / √(variance + eps) · (dy − dbias / m − x̂ · dweight / m), m = count · H · W. Zero for images beyond
/// count.
struct BatchNormBackwardInput {
    static constexpr auto name = "batch_norm_backward_input";
    ValueId x, dy, mean, variance, weight, dweight, dbias;
    ValueId dx;  ///< out
    float eps = 1e-5F;

    template <class Self, class V>
    static void operands(Self& self, V&& v) {
        v.in(self.x);
        v.in(self.dy);
        v.in(self.mean);
        v.in(self.variance);
        v.in(self.weight);
        v.in(self.dweight);
        v.in(self.dbias);
        v.out(self.dx);
    }
};

}  // namespace cnnlab::ops
