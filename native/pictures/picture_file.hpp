#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "engine/core/shape.hpp"
#include "native/pictures/image.hpp"

namespace cnnlab {

constexpr size_t largest_picture = size_t{1} << 28U;  ///< bytes of a file

/// Reads a picture as a network takes it: PNG, JPEG, WebP, BMP or the first image of a GIF, known by its contents and
/// not by its name; turned upright, cut, converted and resized to `shape` (engine/data/picture_fit.hpp). Transparent
/// pixels lie on white, 16-bit values become 8-bit ones, colour profiles and gamma are not heeded.
/// Throws Error (bad_file, place) for bytes that are no such picture, damaged, truncated, or of too many pixels.
[[nodiscard]] Image decode_picture(std::span<const uint8_t> bytes, const std::string& place,
                                   const ImageShape& shape);

/// The picture in its own size, with 1 or 3 channels.
[[nodiscard]] Image decode_picture(std::span<const uint8_t> bytes, const std::string& place);

/// decode_picture of a file of at most largest_picture bytes. Throws Error also as read_file does.
[[nodiscard]] Image read_picture(const std::filesystem::path& path, const ImageShape& shape);

/// PNG bytes of an image with 1 or 3 channels.
[[nodiscard]] std::vector<uint8_t> encode_png(const Image& image);

/// Writes an image of 1 or 3 channels as PNG. Throws Error as write_file does.
void write_png(const std::filesystem::path& path, const Image& image);

}  // namespace cnnlab
