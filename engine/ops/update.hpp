#pragma once

#include <array>
#include <cmath>
#include <vector>

#include "engine/core/philox.hpp"
#include "engine/ops/value.hpp"

/// Ops that end a training step.
/// lr is the run's learning rate number `rate` (RunInput::rate) times `lr_scale`. t = step + 1; the training has T
/// steps in all (0: unknown).
/// g is the gradient, first multiplied by `clip` (if given), then limited to ±clip_value (if > 0).
namespace cnnlab::ops {

/// clip = min(1, max_norm / (‖all gradients‖₂ + 1e-6)). The norm is reported as `gradient_norm`. max_norm 0: measure
/// only.
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
    int rate = 0;  ///< 0: the run's learning rate; i > 0: its early rate i − 1
};

/// g ← g + λ p; v ← μ v + g; p ← p − lr · (nesterov ? g + μ v : v). Without momentum p ← p − lr · g. As PyTorch's
/// SGD.
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
/// Weight decay: g ← g + λ p (Adam, Kingma and Ba, 2015), or decoupled, p ← p − lr λ p (AdamW, Loshchilov and Hutter,
/// 2019).
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

/// g ← g + λ p; s ← α s + (1 − α) g²; u = g / (√s + ε). With momentum b ← μ b + u, p ← p − lr · b, else p ← p − lr ·
/// u. As PyTorch's RMSprop.
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

/// Muon for a matrix W of m rows (the first extent) and n columns (all others together):
///     v ← μ v + g;  u = nesterov ? g + μ v : v
///     W ← W √m / ‖W‖ in the steps that renormalises() names (‖·‖: Frobenius norm; W = 0 stays)
///     X = u / (‖u‖ + 1e-7), transposed if m > n
///     newton_steps times: A = X Xᵀ, X ← a X + (b A + c A²) X; then transposed back
///     W ← (1 − lr λ) W − lr X
/// The Newton–Schulz iteration brings all singular values near 1. Source: Jordan et al., "Muon", 2024.
struct MuonUpdate : UpdateOperands {
    static constexpr auto name = "muon_update";
    ValueId velocity;  ///< updated: v
    float momentum = 0.95F;
    bool nesterov = true;
    int norm_every = 0;      ///< steps between renormalisations; 0: never
    float norm_slowing = 0;  ///< growth of that interval by the end of the training
    int newton_steps = 5;
    std::array<float, 3> coefficients{3.4445F, -4.7750F, 2.0315F};  ///< a, b, c

    /// Renormalises where step mod (norm_every + ⌊norm_slowing · step / T⌋) = 0.
    [[nodiscard, gnu::always_inline]] CNNLAB_HOST_DEVICE constexpr bool renormalises(uint32_t step,
                                                                                     uint32_t total) const {
        if (norm_every <= 0) return false;
        const float progress = total > 0 ? static_cast<float>(step) / static_cast<float>(total) : 0.0F;
        return step % (static_cast<uint32_t>(norm_every) + static_cast<uint32_t>(norm_slowing * progress)) ==
               0;
    }

    template <class Self, class V>
    static void operands(Self& self, V&& v) {
        v.in(self.gradient);
        v.in(self.clip);
        v.inout(self.parameter);
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

/// Where t is a multiple of `every`, and at the end (t = T): slow ← d · slow + (1 − d) · p; p ← slow.
/// Before the share `start` of the training d = 0, so that the two are equal. Then d = decay · ((t / T − start) / (1
/// − start))^power; at the end 1. d = 0 if T is unknown.
/// Source: Zhang et al., "Lookahead optimizer", 2019, with a decay that grows.
struct LookaheadUpdate {
    static constexpr auto name = "lookahead_update";
    ValueId slow;       ///< updated
    ValueId parameter;  ///< updated
    int every = 5;
    float decay = 0.95F, power = 0, start = 0;

    [[nodiscard, gnu::always_inline]] CNNLAB_HOST_DEVICE constexpr bool pulls(uint32_t step,
                                                                              uint32_t total) const {
        return (step + 1) % static_cast<uint32_t>(every) == 0 || step + 1 == total;
    }
    /// d at a step that pulls.
    [[nodiscard, gnu::always_inline]] CNNLAB_HOST_DEVICE float share(uint32_t step, uint32_t total) const {
        if (step + 1 == total) return 1;
        const float progress = total > 0 ? static_cast<float>(step + 1) / static_cast<float>(total) : 0.0F;
        return progress <= start ? 0.0F : decay * std::pow((progress - start) / (1 - start), power);
    }

    template <class Self, class V>
    static void operands(Self& self, V&& v) {
        v.inout(self.slow);
        v.inout(self.parameter);
    }
};

}  // namespace cnnlab::ops
