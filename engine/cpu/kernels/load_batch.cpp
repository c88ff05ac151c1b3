#include <cstring>
#include <vector>

#include "engine/cpu/kernels/simd.hpp"

/// Legend
///   src  one stored image, uint8 [H][W][C]      out  its values in the block, [H][W] rows of 8 × C floats, image i
///        at i · C
///   line one of its rows as floats, normalised, with margins of `crop` pixels: [crop + W + crop][C]
namespace cnnlab::cpu::CNNLAB_ARCH {

namespace {

class LoadBatch : public Kernel {
  public:
    LoadBatch(const ops::LoadBatch& op, const Binding& b)
        : images_(b.buffer(op.images)),
          targets_(b.buffer(op.targets)),
          shape_(b.image(op.images)),
          augment_(op.augment),
          stream_(op.stream),
          floats_(op.floats),
          block_(b.images),
          scratch_(b.scratch) {
        const auto channels = static_cast<size_t>(shape_.channels);
        // Repeated over a row, so that pixels are normalised in whole vectors.
        for (size_t i = 0; i < channels * static_cast<size_t>(shape_.width); ++i) {
            scale_.push_back(1.0F / (255.0F * op.stddev[i % channels]));
            shift_.push_back(-op.mean[i % channels] / op.stddev[i % channels]);
        }
    }

    /// Floats of a line, and of what may be read beyond its last pixel.
    [[nodiscard]] static int64_t line_floats(const Augmentation& a, const ImageShape& shape) {
        return int64_t{2 * a.crop + shape.width} * shape.channels + small;
    }

    void map(const MapContext& c) override {
        float* out = images_.at(c);
        auto* targets = targets_.at<int32_t>(c);
        const Philox random{c.run->input.seed, stream_, c.run->input.step};
        Source sources[block_images];
        // Asked once: a second call would be a function that all instruction sets share.
        const bool moves = augment_.any();
        for (int i = 0; i < block_; ++i) {
            Source& source = sources[i];
            targets[i] = 0;
            if (i >= c.images) continue;
            const int64_t position = int64_t{c.block} * block_ + i;
            const uint32_t number = c.run->split.order[c.run->input.cursor + position];
            const int64_t bytes = shape_.count() * (floats_ ? int64_t{sizeof(float)} : 1);
            source.pixels = c.run->split.images + static_cast<int64_t>(number) * bytes;
            targets[i] = c.run->split.labels[number];
            if (moves)
                source.draw = draw_augmentation(augment_, random, static_cast<uint64_t>(position),
                                                shape_.height, shape_.width, number, c.run->input.epoch);
        }
        if (floats_)
            for (int i = 0; i < c.computed; ++i) copied(sources[i], out + i * shape_.channels);
        else if (augment_.warps() || augment_.recolours())
            for (int i = 0; i < c.computed; ++i) sampled(sources[i], out + i * shape_.channels);
        else if (shape_.channels == 3)
            moved<3>(sources, c.computed, out, scratch_.at(c), moves);
        else if (shape_.channels == 1)
            moved<1>(sources, c.computed, out, scratch_.at(c), moves);
        else
            moved<0>(sources, c.computed, out, scratch_.at(c), moves);
        if (augment_.cutout > 0)
            for (int i = 0; i < c.images; ++i) cut(sources[i].draw, out + i * shape_.channels);
    }

  private:
    /// One image of the block and how it is moved. Null behind the last valid image: filled with 0.
    struct Source {
        const uint8_t* pixels = nullptr;
        AugmentationDraw draw;
    };
    /// Floats moved at once, where a pixel has as many or fewer.
    static constexpr int small = 4;

    /// Calls f(y, x, channel, offset from the image's first value) in row-major order.
    template <class F>
    CNNLAB_INLINE void each_pixel(F&& f) const {
        const int64_t stride = int64_t{block_} * shape_.channels;
        int64_t at = 0;
        for (int y = 0; y < shape_.height; ++y)
            for (int x = 0; x < shape_.width; ++x, at += stride)
                for (int k = 0; k < shape_.channels; ++k) f(y, x, k, at + k);
    }

