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

}  // namespace cnnlab::cpu::CNNLAB_ARCH
