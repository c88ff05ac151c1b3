#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/fields.hpp"

namespace cnnlab {

/// A picture file's format.
enum class PictureFormat { none, png, jpeg, webp, gif, bmp, avif, heic, tiff };
template <>
struct EnumNames<PictureFormat> {
    static constexpr std::array<std::string_view, 9> names{"none", "png",  "jpeg", "webp", "gif",
                                                           "bmp",  "avif", "heic", "tiff"};
};

/// The format of which these bytes are, by how they begin. A file's name says nothing about it.
[[nodiscard]] PictureFormat picture_format(std::span<const uint8_t> bytes);

/// A picture file of which every decoder makes the same pixels.
struct PlainPicture {
    PictureFormat format = PictureFormat::none;
    int orientation = 1;  ///< by EXIF: how the pixels have to be turned, 1 (not at all) … 8
    std::vector<uint8_t> bytes;
};

/// Takes out of a PNG, JPEG or WebP what some decoders heed and others do not: colour profiles, gamma and the like, the
/// orientation (which is told instead), animation beside a PNG's own image. Enlarges a GIF's screen to its first image.
/// The values of the pixels are then those that stand in the file, as Pillow, torchvision and Keras read them, and no
/// colour management changes them. From where such a file makes no sense its bytes are left alone, for the decoder to
/// refuse. A BMP is rewritten and may throw as plain_bmp does.
[[nodiscard]] PlainPicture plain_picture(std::span<const uint8_t> bytes, const std::string& place);

}  // namespace cnnlab
