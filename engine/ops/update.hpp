#pragma once

#include <vector>

#include "engine/ops/value.hpp"

/// Ops that end a training step. lr is the run's learning rate times `lr_scale`; t = step + 1; g is the gradient, first multiplied by
/// `clip` (if given) and then limited to ±clip_value (if > 0).
namespace cnnlab::ops {

/// clip = min(1, max_norm / (‖all gradients‖₂ + 1e-6)); the norm is reported as `gradient_norm`. max_norm 0: measure only.
struct GradientNorm {
    static constexpr auto name = "gradient_norm";
    std::vector<ValueId> gradients;
    ValueId clip;  ///< out, [1]
    float max_norm = 0;

    template <class Self, class V>
    static void operands(Self& self, V&& v) {
        for (auto& gradient : self.gradients) v.in(gradient);
        v.out(self.clip);
    }
};

/// What all updates have in common.
struct UpdateOperands {
    ValueId parameter;  ///< updated
    ValueId gradient;
    ValueId clip;  ///< [1], or none
    float clip_value = 0;
    float lr_scale = 1, weight_decay = 0;
};

/// g ← g + λ p; v ← μ v + g; p ← p − lr · (nesterov ? g + μ v : v). Without momentum p ← p − lr · g. As PyTorch's SGD.
struct SgdUpdate : UpdateOperands {
    static constexpr auto name = "sgd_update";
    ValueId velocity;  ///< updated, or none without momentum
    float momentum = 0;
    bool nesterov = false;

    template <class Self, class V>
    static void operands(Self& self, V&& v) {
        v.in(self.gradient);
        v.in(self.clip);
        v.inout(self.parameter);
        v.inout(self.velocity);
    }
};

/// m ← β₁ m + (1 − β₁) g; v ← β₂ v + (1 − β₂) g²; p ← p − lr · (m / (1 − β₁ᵗ)) / (√(v / (1 − β₂ᵗ)) + ε).
/// Weight decay: g ← g + λ p (Adam, Kingma and Ba 2015), or decoupled p ← p − lr λ p (AdamW, Loshchilov and Hutter 2019).
struct AdamUpdate : UpdateOperands {
    static constexpr auto name = "adam_update";
    ValueId first, second;  ///< updated: m and v
    float beta1 = 0.9F, beta2 = 0.999F, eps = 1e-8F;
    bool decoupled = false;

    template <class Self, class V>
    static void operands(Self& self, V&& v) {
        v.in(self.gradient);
        v.in(self.clip);
        v.inout(self.parameter);
        v.inout(self.first);
        v.inout(self.second);
    }
};

/// g ← g + λ p; s ← α s + (1 − α) g²; u = g / (√s + ε); with momentum b ← μ b + u and p ← p − lr · b, else p ← p − lr · u. As PyTorch's RMSprop.
struct RmsPropUpdate : UpdateOperands {
    static constexpr auto name = "rmsprop_update";
    ValueId square;    ///< updated: s
    ValueId velocity;  ///< updated: b, or none without momentum
    float alpha = 0.99F, eps = 1e-8F, momentum = 0;

    template <class Self, class V>
    static void operands(Self& self, V&& v) {
        v.in(self.gradient);
        v.in(self.clip);
        v.inout(self.parameter);
        v.inout(self.square);
        v.inout(self.velocity);
    }
};

/// average ← d · average + (1 − d) · parameter, with the warm-up d = min(decay, (1 + t) / (10 + t)).
struct AverageUpdate {
    static constexpr auto name = "average_update";
    ValueId average;  ///< updated
    ValueId parameter;
    float decay = 0.999F;

    template <class Self, class V>
    static void operands(Self& self, V&& v) {
        v.in(self.parameter);
        v.inout(self.average);
    }
};

}  // namespace cnnlab::ops
