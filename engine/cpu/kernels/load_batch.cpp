#include <vector>

#include "engine/cpu/kernels/simd.hpp"

/// Legend
///   src  one stored image, uint8 [H][W][C]      out  its place in the block, [H][W] rows of 8 × C floats, image i at i · C
namespace cnnlab::cpu::CNNLAB_ARCH {

namespace {

class LoadBatch : public Kernel {
  public:
    LoadBatch(const ops::LoadBatch& op, const Binding& b)
        : images_(b.place(op.images)),
          targets_(b.place(op.targets)),
          shape_(b.image(op.images)),
          augment_(op.augment),
          stream_(op.stream),
          scale_(op.stddev.size()),
          shift_(op.stddev.size()) {
        for (size_t c = 0; c < scale_.size(); ++c) {
            scale_[c] = 1.0F / (255.0F * op.stddev[c]);
            shift_[c] = -op.mean[c] / op.stddev[c];
        }
    }

    void map(const MapContext& c) override {
        float* out = images_.at(c);
        auto* targets = targets_.at<int32_t>(c);
        const int64_t pixels = shape_.count();
        const Philox random{c.step->input.seed, stream_, c.step->input.step};
        for (int i = 0; i < block_images; ++i) {
            float* image = out + i * shape_.channels;
            if (i >= c.images) {
                targets[i] = 0;
                if (i >= c.computed) continue;  // nobody looks at it
                each_pixel([&](int, int, int, int64_t at) { image[at] = 0.0F; });
                continue;
            }
            const int64_t position = int64_t{c.block} * block_images + i;
            const uint32_t number = c.step->split.order[c.step->input.cursor + position];
            const uint8_t* src = c.step->split.images + static_cast<int64_t>(number) * pixels;
            targets[i] = c.step->split.labels[number];
            if (!augment_.any()) {
                const uint8_t* p = src;
                each_pixel([&](int, int, int k, int64_t at) { image[at] = normalised(*p++, k); });
                continue;
            }
            const AugmentationDraw draw =
                draw_augmentation(augment_, random, static_cast<uint64_t>(position), shape_.height,
                                  shape_.width, number, c.step->input.epoch);
            if (augment_.warps() || augment_.recolours())
                sampled(src, draw, image);
            else
                moved(src, draw, image);
            if (augment_.cutout > 0) cut(draw, image);
        }
    }

  private:
    /// Calls f(y, x, channel, offset from the image's first value) in row-major order.
    template <class F>
    CNNLAB_INLINE void each_pixel(F&& f) const {
        const int64_t step = int64_t{block_images} * shape_.channels;
        int64_t at = 0;
        for (int y = 0; y < shape_.height; ++y)
            for (int x = 0; x < shape_.width; ++x, at += step)
                for (int k = 0; k < shape_.channels; ++k) f(y, x, k, at + k);
    }

    [[nodiscard]] CNNLAB_INLINE float normalised(float pixel, int channel) const {
        return pixel * scale_[static_cast<size_t>(channel)] + shift_[static_cast<size_t>(channel)];
    }

    /// A source coordinate inside the image, or −1 for black.
    [[nodiscard]] CNNLAB_INLINE int inside(int i, int extent) const {
        if (i >= 0 && i < extent) return i;
        return augment_.padding == CropPadding::reflect ? reflected(i, extent) : -1;
    }
    [[nodiscard]] static CNNLAB_INLINE int reflected(int i, int extent) {
        if (extent == 1) return 0;
        const int period = 2 * (extent - 1);
        i = (i < 0 ? -i : i) % period;
        return i < extent ? i : period - i;
    }

