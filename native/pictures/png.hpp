#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "native/pictures/image.hpp"

namespace cnnlab {

/// Whether the bytes start as a PNG file does.
bool is_png(std::span<const uint8_t> bytes);

/// Decodes a PNG of any kind into 1 or 3 channels; transparent pixels lie on white, 16-bit values become 8-bit ones.
/// Throws Error (bad_file, place) for a file that is damaged, truncated, or of more than `max_pixels`.
Image decode_png(std::span<const uint8_t> bytes, const std::string& place, int64_t max_pixels);

/// PNG bytes of an image with 1 or 3 channels.
std::vector<uint8_t> encode_png(const Image& image);

}  // namespace cnnlab
