#include "engine/cpu/kernels/simd.hpp"

namespace cnnlab::cpu::CNNLAB_ARCH {

namespace {

constexpr float inverse_sqrt2 = 0.70710678118654752F, inverse_sqrt_2pi = 0.39894228040143268F;

/// min(max(x, 0), high).
CNNLAB_INLINE Vec bounded(Vec x, Vec high) {
    return xsimd::select(x < Vec(0.0F), Vec(0.0F), xsimd::select(x > high, high, x));
}

CNNLAB_INLINE Vec hard_sigmoid(Vec x) { return bounded(madd(x, Vec(1.0F / 6), Vec(0.5F)), Vec(1.0F)); }

/// f(x) of each kind. Comparisons are written so that NaN stays NaN.
template <ActivationKind K>
CNNLAB_INLINE Vec apply(Vec x, Vec alpha) {
    const Vec zero(0.0F), one(1.0F);
    if constexpr (K == ActivationKind::relu) return xsimd::select(x < zero, zero, x);
    if constexpr (K == ActivationKind::relu6) return bounded(x, Vec(6.0F));
    if constexpr (K == ActivationKind::leaky_relu) return xsimd::select(x < zero, alpha * x, x);
    if constexpr (K == ActivationKind::gelu)
        return Vec(0.5F) * x * (one + xsimd::erf(x * Vec(inverse_sqrt2)));
    if constexpr (K == ActivationKind::silu) return x / (one + xsimd::exp(-x));
    if constexpr (K == ActivationKind::hard_swish) return x * hard_sigmoid(x);
    if constexpr (K == ActivationKind::sigmoid) return one / (one + xsimd::exp(-x));
    if constexpr (K == ActivationKind::hard_sigmoid) return hard_sigmoid(x);
    if constexpr (K == ActivationKind::tanh) return xsimd::tanh(x);
}

/// f′ from the output, or from the input for gelu, silu and hard_swish.
template <ActivationKind K>
CNNLAB_INLINE Vec derivative(Vec s, Vec alpha) {
    const Vec zero(0.0F), one(1.0F);
    if constexpr (K == ActivationKind::relu) return xsimd::select(s > zero, one, zero);
    if constexpr (K == ActivationKind::relu6) return xsimd::select((s > zero) && (s < Vec(6.0F)), one, zero);
    if constexpr (K == ActivationKind::leaky_relu) return xsimd::select(s > zero, one, alpha);
    if constexpr (K == ActivationKind::gelu)
        return Vec(0.5F) * (one + xsimd::erf(s * Vec(inverse_sqrt2))) +
               s * Vec(inverse_sqrt_2pi) * xsimd::exp(Vec(-0.5F) * s * s);
    if constexpr (K == ActivationKind::silu) {
        const Vec g = one / (one + xsimd::exp(-s));
        return g * (one + s * (one - g));
    }
    if constexpr (K == ActivationKind::hard_swish)
        return xsimd::select(s < Vec(3.0F),
                             xsimd::select(s > Vec(-3.0F), madd(s, Vec(1.0F / 3), Vec(0.5F)), zero), one);
    if constexpr (K == ActivationKind::sigmoid) return s * (one - s);
    if constexpr (K == ActivationKind::hard_sigmoid)
        return xsimd::select((s > zero) && (s < one), Vec(1.0F / 6), zero);
    if constexpr (K == ActivationKind::tanh) return one - s * s;
}

/// Calls f with the kind as a constant.
template <class F>
std::unique_ptr<Kernel> with_kind(ActivationKind kind, F f) {
    using K = ActivationKind;
    switch (kind) {
        case K::relu:
            return f.template operator()<K::relu>();
        case K::relu6:
            return f.template operator()<K::relu6>();
        case K::leaky_relu:
            return f.template operator()<K::leaky_relu>();
        case K::gelu:
            return f.template operator()<K::gelu>();
        case K::silu:
            return f.template operator()<K::silu>();
        case K::hard_swish:
            return f.template operator()<K::hard_swish>();
        case K::sigmoid:
            return f.template operator()<K::sigmoid>();
        case K::hard_sigmoid:
            return f.template operator()<K::hard_sigmoid>();
        case K::tanh:
            break;
    }
    return f.template operator()<K::tanh>();
}

}  // namespace

template <>
Traits CpuOp<ops::Activation>::traits(const ops::Activation& op, const Program& program, int /*shards*/) {
    return mapping_values(program, {op.x}, op.y);
}

template <>
std::unique_ptr<Kernel> CpuOp<ops::Activation>::bind(const ops::Activation& op, const Binding& b) {
    const Buffer x = b.buffer(op.x), y = b.buffer(op.y);
    const int rows = b.image(op.y).height;
    const ValueRows values(b, op.y);
    const float alpha = op.alpha;
    return with_kind(op.kind, [=]<ActivationKind K>() {
        return rows_kernel(rows, [=](const MapContext& c, int first, int last) {
            const float* in = x.at(c);
            float* out = y.at(c);
            values.each(c, first, last, [&](int64_t i, auto&& read, auto&& write) {
                write(out + i, apply<K>(read(in + i), Vec(alpha)));
            });
        });
    });
}

template <>
Traits CpuOp<ops::ActivationBackward>::traits(const ops::ActivationBackward& op, const Program& program,
                                              int /*shards*/) {
    return mapping_values(program, {op.dy, op.saved}, op.dx);
}

template <>
std::unique_ptr<Kernel> CpuOp<ops::ActivationBackward>::bind(const ops::ActivationBackward& op,
                                                             const Binding& b) {
    const Buffer saved = b.buffer(op.saved), dy = b.buffer(op.dy), dx = b.buffer(op.dx);
    const int rows = b.image(op.dx).height;
    const int64_t row = b.row_count(op.dx);
    const float alpha = op.alpha;
    return with_kind(op.kind, [=]<ActivationKind K>() {
        return rows_kernel(rows, [=](const MapContext& c, int first, int last) {
            const float *s = saved.at(c) + first * row, *in = dy.at(c) + first * row;
            float* out = dx.at(c) + first * row;
            for_each_vector((last - first) * row, [&](int64_t i, auto&& read, auto&& write) {
                prefetch_ahead(s + i);
                write(out + i, read(in + i) * derivative<K>(read(s + i), Vec(alpha)));
            });
        });
    });
}

}  // namespace cnnlab::cpu::CNNLAB_ARCH
