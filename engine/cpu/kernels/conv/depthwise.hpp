#pragma once

#include "engine/cpu/kernels/conv/conv_product.hpp"

namespace cnnlab::cpu::CNNLAB_ARCH {

/// One filter a channel: there is no product to tile, so a vector holds channels.
[[nodiscard]] inline bool is_depthwise(int groups, ImageShape x, ImageShape y) {
    return groups > 1 && groups == x.channels && groups == y.channels;
}

/// In evaluation row by row. In training whole: rows would change how the sums of a batch norm behind it are grouped.
[[nodiscard]] inline Traits depthwise_traits(const Window& w, ImageShape x, ImageShape target,
                                             const Program& program) {
    Traits t = program.phase == Phase::evaluate ? mapping_rows(target.height, {}) : mapping();
    t.storage_bytes = int64_t{w.taps() + 1} * whole_vectors(x.channels) * 4;
    return t;
}

/// target[p][i][c] = bias[c] + Σ_taps source[p′][i][c] · weight[tap][c]: forward or, with the taps reversed, the
/// input's gradient.
class Depthwise : public Kernel {
  public:
    Depthwise(const Window& w, ImageShape x, ImageShape y, const float* weight, const float* bias,
              const Binding& b, Buffer source, Buffer target, bool forward)
        : taps_(w.taps()),
          channels_(x.channels),
          block_(b.images),
          weight_(weight),
          bias_(bias),
          packed_(reinterpret_cast<float*>(b.storage)),
          source_(source),
          target_(target) {
        const auto axis = forward ? AxisTaps::forward : AxisTaps::backward;
        lists_ = TapLists(
            axis(x.height, y.height, w.kernel.height, w.stride.height, w.dilation.height, w.before.height),
            axis(x.width, y.width, w.kernel.width, w.stride.width, w.dilation.width, w.before.width),
            forward ? x.width : y.width, w.kernel.width, stride(), whole_vectors(channels_));
    }

    [[nodiscard]] int prologue_parts() const override { return 1; }
    void prologue(int /*part*/) override {
        const int whole = whole_vectors(channels_);
        for (int c = 0; c < whole; ++c) {  // [C][tap] → [tap][C], and the bias behind
            const bool valid = c < channels_;
            for (int t = 0; t < taps_; ++t) packed_[t * whole + c] = valid ? weight_[c * taps_ + t] : 0.0F;
            packed_[taps_ * whole + c] = valid && bias_ != nullptr ? bias_[c] : 0.0F;
        }
    }

    void map(const MapContext& context) override { map_rows(context, 0, lists_.height()); }

    void map_rows(const MapContext& context, int first, int last) override {
        const float* source = source_.at(context);
        float* target = target_.at(context);
        for (int ty = first; ty < last; ++ty)
            for (int tx = 0; tx < lists_.width();) {
                const auto list = lists_.at(ty, tx);
                const auto [count, apart] = lists_.run_from(tx);
                const float* x = source + list.source * stride();
                float* y = target + (int64_t{ty} * lists_.width() + tx) * stride();
                for (int i = 0; i < context.computed; ++i)
                    for (int c = 0; c < channels_; c += width) {
                        const int at = i * channels_ + c;
                        run(list, c, x + at, apart * stride(), y + at, count);
                    }
                tx += count;
            }
    }

  private:
    /// Positions worked on together: their sums, and what they share of a weight, stay in registers.
    static constexpr int most = tile_rows;

    [[nodiscard]] int64_t stride() const { return int64_t{block_} * channels_; }

    /// `count` positions of a vector of channels from c on. Sources are `apart` floats from each other.
    __attribute__((noinline)) void run(const TapLists::List& list, int c, const float* x, int64_t apart,
                                       float* y, int count) const {
        const int left = channels_ - c, valid = left < width ? left : width;
        for (; count >= most; count -= most, x += most * apart, y += most * stride())
            some<most>(list, c, x, apart, y, valid);
        for (; count > 0; --count, x += apart, y += stride()) some<1>(list, c, x, apart, y, valid);
    }

    template <int N>
    __attribute__((noinline)) void some(const TapLists::List& list, int c, const float* x, int64_t apart,
                                        float* y, int valid) const {
        Vec sum[N];
        const Vec bias = load(packed_ + int64_t{taps_} * whole_vectors(channels_) + c);
        unroll<N>([&](auto n) { sum[n] = bias; });
        for (int t = 0; t < list.count; ++t) {
            const Vec w = load(packed_ + list.taps[t].row + c);
            const float* from = x + list.taps[t].x;
            unroll<N>([&](auto n) { sum[n] = multiply_add(load(from + n * apart), w, sum[n]); });
        }
        alignas(64) float edge[N * width];
        float* const to = valid == width ? y : edge;
        const int64_t to_stride = valid == width ? stride() : width;
        unroll<N>([&](auto n) { store(to + n * to_stride, sum[n]); });
        if (valid == width) return;
        for (int n = 0; n < N; ++n)
            for (int k = 0; k < valid; ++k) y[n * stride() + k] = edge[n * width + k];
    }

    /// As the compiler's code for x · w + sum: relaxed WebAssembly rounds twice too, so that all of it gives the same
    /// bits.
    static CNNLAB_INLINE Vec multiply_add(Vec x, Vec w, Vec sum) {
#ifdef CNNLAB_ARCH_WASM
        return x * w + sum;
#else
        return madd(x, w, sum);
#endif
    }

    TapLists lists_;
    int taps_, channels_, block_;
    const float *weight_, *bias_;
    float* packed_;
    Buffer source_, target_;
};

}  // namespace cnnlab::cpu::CNNLAB_ARCH
