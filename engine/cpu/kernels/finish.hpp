#pragma once

#include "engine/cpu/kernels/normalise.hpp"

/// What a convolution does to its outputs while they are in registers (ops::Finish).
namespace cnnlab::cpu::CNNLAB_ARCH {

/// Whether every kernel finishes its outputs in registers. That is more code than the page's module has room for: there
/// one function goes over the rows that a kernel has just written, while they are in the L1 cache.
constexpr bool finish_in_store = has_room;

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
#elif defined(CNNLAB_ARCH_WASM)
    // The same, NaN and −0 included: of two that do not compare WebAssembly takes the first.
    return xsimd::max(xsimd::min(value, high), low);
#else
    // And x86 the second.
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

/// ops::Finish of one convolution. Without one nothing is done.
class Finisher {
  public:
    Finisher() = default;
    /// Of a kernel whose strips write `rows` rows of `target` each, or, if that is 0, a chunk of columns. `storage`: of
    /// `storage_floats()`. `heavy`: see RowStrips.
    Finisher(const ops::Finish& finish, const Binding& b, ImageShape target, int groups, int rows,
             float* storage, bool heavy = false);

    [[nodiscard]] static int64_t storage_floats(const ops::Finish& finish, int columns, int groups) {
        return finish.variance ? 2 * padded(columns) * groups : 0;
    }

    /// Batch norm as a factor and a summand, of whole chunks of columns.
    void prologue();

    /// Calls map(finish, from, to), which does strips [from, to) of a block, until [first, last) are done. `y`: its
    /// target. `in_store`: whether it does what `finish` says, which else is null.
    template <class F>
    CNNLAB_INLINE void strips(const MapContext& c, float* y, int first, int last, bool in_store,
                              F&& map) const {
        Finish bound;
        const Finish* const finish = in_store ? at(c, y, bound) : nullptr;
        if constexpr (finish_in_store) return map(finish, first, last);
        for (int to = first; first < last; first = to) {
            to = strips_until(first, last);
            map(finish, first, to);
            if (!in_store && exists_) finish_strips(c, y, first, to);
        }
    }

  private:
    /// Columns of a group in chunks of the widest tile.
    [[nodiscard]] static int64_t padded(int columns) {
        return (int64_t{columns} + tile_width - 1) / tile_width * tile_width;
    }

    /// Whether outputs are finished at all; `finish` is then bound to the block.
    [[nodiscard]] CNNLAB_INLINE const Finish* at(const MapContext& c, const float* y, Finish& finish) const {
        if (!exists_) return nullptr;
        finish = {scale_, shift_, addend_ ? addend_.at(c) : nullptr, y, clamps_, 0.0F, high_};
        return &finish;
    }

    /// The end of the strips from `first` on whose outputs fit half of a small L1 cache, at least one.
    [[nodiscard]] int strips_until(int first, int last) const;
    /// Finishes strips [first, last) in place.
    void finish_strips(const MapContext& c, float* y, int first, int last) const;

    bool exists_ = false;
    int groups_ = 1, columns_ = 0, block_ = 1;
    ImageShape target_;
    int rows_ = 0;
    bool cuts_ = false;
    float eps_ = 0;
    Buffer addend_;
    const float *mean_ = nullptr, *variance_ = nullptr, *weight_ = nullptr, *bias_ = nullptr;
    float *scale_ = nullptr, *shift_ = nullptr;
    bool clamps_ = false;
    float high_ = 0;
};

}  // namespace cnnlab::cpu::CNNLAB_ARCH
