#pragma once

#include "engine/ops/activation_kind.hpp"

namespace cnnlab::cuda {

/// Operands of a norm, [C] each. Null mean and bias are 0.
struct NormOperands {
    const float *mean = nullptr, *variance = nullptr, *weight = nullptr, *bias = nullptr;
    float eps = 0;
};

/// The activation fused into a kernel, if any.
struct MaybeActivation {
    bool present = false;
    ActivationKind kind = ActivationKind::relu;
    float alpha = 0;
};

}  // namespace cnnlab::cuda
