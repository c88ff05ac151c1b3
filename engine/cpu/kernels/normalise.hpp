#pragma once

#include "engine/cpu/kernels/simd.hpp"

namespace cnnlab::cpu::CNNLAB_ARCH {

CNNLAB_INLINE float inverse_stddev(float variance, float eps) {
    return 1.0F / __builtin_sqrtf(variance + eps);
}
CNNLAB_INLINE Vec inverse_stddev(Vec variance, Vec eps) { return Vec(1.0F) / xsimd::sqrt(variance + eps); }

/// Batch norm of some channels: y = scale · x + shift.
struct Normalisation {
    Vec scale, shift;
};
CNNLAB_INLINE Normalisation normalisation(Vec weight, Vec bias, Vec mean, Vec variance, Vec eps) {
    const Vec scale = weight * inverse_stddev(variance, eps);
    return {scale, bias - mean * scale};
}

/// The relu or relu6 that batch norm takes over (ops::NormActivation).
struct NormGate {
    bool activates;
    float high;  ///< the largest output
    float top;   ///< the largest one before f at which f′ is 1

    explicit NormGate(const ops::NormActivation& f)
        : activates(f.activates),
          high(f.kind == ActivationKind::relu6 ? 6.0F : __builtin_inff()),
          top(f.kind == ActivationKind::relu6 ? 0x1.7ffffep+2F : __builtin_inff()) {}

    /// f(y) and f′(y). NaN stays NaN.
    [[nodiscard]] CNNLAB_INLINE Vec f(Vec y) const {
        return xsimd::select(y < Vec(0.0F), Vec(0.0F), xsimd::select(y > Vec(high), Vec(high), y));
    }
    [[nodiscard]] CNNLAB_INLINE float f(float y) const { return y < 0 ? 0 : y > high ? high : y; }
    [[nodiscard]] CNNLAB_INLINE Vec slope(Vec y) const {
        return xsimd::select((y > Vec(0.0F)) && (y <= Vec(top)), Vec(1.0F), Vec(0.0F));
    }
    [[nodiscard]] CNNLAB_INLINE float slope(float y) const { return y > 0 && y <= top ? 1 : 0; }
};

/// Calls run(with an activation or without, a constant). The page's module has none (cpu/fusion.hpp).
template <class F>
CNNLAB_INLINE auto with_gate(const NormGate& gate, F&& run) {
    if constexpr (has_room)
        if (gate.activates) return run(std::true_type{});
    return run(std::false_type{});
}

}  // namespace cnnlab::cpu::CNNLAB_ARCH
