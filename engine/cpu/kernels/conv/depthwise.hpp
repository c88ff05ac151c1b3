#pragma once

#include "engine/cpu/kernels/conv/conv_product.hpp"
#include "engine/cpu/kernels/conv/depthwise_three.hpp"

namespace cnnlab::cpu::CNNLAB_ARCH {

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
              const Binding& b, Buffer source, Buffer target, bool forward, const ops::Finish& finish)
        : taps_(w.taps()),
          channels_(x.channels),
          block_(b.images),
          weight_(weight),
          bias_(bias),
          packed_(reinterpret_cast<float*>(b.storage)),
          source_(source),
          target_(target),
          finisher_(finish, b, y, 1, 1, packed_ + int64_t{taps_ + 1} * whole_vectors(channels_)) {
        const auto axis = forward ? AxisTaps::forward : AxisTaps::backward;
        lists_ = TapLists(
            axis(x.height, y.height, w.kernel.height, w.stride.height, w.dilation.height, w.before.height),
            axis(x.width, y.width, w.kernel.width, w.stride.width, w.dilation.width, w.before.width),
            forward ? x.width : y.width, w.kernel.width, stride(), whole_vectors(channels_));
        if (w.kernel != cnnlab::Pair{3} || w.dilation.width != 1 || w.stride.width > 2) return;
        // The input's gradient: only whole vectors.
        if (!forward && channels_ % width != 0) return;
        source_width_ = forward ? x.width : y.width;
        two_apart_ = !forward && w.stride.width == 2;
        if (two_apart_) {
            before_ = w.before.width;
            return;
        }
        across_ = w.stride.width;
        reversed_ = !forward;
        before_ = forward ? w.before.width : 2 - w.before.width;
    }

    [[nodiscard]] int prologue_parts() const override { return 1; }
    void prologue(int /*part*/) override {
        const int whole = whole_vectors(channels_);
        finisher_.prologue();
        for (int c = 0; c < whole; ++c) {  // [C][tap] → [tap][C], and the bias behind
            const bool valid = c < channels_;
            for (int t = 0; t < taps_; ++t) {
                const int from = reversed_ ? t / 3 * 3 + 2 - t % 3 : t;
                packed_[t * whole + c] = valid ? weight_[c * taps_ + from] : 0.0F;
            }
            packed_[taps_ * whole + c] = valid && bias_ != nullptr ? bias_[c] : 0.0F;
        }
    }

    void map(const MapContext& context) override { map_rows(context, 0, lists_.height()); }

    void map_rows(const MapContext& context, int first, int last) override {
        const float* source = source_.at(context);
        float* target = target_.at(context);
        finisher_.strips(context, target, first, last, finish_in_store,
                         [&](const Finish* finish, int from, int to) {
                             if (across_ > 0) return map_three(context, source, target, finish, from, to);
                             if (has_room && two_apart_) return map_two(context, source, target, from, to);
                             map_any(context, source, target, finish, from, to);
                         });
    }

  private:
    /// Positions worked on together: their sums, and what they share of a weight, stay in registers.
    static constexpr int most = tile_rows;

    [[nodiscard]] int64_t stride() const { return int64_t{block_} * channels_; }

    void map_any(const MapContext& context, const float* source, float* target, const Finish* finish,
                 int first, int last) const {
        for (int ty = first; ty < last; ++ty)
            for (int tx = 0; tx < lists_.width();) {
                const auto list = lists_.at(ty, tx);
                const auto [count, apart] = lists_.run_from(tx);
                const float* x = source + list.source * stride();
                float* y = target + (int64_t{ty} * lists_.width() + tx) * stride();
                for (int i = 0; i < context.computed; ++i)
                    for (int c = 0; c < channels_; c += width) {
                        const int at = i * channels_ + c;
                        run(list, c, x + at, apart * stride(), y + at, count, finish);
                    }
                tx += count;
            }
    }

    /// Windows of 3×3 without dilation. Positions beside each other share their sources in registers, positions below
    /// each other in the cache: so some columns of some channels are done from top to bottom.
    void map_three(const MapContext& context, const float* source, float* target, const Finish* finish,
                   int first, int last) const {
        const int rest = channels_ % width;
        ThreeWide w;
        w.padded = whole_vectors(channels_);
        w.apart = stride();
        w.next = int64_t{across_} * source_width_ * stride();
        w.bias = packed_ + int64_t{taps_} * w.padded;
        for (int tx = 0, some; tx < lists_.width(); tx += some) {
            some = three_wide_positions(lists_.width() - tx, lists_.width());
            const int from = tx * across_ - before_, columns = (some - 1) * across_ + 3;
            w.begin = from < 0 ? -from : 0;
            w.end = source_width_ - from < columns ? source_width_ - from : columns;
            for (w.channel = 0; w.channel < channels_; w.channel += most_channels) {
                w.channels = channels_ - w.channel < most_channels ? channels_ - w.channel : most_channels;
                for (int ty = first; ty < last; ++ty) {
                    w.count = 0;
                    for (const auto* row = lists_.rows().begin(ty); row != lists_.rows().end(ty); ++row) {
                        w.x[w.count] = source + (int64_t{row->source} * source_width_ + from) * stride();
                        w.w[w.count++] = packed_ + int64_t{row->tap} * 3 * w.padded;
                    }
                    float* y = target + (int64_t{ty} * lists_.width() + tx) * stride();
                    for (int i = 0; i < context.computed; ++i, y += channels_) {
                        across_ == 1 ? three_wide<1>(w, some, y, finish) : three_wide<2>(w, some, y, finish);
                        for (int r = 0; r < w.count; ++r) w.x[r] += channels_;
                    }
                }
            }
            if (rest > 0) rest_of(context, source, target, finish, {tx, some, first, last});
        }
    }

    /// The input's gradient of windows of 3×3 two columns apart, in the same order.
    void map_two(const MapContext& context, const float* source, float* target, int first, int last) const {
        constexpr int pairs = 4;
        TwoApart p;
        p.sources = source_width_;
        p.targets = lists_.width();
        p.padded = whole_vectors(channels_);
        p.apart = stride();
        for (p.q = before_ / 2; 2 * p.q - before_ < p.targets; p.q += pairs) {
            p.column = 2 * p.q - before_;
            for (p.channel = 0; p.channel < channels_; p.channel += most_channels) {
                p.channels = p.channel + most_channels < channels_ ? p.channel + most_channels : channels_;
                for (int ty = first; ty < last; ++ty) {
                    p.count = 0;
                    for (const auto* row = lists_.rows().begin(ty); row != lists_.rows().end(ty); ++row) {
                        p.dy[p.count] = source + (int64_t{row->source} * source_width_ + p.q) * stride();
                        p.w[p.count++] = packed_ + int64_t{row->tap} * 3 * p.padded;
                    }
                    float* dx = target + (int64_t{ty} * p.targets + p.column) * stride();
                    for (int i = 0; i < context.computed; ++i, dx += channels_) {
                        two_apart<pairs>(p, dx);
                        for (int r = 0; r < p.count; ++r) p.dy[r] += channels_;
                    }
                }
            }
        }
    }

    /// Some columns of some rows.
    struct Positions {
        int tx, some, first, last;
    };

    /// The last channels of some positions, which do not fill a vector.
    void rest_of(const MapContext& context, const float* source, float* target, const Finish* finish,
                 Positions p) const {
        const int valid = channels_ % width, c = channels_ - valid;
        for (int ty = p.first; ty < p.last; ++ty)
            for (int tx = p.tx; tx < p.tx + p.some; ++tx) {
                const auto list = lists_.at(ty, tx);
                for (int i = 0; i < context.computed; ++i)
                    some<1>(list, c, source + list.source * stride() + i * channels_ + c, 0,
                            target + (int64_t{ty} * lists_.width() + tx) * stride() + i * channels_ + c,
                            valid, finish);
            }
    }

    /// Channels whose rows of a window stay in the L1 cache.
    static constexpr int most_channels = 128;

    /// `count` positions of a vector of channels from c on. Sources are `apart` floats from each other.
    __attribute__((noinline)) void run(const TapLists::List& list, int c, const float* x, int64_t apart,
                                       float* y, int count, const Finish* finish) const {
        const int left = channels_ - c, valid = left < width ? left : width;
        for (; count >= most; count -= most, x += most * apart, y += most * stride())
            some<most>(list, c, x, apart, y, valid, finish);
        for (; count > 0; --count, x += apart, y += stride()) some<1>(list, c, x, apart, y, valid, finish);
    }

    template <int N>
    __attribute__((noinline)) void some(const TapLists::List& list, int c, const float* x, int64_t apart,
                                        float* y, int valid, const Finish* finish) const {
        Vec sum[N];
        const Vec bias = load(packed_ + int64_t{taps_} * whole_vectors(channels_) + c);
        unroll<N>([&](auto n) { sum[n] = bias; });
        for (int t = 0; t < list.count; ++t) {
            const Vec w = load(packed_ + list.taps[t].row + c);
            const float* from = x + list.taps[t].x;
            unroll<N>([&](auto n) { sum[n] = multiply_add(load(from + n * apart), w, sum[n]); });
        }
        if (finish_in_store && finish != nullptr) {
            const float* addend = finish->addend_of(y);
            unroll<N>([&](auto n) {
                sum[n] =
                    finished(*finish, sum[n], c, addend == nullptr ? nullptr : addend + n * stride(), valid);
            });
        }
        alignas(64) float edge[N * width];
        float* const to = valid == width ? y : edge;
        const int64_t to_stride = valid == width ? stride() : width;
        unroll<N>([&](auto n) { store(to + n * to_stride, sum[n]); });
        if (valid == width) return;
        for (int n = 0; n < N; ++n)
            for (int k = 0; k < valid; ++k) y[n * stride() + k] = edge[n * width + k];
    }

    TapLists lists_;
    int taps_, channels_, block_;
    int across_ = 0;          ///< of windows that map_three() can do: their stride; else 0
    bool reversed_ = false;   ///< map_three() goes through the taps of a row from the last to the first
    bool two_apart_ = false;  ///< map_two() does them
    int before_ = 0, source_width_ = 0;
    const float *weight_, *bias_;
    float* packed_;
    Buffer source_, target_;
    Finisher finisher_;
};

}  // namespace cnnlab::cpu::CNNLAB_ARCH
