#include "engine/look/augmented.hpp"

#include <algorithm>
#include <cmath>

#include "engine/data/augment_image.hpp"

namespace cnnlab {

namespace {

uint8_t byte_of(double value) {
    return static_cast<uint8_t>(std::clamp(std::floor(value + 0.5), 0.0, 255.0));
}

}  // namespace

std::vector<uint8_t> augmented_picture(const uint8_t* pixels, const DatasetCard& card,
                                       const Augmentation& augment, uint64_t seed, uint32_t number) {
    const ImageShape& image = card.image;
    const auto draw = draw_augmentation(augment, {.seed = seed, .stream = stream_of("augment"), .step = 0},
                                        number, image.height, image.width, number, 0);
    std::vector<double> values(static_cast<size_t>(image.count()));
    augment_image(pixels, image, augment, draw, values);
    if (augment.cutout > 0) {
        const auto channels = static_cast<size_t>(image.channels);
        const auto from = [](int start, int extent) { return std::clamp(start, 0, extent); };
        for (int y = from(draw.cutout_y, image.height);
             y < from(draw.cutout_y + augment.cutout, image.height); ++y)
            for (int x = from(draw.cutout_x, image.width);
                 x < from(draw.cutout_x + augment.cutout, image.width); ++x)
                for (size_t k = 0; k < channels; ++k)
                    values[(static_cast<size_t>(y) * static_cast<size_t>(image.width) +
                            static_cast<size_t>(x)) *
                               channels +
                           k] = 255.0 * double{card.mean[k]};
    }
    std::vector<uint8_t> picture(values.size());
    std::transform(values.begin(), values.end(), picture.begin(), byte_of);
    return picture;
}

std::vector<AugmentationExample> augmentation_examples(const ImageShape& image) {
    const int shorter = std::min(image.height, image.width);
    const int crop = std::max(1, shorter / 8), cutout = std::max(1, shorter / 3);
    return {{"horizontal_flip", 1, {.horizontal_flip = true}},
            {"crop", static_cast<double>(crop), {.crop = crop}},
            {"rotation", 20, {.rotation = 20}},
            {"translation", 0.2, {.translation = 0.2F}},
            {"scaling", 0.3, {.scaling = 0.3F}},
            {"brightness", 0.3, {.brightness = 0.3F}},
            {"contrast", 0.7, {.contrast = 0.7F}},
            {"cutout", static_cast<double>(cutout), {.cutout = cutout}}};
}

}  // namespace cnnlab
