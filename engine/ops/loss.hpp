#pragma once

#include "engine/ops/value.hpp"

/// Losses. Each adds the losses of its images to `loss_sum` and their right answers to `correct`.
/// If a backward pass follows, each writes the gradient of the batch's *mean* loss by the logits (of the sum, where
/// an op says so). Images beyond count give no gradient.
/// An answer is right if the largest logit (first of equals) is the target's. With one logit: if (prediction >
/// threshold) = target.
namespace cnnlab::ops {

/// loss = −Σ_k q[k] log softmax(x)[k], q = (1 − s) one-hot(target) + s / K. dlogits = (softmax(x) − q) / count; not
/// divided if `sum`.
struct CrossEntropy {
    static constexpr auto name = "cross_entropy";
    ValueId logits, targets;
    ValueId dlogits;  ///< out, or none
    float label_smoothing = 0;
    bool sum = false;  ///< the gradient of the sum over the batch, not of the mean

    template <class Self, class V>
    static void operands(Self& self, V&& v) {
        v.in(self.logits);
        v.in(self.targets);
        v.out(self.dlogits);
    }
};

/// loss = mean_k [max(x, 0) − x t + log(1 + e^−|x|)]. t: one-hot of the target, or the target itself (0 or 1) with
/// one logit. dlogits = (σ(x) − t) / (K · count). Threshold 0.
struct BinaryCrossEntropy {
    static constexpr auto name = "binary_cross_entropy";
    ValueId logits, targets;
    ValueId dlogits;  ///< out, or none

    template <class Self, class V>
    static void operands(Self& self, V&& v) {
        v.in(self.logits);
        v.in(self.targets);
        v.out(self.dlogits);
    }
};

/// loss = mean_k (x − t)², t as in BinaryCrossEntropy. dlogits = 2 (x − t) / (K · count). Threshold ½.
struct MeanSquaredError {
    static constexpr auto name = "mean_squared_error";
    ValueId logits, targets;
    ValueId dlogits;  ///< out, or none

    template <class Self, class V>
    static void operands(Self& self, V&& v) {
        v.in(self.logits);
        v.in(self.targets);
        v.out(self.dlogits);
    }
};

}  // namespace cnnlab::ops
