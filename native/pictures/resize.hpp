#pragma once

#include "engine/core/shape.hpp"
#include "native/pictures/image.hpp"

namespace cnnlab {

/// 1 or 3 channels: grey is .299 red + .587 green + .114 blue (ITU-R BT.601); a grey image is repeated in all three.
Image convert_channels(const Image& image, int channels);

/// Cuts away from the longer side, equally at both ends, what the aspect ratio width / height does not need.
Image crop_to_aspect(const Image& image, double aspect);

/// Resizes each axis on its own. Shrinking: a pixel is the mean of the area that it covers. Enlarging: linear
/// interpolation between pixel centres, the outermost continued.
Image resize(const Image& image, int height, int width);

/// Any image as a network takes it: cropped, converted and resized to `shape` (1 or 3 channels).
Image fit_image(const Image& image, const ImageShape& shape);

}  // namespace cnnlab
