#pragma once

#include <string_view>
#include <variant>

#include "engine/ops/program.hpp"
#include "native/cuda/kernels/norm_operands.hpp"

/// Several ops of a Program in one pass over memory. They look like ops, but no Program holds them: fusion.hpp finds
/// them when a Program is prepared. A value "or none" is stored only if something outside the group reads it.
namespace cnnlab::cuda::fused {

/// pooled = max pool of x; its mean and variance, and the running ones.
struct PoolStatistics {
    static constexpr std::string_view name = "pool_statistics";
    ops::MaxPool2d pool;
    ops::BatchNormStatistics statistics;

    template <class Self, class V>
    static void operands(Self& self, V&& v) {
        v.in(self.pool.x);
        v.out(self.pool.y);
        v.out(self.pool.argmax);
        v.out(self.statistics.mean);
        v.out(self.statistics.variance);
        v.inout(self.statistics.running_mean);
        v.inout(self.statistics.running_variance);
    }
};

/// y = activation(norm(max pool of x)). Pool or activation may be missing, but not both.
struct Normalise {
    static constexpr std::string_view name = "normalise";
    ValueId x, mean, variance, weight, bias;
    ValueId pooled, argmax;  ///< out, or none
    ValueId normal;          ///< out, or none; the input of the activation
    ValueId y;               ///< out
    bool pools = false;
    Window window;
    MaybeActivation activation;
    float eps = 0;

    template <class Self, class V>
    static void operands(Self& self, V&& v) {
        v.in(self.x);
        v.in(self.mean);
        v.in(self.variance);
        v.in(self.weight);
        v.in(self.bias);
        v.out(self.pooled);
        v.out(self.argmax);
        v.out(self.normal);
        v.out(self.y);
    }
};

/// The sums of batch norm's backward pass, from the gradient dy behind its activation. x is the norm's input.
struct NormSums {
    static constexpr std::string_view name = "norm_sums";
    ValueId x, dy, mean, variance, weight, bias;
    ValueId dnormal;         ///< out, or none: the gradient by the norm's output
    ValueId dweight, dbias;  ///< out
    MaybeActivation activation;
    float eps = 0;

    template <class Self, class V>
    static void operands(Self& self, V&& v) {
        v.in(self.x);
        v.in(self.dy);
        v.in(self.mean);
        v.in(self.variance);
        v.in(self.weight);
        v.in(self.bias);
        v.out(self.dnormal);
        v.out(self.dweight);
        v.out(self.dbias);
    }
};

/// The gradient by the input of batch norm, or of the max pool before it, from the gradient dy behind its activation,
/// if it has one.
struct NormInputGradient {
    static constexpr std::string_view name = "norm_input_gradient";
    ValueId x, dy, mean, variance, weight, bias, dweight, dbias;
    ValueId argmax;   ///< with a pool
    ValueId dpooled;  ///< out, or none: the gradient by x, where a pool precedes
    ValueId dx;       ///< out
    bool pools = false;
    Window window;
    MaybeActivation activation;
    float eps = 0;

    template <class Self, class V>
    static void operands(Self& self, V&& v) {
        v.in(self.x);
        v.in(self.dy);
        v.in(self.mean);
        v.in(self.variance);
        v.in(self.weight);
        v.in(self.bias);
        v.in(self.dweight);
        v.in(self.dbias);
        v.in(self.argmax);
        v.out(self.dpooled);
        v.out(self.dx);
    }
};

/// The gradient of a bias in front of an activation: dbias = Σ dy · f′.
struct BiasSums {
    static constexpr std::string_view name = "bias_sums";
    ValueId saved, dy;
    ValueId dx;     ///< out, or none
    ValueId dbias;  ///< out
    MaybeActivation activation;

    template <class Self, class V>
    static void operands(Self& self, V&& v) {
        v.in(self.saved);
        v.in(self.dy);
        v.out(self.dx);
        v.out(self.dbias);
    }
};

}  // namespace cnnlab::cuda::fused

namespace cnnlab::cuda {

using FusedOp = std::variant<fused::PoolStatistics, fused::Normalise, fused::NormSums,
                             fused::NormInputGradient, fused::BiasSums>;

}  // namespace cnnlab::cuda
