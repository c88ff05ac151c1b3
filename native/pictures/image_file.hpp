#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>

#include "native/pictures/image.hpp"

namespace cnnlab {

/// Decodes a PNG or JPEG into 1 (grey) or 3 channels. Turns photographs upright by their EXIF orientation, puts
/// transparent pixels on white, reduces 16-bit values to 8 bits.
/// Throws Error (bad_file, place) for bytes that are no such image, damaged, truncated, or of more than 100 million
/// pixels.
Image decode_image(std::span<const uint8_t> bytes, const std::string& place);

/// decode_image of a file. Throws Error also as read_file does.
Image read_image(const std::filesystem::path& path);

/// Writes an image of 1 or 3 channels as PNG. Throws Error as write_file does.
void write_png(const std::filesystem::path& path, const Image& image);

}  // namespace cnnlab
