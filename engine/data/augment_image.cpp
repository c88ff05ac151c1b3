#include "engine/data/augment_image.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace cnnlab {

namespace {

/// One image of a split; pixels outside it as the augmentation says.
struct AugmentSource {
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
double moved(const AugmentSource& source, const Augmentation& augment, const AugmentationDraw& draw, int y,
             int x, int channel) {
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

}  // namespace

void augment_image(const uint8_t* pixels, const ImageShape& image, const Augmentation& augment,
                   const AugmentationDraw& draw, std::span<double> result) {
    const AugmentSource source{pixels, image, augment.padding};
    size_t i = 0;
    for (int y = 0; y < image.height; ++y)
        for (int x = 0; x < image.width; ++x)
            for (int k = 0; k < image.channels; ++k) result[i++] = moved(source, augment, draw, y, x, k);
    if (!augment.recolours()) return;
    // contrast about the image's mean, then brightness
    const double mean =
        std::accumulate(result.begin(), result.end(), 0.0) / static_cast<double>(result.size());
    for (double& value : result)
        value =
            std::clamp(mean + double{draw.contrast} * (value - mean) + double{draw.brightness}, 0.0, 255.0);
}

}  // namespace cnnlab
