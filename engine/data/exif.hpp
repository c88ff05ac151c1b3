#pragma once

#include <cstdint>
#include <span>

namespace cnnlab {

/// How a camera was held, from the EXIF data of a picture file: 1 (upright) … 8. 1 also where they say nothing
/// sensible. They are a TIFF structure, before which JPEG and some writers of WebP put "Exif", 0, 0. Source:
/// CIPA DC-008 (EXIF), tag 0x0112.
[[nodiscard]] int exif_orientation(std::span<const uint8_t> bytes);

}  // namespace cnnlab