    /// Flip and shift by whole pixels: rows are copied.
    void moved(const uint8_t* src, const AugmentationDraw& draw, float* image) const {
        const int64_t step = int64_t{block_images} * shape_.channels;
        for (int y = 0; y < shape_.height; ++y) {
            const int v = inside(y + draw.shift_y, shape_.height);
            for (int x = 0; x < shape_.width; ++x) {
                const int moved_x = x + draw.shift_x,
                          u = inside(draw.flip ? shape_.width - 1 - moved_x : moved_x, shape_.width);
                const bool black = v < 0 || u < 0;
                const uint8_t* p = src + (int64_t{v} * shape_.width + u) * shape_.channels;
                float* out = image + (int64_t{y} * shape_.width + x) * step;
                for (int k = 0; k < shape_.channels; ++k) out[k] = normalised(black ? 0.0F : p[k], k);
            }
        }
    }

    /// One source pixel, black outside.
    [[nodiscard]] CNNLAB_INLINE float pixel(const uint8_t* src, int v, int u, int k) const {
        v = inside(v, shape_.height);
        u = inside(u, shape_.width);
        return v < 0 || u < 0 ? 0.0F : src[(int64_t{v} * shape_.width + u) * shape_.channels + k];
    }

    /// The general case: bilinear samples, then contrast and brightness.
    void sampled(const uint8_t* src, const AugmentationDraw& draw, float* image) const {
        const float cy = 0.5F * static_cast<float>(shape_.height - 1),
                    cx = 0.5F * static_cast<float>(shape_.width - 1);
        const bool warps = augment_.warps();
        double sum = 0;
        each_pixel([&](int y, int x, int k, int64_t at) {
            const int my = y + draw.shift_y,
                      mx = draw.flip ? shape_.width - 1 - (x + draw.shift_x) : x + draw.shift_x;
            float value = 0;
            if (warps) {
                const float ry = static_cast<float>(my) - cy - draw.offset_y,
                            rx = static_cast<float>(mx) - cx - draw.offset_x;
                const float v = cy + draw.matrix[0] * ry + draw.matrix[1] * rx,
                            u = cx + draw.matrix[2] * ry + draw.matrix[3] * rx;
                const float fv = __builtin_floorf(v), fu = __builtin_floorf(u), wv = v - fv, wu = u - fu;
                const int iv = static_cast<int>(fv), iu = static_cast<int>(fu);
                value = (1 - wv) * ((1 - wu) * pixel(src, iv, iu, k) + wu * pixel(src, iv, iu + 1, k)) +
                        wv * ((1 - wu) * pixel(src, iv + 1, iu, k) + wu * pixel(src, iv + 1, iu + 1, k));
            } else {
                value = pixel(src, my, mx, k);
            }
            image[at] = value;
            sum += value;
        });
        const auto mean = static_cast<float>(sum / static_cast<double>(shape_.count()));
        const bool recolours = augment_.recolours();
        each_pixel([&](int, int, int k, int64_t at) {
            float value = image[at];
            if (recolours) {
                value = mean + draw.contrast * (value - mean) + draw.brightness;
                value = value < 0.0F ? 0.0F : value > 255.0F ? 255.0F : value;
            }
            image[at] = normalised(value, k);
        });
    }

    void cut(const AugmentationDraw& draw, float* image) const {
        each_pixel([&](int y, int x, int, int64_t at) {
            const bool hit = y >= draw.cutout_y && y < draw.cutout_y + augment_.cutout &&
                             x >= draw.cutout_x && x < draw.cutout_x + augment_.cutout;
            if (hit) image[at] = 0.0F;
        });
    }

    Place images_, targets_;
    ImageShape shape_;
    Augmentation augment_;
    uint32_t stream_;
    std::vector<float> scale_, shift_;
};

}  // namespace

template <>
Traits CpuOp<ops::LoadBatch>::traits(const ops::LoadBatch& /*op*/, const Program& /*program*/,
                                     int /*lanes*/) {
    return mapping();
}

template <>
std::unique_ptr<Kernel> CpuOp<ops::LoadBatch>::bind(const ops::LoadBatch& op, const Binding& b) {
    return std::make_unique<LoadBatch>(op, b);
}

}  // namespace cnnlab::cpu::CNNLAB_ARCH
