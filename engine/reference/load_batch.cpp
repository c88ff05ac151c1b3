#include <algorithm>
#include <cmath>

#include "engine/reference/kernels.hpp"

namespace cnnlab::reference {

namespace {

/// One image of the split; pixels outside it as the augmentation says.
struct Source {
    const uint8_t* pixels;
    ImageShape image;
    CropPadding padding;

    [[nodiscard]] double at(int y, int x, int channel) const {
        if (padding == CropPadding::reflect) {
            y = reflect(y, image.height);
            x = reflect(x, image.width);
        }
        if (y < 0 || y >= image.height || x < 0 || x >= image.width) return 0;
        return pixels[(y * image.width + x) * image.channels + channel];
    }
    /// Between pixels: the four neighbours, each weighted by its nearness.
    [[nodiscard]] double at(double v, double u, int channel) const {
        const int y = static_cast<int>(std::floor(v)), x = static_cast<int>(std::floor(u));
        const double down = v - y, right = u - x;
        return (1 - down) * (1 - right) * at(y, x, channel) + (1 - down) * right * at(y, x + 1, channel) +
               down * (1 - right) * at(y + 1, x, channel) + down * right * at(y + 1, x + 1, channel);
    }
};

/// The pixel that comes to (y, x).
double moved(const Source& source, const Augmentation& augment, const AugmentationDraw& draw, int y, int x,
             int channel) {
    y += draw.shift_y;
    x += draw.shift_x;
    if (draw.flip) x = source.image.width - 1 - x;
    if (!augment.warps()) return source.at(y, x, channel);
    const double centre_y = (source.image.height - 1) / 2.0, centre_x = (source.image.width - 1) / 2.0;
    const double dy = y - centre_y - double{draw.offset_y}, dx = x - centre_x - double{draw.offset_x};
    const auto& m = draw.matrix;
    return source.at(centre_y + double{m[0]} * dy + double{m[1]} * dx,
                     centre_x + double{m[2]} * dy + double{m[3]} * dx, channel);
}

/// Contrast about the image's mean, then brightness.
void recolour(auto&& image, const AugmentationDraw& draw) {
    const double mean = xt::mean(image)();
    image = xt::clip(mean + double{draw.contrast} * (image - mean) + double{draw.brightness}, 0.0, 255.0);
}

}  // namespace

void run(const ops::LoadBatch& op, Context& c) {
    const ImageShape shape = c.image(op.images);
    const Philox random{c.input.seed, op.stream, c.input.step};
    Array images = c.zeros(op.images), targets = c.zeros(op.targets);
    const std::vector<double> mean(op.mean.begin(), op.mean.end()),
        stddev(op.stddev.begin(), op.stddev.end());
    const Array means = xt::adapt(mean), stddevs = xt::adapt(stddev);
    for (int n = 0; n < c.input.count; ++n) {
        const size_t number = c.split.order[static_cast<size_t>(c.input.cursor + n)];
        const Source source{c.split.data.images.data() + number * static_cast<size_t>(shape.count()), shape,
                            op.augment.padding};
        const auto draw = draw_augmentation(op.augment, random, static_cast<uint64_t>(n), shape.height,
                                            shape.width, static_cast<uint32_t>(number), c.input.epoch);
        auto image = xt::view(images, n);
        for (int y = 0; y < shape.height; ++y)
            for (int x = 0; x < shape.width; ++x)
                for (int k = 0; k < shape.channels; ++k)
                    image(y, x, k) = moved(source, op.augment, draw, y, x, k);
        if (op.augment.recolours()) recolour(image, draw);
        image = (image / 255.0 - means) / stddevs;
        if (op.augment.cutout > 0) {
            const auto span = [&](int start, int extent) {
                return xt::range(std::clamp(start, 0, extent),
                                 std::clamp(start + op.augment.cutout, 0, extent));
            };
            xt::view(image, span(draw.cutout_y, shape.height), span(draw.cutout_x, shape.width), xt::all()) =
                0.0;
        }
        targets.data()[n] = c.split.data.labels[number];
    }
    c[op.images] = images;
    c[op.targets] = targets;
}

}  // namespace cnnlab::reference
