#pragma once

#include <cmath>
#include <type_traits>

#include "engine/core/philox.hpp"
#include "engine/ops/activation_kind.hpp"

/// Activations of one number, for host and device.
namespace cnnlab::cuda {

[[nodiscard]] CNNLAB_HOST_DEVICE inline float sigmoid(float x) { return 1.0F / (1.0F + expf(-x)); }
/// The standard normal distribution Φ and its density φ. By erfc, so that the lower tail keeps its digits.
[[nodiscard]] CNNLAB_HOST_DEVICE inline float normal_cdf(float x) { return 0.5F * erfcf(-x * 0.70710678F); }
[[nodiscard]] CNNLAB_HOST_DEVICE inline float normal_pdf(float x) {
    return 0.39894228F * expf(-0.5F * x * x);
}

/// The same two, and σ, for values stored in 16 bits: with exact arithmetic, passes over memory would be
/// compute-bound.
#ifdef __CUDA_ARCH__
[[nodiscard]] __device__ inline float fast_exp(float x) { return __expf(x); }
[[nodiscard]] __device__ inline float fast_inverse(float x) { return __fdividef(1.0F, x); }
#else
[[nodiscard]] CNNLAB_HOST_DEVICE inline float fast_exp(float x) { return expf(x); }
[[nodiscard]] CNNLAB_HOST_DEVICE inline float fast_inverse(float x) { return 1.0F / x; }
#endif

[[nodiscard]] CNNLAB_HOST_DEVICE inline float hard_sigmoid(float x) {
    return x > -3 ? (x < 3 ? x * (1.0F / 6) + 0.5F : 1) : 0;
}

struct Normal {
    float cdf, pdf;
};
/// narrow: Φ within 3e-7, by the exponential that φ needs as well. Source: Abramowitz and Stegun, "Handbook of
/// Mathematical Functions", 7.1.26.
template <bool narrow>
[[nodiscard]] CNNLAB_HOST_DEVICE inline Normal normal(float x) {
    if constexpr (!narrow) return {normal_cdf(x), normal_pdf(x)};
    const float e = fast_exp(-0.5F * x * x), t = fast_inverse(1.0F + 0.23164189F * fabsf(x));
    const float sum =
        ((((1.061405429F * t - 1.453152027F) * t + 1.421413741F) * t - 0.284496736F) * t + 0.254829592F) * t;
    const float tail = 0.5F * sum * e;
    return {x < 0 ? tail : 1.0F - tail, 0.39894228F * e};
}
template <bool narrow>
[[nodiscard]] CNNLAB_HOST_DEVICE inline float logistic(float x) {
    if constexpr (narrow) return fast_inverse(1.0F + fast_exp(-x));
    return sigmoid(x);
}

/// narrow: the result is stored in 16 bits.
template <bool narrow = false>
[[nodiscard]] CNNLAB_HOST_DEVICE inline float activate(ActivationKind kind, float x, float alpha) {
    switch (kind) {
        case ActivationKind::relu:
            return x > 0 ? x : 0;
        case ActivationKind::relu6:
            return x > 0 ? (x < 6 ? x : 6) : 0;
        case ActivationKind::leaky_relu:
            return x > 0 ? x : alpha * x;
        case ActivationKind::gelu:
            return x * normal<narrow>(x).cdf;
        case ActivationKind::silu:
            return x * logistic<narrow>(x);
        case ActivationKind::hard_swish:
            return x * hard_sigmoid(x);
        case ActivationKind::sigmoid:
            return logistic<narrow>(x);
        case ActivationKind::hard_sigmoid:
            return hard_sigmoid(x);
        case ActivationKind::tanh:
            return tanhf(x);
    }
    return x;
}

/// f′ from the input x (gelu, silu, hard_swish) or from the output y.
template <bool narrow = false>
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
        case ActivationKind::gelu: {
            const Normal n = normal<narrow>(x);
            return n.cdf + x * n.pdf;
        }
        case ActivationKind::silu: {
            const float s = logistic<narrow>(x);
            return s * (1 + x * (1 - s));
        }
        case ActivationKind::hard_swish:
            return x > -3 ? (x < 3 ? x * (1.0F / 3) + 0.5F : 1) : 0;
        case ActivationKind::sigmoid:
            return y * (1 - y);
        case ActivationKind::hard_sigmoid:
            return y > 0 && y < 1 ? 1.0F / 6 : 0;
        case ActivationKind::tanh:
            return 1 - y * y;
    }
    return 1;
}

/// Calls f(std::integral_constant<ActivationKind, kind>): the kind is a constant, so that a loop over a pack has no
/// branches.
#ifdef __CUDACC__
#pragma nv_exec_check_disable  // f is of the host or of the device, as the caller is
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
        case K::hard_swish:
            return f(std::integral_constant<K, K::hard_swish>{});
        case K::sigmoid:
            return f(std::integral_constant<K, K::sigmoid>{});
        case K::hard_sigmoid:
            return f(std::integral_constant<K, K::hard_sigmoid>{});
        case K::tanh:
            return f(std::integral_constant<K, K::tanh>{});
    }
}

}  // namespace cnnlab::cuda
