#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "engine/data/augmentation.hpp"
#include "engine/data/dataset.hpp"

namespace cnnlab {

/// One image [H, W, C] as training would see it, as a picture: augment_image, then the square that cutout blanks, in
/// the card's mean colour; each byte rounded. The draw is the one for position `number` of a training's first step and
/// image `number` of its first epoch, with this seed.
[[nodiscard]] std::vector<uint8_t> augmented_picture(const uint8_t* pixels, const DatasetCard& card,
                                                     const Augmentation& augment, uint64_t seed,
                                                     uint32_t number);

/// One kind of change alone, strong enough to see.
struct AugmentationExample {
    std::string_view field;  ///< of Augmentation: "rotation"
    double value;            ///< 1 for one that is on or off
    Augmentation augment;
};

/// Each field that changes an image by itself, in the order of Augmentation::fields(). `cutout` is a third of the
/// image's shorter side.
[[nodiscard]] std::vector<AugmentationExample> augmentation_examples(const ImageShape& image);

}  // namespace cnnlab
