#pragma once

#include <cmath>
#include <type_traits>

#include "engine/core/philox.hpp"
#include "engine/ops/activation_kind.hpp"

/// Activations of one number, for host and device.
namespace cnnlab::cuda {

[[nodiscard]] CNNLAB_HOST_DEVICE inline float sigmoid(float x) { return 1.0F / (1.0F + expf(-x)); }
/// The standard normal distribution, Φ, and its density, φ. By erfc, so that the lower tail keeps its digits.
[[nodiscard]] CNNLAB_HOST_DEVICE inline float normal_cdf(float x) { return 0.5F * erfcf(-x * 0.70710678F); }
[[nodiscard]] CNNLAB_HOST_DEVICE inline float normal_pdf(float x) {
    return 0.39894228F * expf(-0.5F * x * x);
}

[[nodiscard]] CNNLAB_HOST_DEVICE inline float activate(ActivationKind kind, float x, float alpha) {
    switch (kind) {
        case ActivationKind::relu:
            return x > 0 ? x : 0;
        case ActivationKind::relu6:
            return x > 0 ? (x < 6 ? x : 6) : 0;
        case ActivationKind::leaky_relu:
            return x > 0 ? x : alpha * x;
        case ActivationKind::gelu:
            return x * normal_cdf(x);
        case ActivationKind::silu:
            return x * sigmoid(x);
        case ActivationKind::sigmoid:
            return sigmoid(x);
        case ActivationKind::tanh:
            return tanhf(x);
    }
    return x;
}

/// f′ from the input x (gelu, silu) or from the output y.
[[nodiscard]] CNNLAB_HOST_DEVICE inline float activation_slope(ActivationKind kind, float saved,
                                                               float alpha) {
    const float x = saved, y = saved;
    switch (kind) {
        case ActivationKind::relu:
            return y > 0 ? 1 : 0;
        case ActivationKind::relu6:
            return y > 0 && y < 6 ? 1 : 0;
        case ActivationKind::leaky_relu:
            return y > 0 ? 1 : alpha;
        case ActivationKind::gelu:
            return normal_cdf(x) + x * normal_pdf(x);
        case ActivationKind::silu:
            return sigmoid(x) * (1 + x * (1 - sigmoid(x)));
        case ActivationKind::sigmoid:
            return y * (1 - y);
        case ActivationKind::tanh:
            return 1 - y * y;
    }
    return 1;
}

/// Calls f(std::integral_constant<ActivationKind, kind>): the kind is a constant inside, so that a loop over a pack has no branches.
#ifdef __CUDACC__
#pragma nv_exec_check_disable  // f is of the host where the caller is, of the device where that one is
#endif
template <class F>
CNNLAB_HOST_DEVICE void with_kind(ActivationKind kind, const F& f) {
    using K = ActivationKind;
    switch (kind) {
        case K::relu:
            return f(std::integral_constant<K, K::relu>{});
        case K::relu6:
            return f(std::integral_constant<K, K::relu6>{});
        case K::leaky_relu:
            return f(std::integral_constant<K, K::leaky_relu>{});
        case K::gelu:
            return f(std::integral_constant<K, K::gelu>{});
        case K::silu:
            return f(std::integral_constant<K, K::silu>{});
        case K::sigmoid:
            return f(std::integral_constant<K, K::sigmoid>{});
        case K::tanh:
            return f(std::integral_constant<K, K::tanh>{});
    }
}

}  // namespace cnnlab::cuda
