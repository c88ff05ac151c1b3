#pragma once

#include <cstdint>
#include <span>

#include "engine/core/shape.hpp"
#include "engine/data/augmentation_draw.hpp"

namespace cnnlab {

/// Moves and recolours one image [H, W, C] as its draw says: steps 1 and 2 of Augmentation, as its docstring and
/// AugmentationDraw's define them. In double, from 0 to 255, not rounded. `result` has as many numbers as the image.
void augment_image(const uint8_t* pixels, const ImageShape& image, const Augmentation& augment,
                   const AugmentationDraw& draw, std::span<double> result);

}  // namespace cnnlab
