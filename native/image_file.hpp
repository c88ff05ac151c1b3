#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "native/image.hpp"

namespace cnnlab {

/// Decodes PNG, JPEG, BMP or GIF (its first frame) into 1 (grey) or 3 channels. Photographs are turned upright as their EXIF
/// orientation says; transparent pixels lie on white; 16-bit values keep their upper 8. Throws Error (bad_file, place) for bytes
/// that are no such image, truncated, or of more than 100 million pixels.
Image decode_image(std::span<const uint8_t> bytes, const std::string& place);

/// decode_image of a file. Throws Error also as read_file does.
Image read_image(const std::filesystem::path& path);

/// PNG bytes; the image has 1 or 3 channels.
std::vector<uint8_t> encode_png(const Image& image);

/// encode_png into a file. Throws Error as write_file does.
void write_png(const std::filesystem::path& path, const Image& image);

}  // namespace cnnlab