    /// Numbers that are no pixels, as they are.
    void copied(const Source& source, float* image) const {
        const uint8_t* at = source.pixels;
        const int64_t size = int64_t{shape_.channels} * static_cast<int64_t>(sizeof(float));
        for (int position = 0; position < shape_.height * shape_.width; ++position) {
            if (at == nullptr) {
                for (int k = 0; k < shape_.channels; ++k) image[k] = 0.0F;
            } else {
                __builtin_memcpy(image, at, static_cast<size_t>(size));
                at += size;
            }
            image += int64_t{block_} * shape_.channels;
        }
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

    /// Row y of the moved image, as a line. Not inlined: one copy serves all numbers of channels.
    __attribute__((noinline)) void fill(const Source& source, int y, float* line) const {
        const int channels = shape_.channels, values = shape_.width * channels,
                  margin = augment_.crop * channels;
        const int v = source.pixels == nullptr ? -1 : inside(y + source.draw.shift_y, shape_.height);
        if (v < 0) {
            const float valid = source.pixels == nullptr ? 0.0F : 1.0F;
            for (int j = -margin; j < values + margin; ++j)
                line[margin + j] = valid * shift_[static_cast<size_t>((j + margin) % channels)];
            return;
        }
        const uint8_t* src = source.pixels + int64_t{v} * values;
        float* row = line + margin;
        const float *scale = scale_.data(), *shift = shift_.data();
        for (int j = 0; j < values; ++j) row[j] = static_cast<float>(src[j]) * scale[j] + shift[j];
        for (int x = 1; x <= augment_.crop; ++x)
            for (const int outside : {-x, shape_.width - 1 + x}) {
                const int u = inside(outside, shape_.width);
                for (int k = 0; k < channels; ++k)
                    row[outside * channels + k] = u < 0 ? shift[k] : row[u * channels + k];
            }
    }

    /// Flip and shift by whole pixels, line by line, all images in turn at each position. C: channels, 0 for any
    /// number.
    /// Three channels are moved as four floats: the fourth lands where the next image or the next position follows. The
    /// last position has none behind it.
    template <int C>
    void moved(const Source (&sources)[block_images], int computed, float* out, float* lines,
               bool moves) const {
        const int channels = C > 0 ? C : shape_.channels;
        const int64_t line = line_floats(augment_, shape_), values = int64_t{shape_.width} * channels;
        if (has_room && block_ == 1 && !moves) {  // one image that does not move: its lines follow each other
            for (int y = 0; y < shape_.height; ++y) fill(sources[0], y, out + y * values);
            return;
        }
        for (int y = 0; y < shape_.height; ++y) {
            const float* at[block_images];
            int64_t apart[block_images];
            for (int i = 0; i < computed; ++i) {
                fill(sources[i], y, lines + i * line);
                const AugmentationDraw& draw = sources[i].draw;
                const int first = draw.flip ? shape_.width - 1 - draw.shift_x : draw.shift_x;
                at[i] = lines + i * line + int64_t{first + augment_.crop} * channels;
                apart[i] = draw.flip ? -channels : channels;
            }
            for (int x = 0; x < shape_.width; ++x, out += int64_t{block_} * channels) {
                const bool is_last = y + 1 == shape_.height && x + 1 == shape_.width;
                for (int i = 0; i < computed; ++i, at[i - 1] += apart[i - 1]) {
                    if constexpr (C == 3)
                        std::memcpy(out + i * C, at[i], (is_last ? C : small) * sizeof(float));
                    else
                        for (int k = 0; k < channels; ++k) out[i * channels + k] = at[i][k];
                }
            }
        }
    }

    /// One source pixel; black outside.
    [[nodiscard]] CNNLAB_INLINE float pixel(const uint8_t* src, int v, int u, int k) const {
        v = inside(v, shape_.height);
        u = inside(u, shape_.width);
        return v < 0 || u < 0 ? 0.0F : src[(int64_t{v} * shape_.width + u) * shape_.channels + k];
    }

    /// The general case: bilinear samples, then contrast and brightness.
    void sampled(const Source& source, float* image) const {
        if (source.pixels == nullptr) {
            each_pixel([&](int, int, int, int64_t at) { image[at] = 0.0F; });
            return;
        }
        const uint8_t* src = source.pixels;
        const AugmentationDraw& draw = source.draw;
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

    Buffer images_, targets_;
    ImageShape shape_;
    Augmentation augment_;
    uint32_t stream_;
    bool floats_;
    int block_;
    Buffer scratch_;
    std::vector<float> scale_, shift_;
};

}  // namespace

template <>
Traits CpuOp<ops::LoadBatch>::traits(const ops::LoadBatch& op, const Program& program, int /*shards*/) {
    Traits t = mapping();
    t.scratch_bytes = images_of_block(program) *
                      LoadBatch::line_floats(op.augment, ImageShape(program.shape(op.images))) * 4;
    return t;
}

template <>
std::unique_ptr<Kernel> CpuOp<ops::LoadBatch>::bind(const ops::LoadBatch& op, const Binding& b) {
    return std::make_unique<LoadBatch>(op, b);
}

}  // namespace cnnlab::cpu::CNNLAB_ARCH
