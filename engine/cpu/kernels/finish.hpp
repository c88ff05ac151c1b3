#pragma once

#include "engine/cpu/kernels/normalise.hpp"

/// What a convolution does to its outputs while they are in registers (ops::Finish).
namespace cnnlab::cpu::CNNLAB_ARCH {

/// Bound to a block, and to the columns from some one on.
struct Finish {
    const float *scale = nullptr, *shift = nullptr;  ///< padded to whole vectors, or null
    const float *addend = nullptr,
                *y = nullptr;  ///< what is added to y lies as far from `addend` as y from `y`
    bool clamps = false;
    float low = 0, high = 0;

    /// For the columns from `column` on.
    [[nodiscard]] CNNLAB_INLINE Finish from(int64_t column) const {
        Finish f = *this;
        if (scale != nullptr) f.scale += column, f.shift += column;
        return f;
    }
    [[nodiscard]] CNNLAB_INLINE const float* addend_of(const float* target) const {
        return addend == nullptr ? nullptr : addend + (target - y);
    }
};

CNNLAB_INLINE Vec clamped(const Finish& f, Vec value) {
    const Vec low(f.low), high(f.high);
#if defined(CNNLAB_ARCH_NEON)
    return xsimd::select(value < low, low, xsimd::select(value > high, high, value));
#else
    // The same, NaN and −0 included: of two that do not compare x86 takes the second.
    return xsimd::max(low, xsimd::min(high, value));
#endif
}

/// A vector of outputs from column `k` on, of which `count` are valid. `addend`: what is added to them, or null.
/// The same operations as those of batch norm, sums and activations as ops of their own, so the same bits.
CNNLAB_INLINE Vec finished(const Finish& f, Vec value, int k, const float* addend, int count) {
    if (f.scale != nullptr) value = madd(value, load(f.scale + k), load(f.shift + k));
    if (addend != nullptr) value = value + load_some(addend, count);
    return f.clamps ? clamped(f, value) : value;
}

#if defined(__EMSCRIPTEN__)
/// No pointer to a Finish, as there is none.
struct FinishPointer {
    constexpr FinishPointer(const Finish* /*finish*/ = nullptr) {}  // NOLINT: stands for a pointer
    constexpr operator const Finish*() const { return nullptr; }    // NOLINT
};

class Finisher {
  public:
    Finisher() = default;
    Finisher(const ops::Finish& /*finish*/, const Binding& /*b*/, int /*columns*/, int /*groups*/,
             float* /*storage*/) {}
    [[nodiscard]] static int64_t storage_floats(const ops::Finish& /*finish*/, int /*columns*/,
                                                int /*groups*/) {
        return 0;
    }
    void prologue() {}
    [[nodiscard]] CNNLAB_INLINE FinishPointer at(const MapContext& /*c*/, const float* /*y*/,
                                                 Finish& /*finish*/) const {
        return {};
    }
};
#else
using FinishPointer = const Finish*;

/// ops::Finish of one convolution. Without one nothing is done.
class Finisher {
  public:
    Finisher() = default;
    /// `columns` of each of `groups`, in storage of `storage_floats()`.
    Finisher(const ops::Finish& finish, const Binding& b, int columns, int groups, float* storage)
        : exists_(finish),
          columns_(columns),
          groups_(groups),
          eps_(finish.eps),
          addend_(b.buffer(finish.addend)) {
        if (finish.variance) {
            mean_ = b.buffer(finish.mean).whole();
            variance_ = b.buffer(finish.variance).whole();
            weight_ = b.buffer(finish.weight).whole();
            bias_ = b.buffer(finish.bias).whole();
            scale_ = storage;
            shift_ = storage + padded(columns) * groups;
        }
        clamps_ = finish.activates;
        high_ = finish.activation == ActivationKind::relu6 ? 6.0F : __builtin_inff();
    }

    [[nodiscard]] static int64_t storage_floats(const ops::Finish& finish, int columns, int groups) {
        return finish.variance ? 2 * padded(columns) * groups : 0;
    }

    /// Batch norm as a factor and a summand, of whole chunks of columns.
    void prologue() {
        if (scale_ == nullptr) return;
        const auto whole = static_cast<int>(padded(columns_));
        for (int g = 0; g < groups_; ++g)
            for (int k = 0; k < whole; k += width) {
                const int64_t from = int64_t{g} * columns_ + k, to = int64_t{g} * whole + k;
                const int count = columns_ - k;
                const Normalisation n = normalisation(
                    load_some(weight_ + from, count), load_some(bias_ + from, count),
                    load_some(mean_ + from, count), load_some(variance_ + from, count), Vec(eps_));
                store(scale_ + to, n.scale);
                store(shift_ + to, n.shift);
            }
    }

    /// Whether outputs are finished at all; `finish` is then bound to the block.
    [[nodiscard]] CNNLAB_INLINE FinishPointer at(const MapContext& c, const float* y, Finish& finish) const {
        if (!exists_) return nullptr;
        finish = {scale_, shift_, addend_ ? addend_.at(c) : nullptr, y, clamps_, 0.0F, high_};
        return &finish;
    }

  private:
    /// Columns of a group in chunks of the widest tile.
    [[nodiscard]] static int64_t padded(int columns) {
        return (int64_t{columns} + tile_width - 1) / tile_width * tile_width;
    }

    bool exists_ = false;
    int columns_ = 0, groups_ = 1;
    float eps_ = 0;
    Buffer addend_;
    const float *mean_ = nullptr, *variance_ = nullptr, *weight_ = nullptr, *bias_ = nullptr;
    float *scale_ = nullptr, *shift_ = nullptr;
    bool clamps_ = false;
    float high_ = 0;
};
#endif

}  // namespace cnnlab::cpu::CNNLAB_ARCH
