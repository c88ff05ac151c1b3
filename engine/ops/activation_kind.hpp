#pragma once

#include <cstdint>

/// In a header of its own, as CUDA's compiler reads it too.
namespace cnnlab {

/// relu max(x, 0); relu6 min(max(x, 0), 6); leaky_relu x > 0 ? x : alpha x; silu x σ(x); sigmoid σ(x) = 1 / (1 +
/// e^−x); tanh; gelu x Φ(x) with the exact (erf) normal distribution; hard_sigmoid h(x) = min(max(x / 6 + ½, 0), 1);
/// hard_swish x h(x).
enum class ActivationKind : uint8_t {
    relu,
    relu6,
    leaky_relu,
    gelu,
    silu,
    hard_swish,
    sigmoid,
    hard_sigmoid,
    tanh
};

/// Whether the derivative is computed from the output (else from the input).
[[nodiscard]] constexpr bool derivative_from_output(ActivationKind kind) {
    return kind != ActivationKind::gelu && kind != ActivationKind::silu && kind != ActivationKind::hard_swish;
}

}  // namespace cnnlab
