#pragma once

#include "native/cuda/kernels/activation_math.hpp"
#include "native/cuda/kernels/device_code.hpp"
#include "native/cuda/kernels/norm_operands.hpp"

/// Batch norm and activation of one number. Shared by single and fused kernels, so that both give the same bits.
namespace cnnlab::cuda {

/// Forward in one channel: x̂ = (x − mean) · inverse, y = (x − mean) · scale + bias.
struct ChannelNorm {
    float mean, inverse, scale, bias;
    __device__ float hat(float x) const { return (x - mean) * inverse; }
    __device__ float operator()(float x) const { return (x - mean) * scale + bias; }
};

[[nodiscard]] __device__ inline ChannelNorm channel_norm(const NormOperands& o, uint32_t c) {
    const float inverse = 1.0F / sqrtf(o.variance[c] + o.eps);
    return {o.mean != nullptr ? o.mean[c] : 0.0F, inverse,
            o.weight != nullptr ? o.weight[c] * inverse : inverse, o.bias != nullptr ? o.bias[c] : 0.0F};
}

/// Backward in one channel: dx = scale · (dy − mean of dy − x̂ · mean of dy x̂).
struct ChannelNormBackward {
    float mean, scale, mean_dy, slope;
    __device__ float operator()(float x, float dy) const {
        return scale * (dy - mean_dy - (x - mean) * slope);
    }
};

/// `share`: gradient_scale / m. The sums are of unscaled gradients; dy and dx are scaled.
[[nodiscard]] __device__ inline ChannelNormBackward channel_norm_backward(const NormOperands& o,
                                                                          const float* dweight,
                                                                          const float* dbias, float share,
                                                                          uint32_t c) {
    const ChannelNorm norm = channel_norm(o, c);
    return {norm.mean, norm.scale, dbias[c] * share, norm.inverse * (dweight[c] * share)};
}

/// A value rounded to its storage type T.
template <class T>
[[nodiscard]] __device__ float rounded(float v) {
    return to_float(from_float<T>(v));
}

template <class T, int V>
__device__ void activate_all(const MaybeActivation& f, float (&x)[V]) {
    if (!f.present) return;
    with_kind(f.kind, [&](auto kind) {
#pragma unroll
        for (int v = 0; v < V; ++v) x[v] = activate<is_narrow<T>>(decltype(kind)::value, x[v], f.alpha);
    });
}

/// d ← d · f′, from what the activation saved. Stored as T and read again.
template <class T, int V>
__device__ void activate_backward_all(const MaybeActivation& f, const float (&saved)[V], float (&d)[V]) {
    if (!f.present) return;
    with_kind(f.kind, [&](auto kind) {
#pragma unroll
        for (int v = 0; v < V; ++v)
            d[v] =
                rounded<T>(d[v] * activation_slope<is_narrow<T>>(decltype(kind)::value, saved[v], f.alpha));
    });
}

/// The same from the activation's input.
template <class T, int V>
__device__ void activate_backward_from_input(const MaybeActivation& f, const float (&x)[V], float (&d)[V]) {
    if (!f.present) return;
    with_kind(f.kind, [&](auto k) {
        constexpr ActivationKind kind = decltype(k)::value;
#pragma unroll
        for (int v = 0; v < V; ++v) {
            const float saved =
                derivative_from_output(kind) ? rounded<T>(activate<is_narrow<T>>(kind, x[v], f.alpha)) : x[v];
            d[v] = rounded<T>(d[v] * activation_slope<is_narrow<T>>(kind, saved, f.alpha));
        }
    });
}

template <class T, int V>
__device__ void load_pack(const T* from, float (&to)[V]) {
    const auto pack = *reinterpret_cast<const Pack<T, V>*>(from);
#pragma unroll
    for (int v = 0; v < V; ++v) to[v] = to_float(pack.at[v]);
}

template <class T, int V>
__device__ void store_pack(T* to, const float (&from)[V]) {
    Pack<T, V> pack;
#pragma unroll
    for (int v = 0; v < V; ++v) pack.at[v] = from_float<T>(from[v]);
    *reinterpret_cast<Pack<T, V>*>(to) = pack;
}

}  // namespace cnnlab::cuda
