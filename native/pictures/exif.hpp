#pragma once

#include <cstdint>
#include <span>

namespace cnnlab {

/// How a camera was held, from the contents of a JPEG's APP1 segment: 1 (upright) … 8. 1 also where it says nothing
/// sensible. Source: CIPA DC-008 (EXIF), tag 0x0112.
int exif_orientation(std::span<const uint8_t> segment);

}  // namespace cnnlab
