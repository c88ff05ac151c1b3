#pragma once

#include "engine/cpu/kernels/axis_taps.hpp"
#include "engine/cpu/kernels/simd.hpp"

namespace cnnlab::cpu::CNNLAB_ARCH {

/// One filter a channel: there is no product to tile, so a vector holds channels.
[[nodiscard]] inline bool is_depthwise(int groups, ImageShape x, ImageShape y) {
    return groups > 1 && groups == x.channels && groups == y.channels;
}
[[nodiscard]] inline int64_t depthwise_storage(const Window& w, ImageShape x) {
    return int64_t{w.taps()} * x.channels * 4;
}

/// target[p][i][c] = bias[c] + Σ_taps source[p′][i][c] · weight[tap][c]: forward or, with the taps reversed, the
/// input's gradient.
class Depthwise : public Kernel {
  public:
    Depthwise(const Window& w, ImageShape x, ImageShape y, const float* weight, const float* bias,
              float* packed, Buffer source, Buffer target, bool forward)
        : taps_(w.taps()),
          kernel_width_(w.kernel.width),
          channels_(x.channels),
          source_width_(forward ? x.width : y.width),
          weight_(weight),
          bias_(bias),
          packed_(packed),
          source_(source),
          target_(target) {
        const auto axis = forward ? AxisTaps::forward : AxisTaps::backward;
        rows_ =
            axis(x.height, y.height, w.kernel.height, w.stride.height, w.dilation.height, w.before.height);
        columns_ = axis(x.width, y.width, w.kernel.width, w.stride.width, w.dilation.width, w.before.width);
    }

    [[nodiscard]] int prologue_parts() const override { return 1; }
    void prologue(int /*part*/) override {
        for (int c = 0; c < channels_; ++c)  // [C][tap] → [tap][C]
            for (int t = 0; t < taps_; ++t) packed_[t * channels_ + c] = weight_[c * taps_ + t];
    }

    void map(const MapContext& context) override {
        const float* source = source_.at(context);
        float* y = target_.at(context);
        const int64_t stride = int64_t{block_images} * channels_;
        for (int ty = 0; ty < rows_.targets(); ++ty)
            for (int tx = 0; tx < columns_.targets(); ++tx, y += stride) {
                for (int i = 0; i < block_images; ++i)
                    for (int c = 0; c < channels_; ++c)
                        y[i * channels_ + c] = bias_ != nullptr ? bias_[c] : 0.0F;
                for (const auto* r = rows_.begin(ty); r != rows_.end(ty); ++r)
                    for (const auto* q = columns_.begin(tx); q != columns_.end(tx); ++q) {
                        const float* x = source + (int64_t{r->source} * source_width_ + q->source) * stride;
                        const float* w = packed_ + (r->tap * kernel_width_ + q->tap) * channels_;
                        for (int i = 0; i < block_images; ++i)
                            for (int c = 0; c < channels_; ++c)
                                y[i * channels_ + c] += x[i * channels_ + c] * w[c];
                    }
            }
    }

  private:
    AxisTaps rows_, columns_;
    int taps_, kernel_width_, channels_, source_width_;
    const float *weight_, *bias_;
    float* packed_;
    Buffer source_, target_;
};

}  // namespace cnnlab::cpu::CNNLAB_ARCH
