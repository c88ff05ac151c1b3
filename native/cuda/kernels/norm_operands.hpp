#pragma once

#include "engine/ops/activation_kind.hpp"

namespace cnnlab::cuda {

/// What normalises, [C] each; mean and bias may be null: 0.
struct NormOperands {
    const float *mean = nullptr, *variance = nullptr, *weight = nullptr, *bias = nullptr;
    float eps = 0;
};

/// The activation that a kernel does on the way, if any.
struct MaybeActivation {
    bool present = false;
    ActivationKind kind = ActivationKind::relu;
    float alpha = 0;
};

}  // namespace cnnlab::cuda
