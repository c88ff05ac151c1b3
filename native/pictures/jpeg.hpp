#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "native/pictures/image.hpp"

namespace cnnlab {

/// Whether the bytes start as a JPEG file does.
bool is_jpeg(std::span<const uint8_t> bytes);

/// Decodes a JPEG of any kind (baseline or progressive; grey, colour or CMYK) into 1 or 3 channels, turned upright by
/// its EXIF orientation. Throws Error (bad_file, place) for a file that is damaged, truncated, or of more than
/// `max_pixels`.
Image decode_jpeg(std::span<const uint8_t> bytes, const std::string& place, int64_t max_pixels);

}  // namespace cnnlab
