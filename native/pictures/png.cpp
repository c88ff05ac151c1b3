#include "native/pictures/png.hpp"

#include <png.h>

#include <algorithm>
#include <array>
#include <new>

#include "engine/core/error.hpp"

namespace cnnlab {

namespace {

/// libpng's reader and writer in memory, released at the end.
struct Codec {
    png_image png{};

    Codec() { png.version = PNG_IMAGE_VERSION; }
    ~Codec() { png_image_free(&png); }
    Codec(const Codec&) = delete;
    Codec& operator=(const Codec&) = delete;
};

/// Drops the last of 2 or 4 channels, laying what is transparent on white.
Image on_white(const Image& image) {
    const int kept = image.channels - 1;
    Image result(image.height, image.width, kept);
    for (size_t i = 0; i < result.pixels.size(); ++i) {
        const size_t pixel = i / static_cast<size_t>(kept), channel = i % static_cast<size_t>(kept);
        const uint8_t* from = image.pixels.data() + pixel * static_cast<size_t>(image.channels);
        const int alpha = from[kept];
        result.pixels[i] = static_cast<uint8_t>((from[channel] * alpha + 255 * (255 - alpha) + 127) / 255);
    }
    return result;
}

}  // namespace

bool is_png(std::span<const uint8_t> bytes) {
    constexpr std::array<uint8_t, 8> signature{0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};
    return bytes.size() >= signature.size() && std::equal(signature.begin(), signature.end(), bytes.begin());
}

Image decode_png(std::span<const uint8_t> bytes, const std::string& place, int64_t max_pixels) {
    const auto fail = [&](const std::string& problem) {
        throw Error(ErrorCode::bad_file, place, problem, "remove the file or replace it by a whole image");
    };
    Codec codec;
    png_image& png = codec.png;
    if (png_image_begin_read_from_memory(&png, bytes.data(), bytes.size()) == 0) {
        fail(std::string("is a damaged or truncated PNG image (") + png.message + ")");
    }
    if (int64_t{png.width} * png.height > max_pixels) {
        fail("has " + std::to_string(png.width) + "×" + std::to_string(png.height) + " pixels, more than " +
             std::to_string(max_pixels));
    }
    const bool has_alpha = (png.format & PNG_FORMAT_FLAG_ALPHA) != 0;
    png.format &= PNG_FORMAT_FLAG_COLOR | PNG_FORMAT_FLAG_ALPHA;  // 8 bits a value, no palette
    png.flags |=
        PNG_IMAGE_FLAG_16BIT_sRGB;  // 16-bit values without a gamma are brightnesses as in any other picture
    Image image(static_cast<int>(png.height), static_cast<int>(png.width),
                static_cast<int>(PNG_IMAGE_SAMPLE_CHANNELS(png.format)));
    if (png_image_finish_read(&png, nullptr, image.pixels.data(), 0, nullptr) == 0) {
        fail(std::string("is a damaged or truncated PNG image (") + png.message + ")");
    }
    return has_alpha ? on_white(image) : image;
}

std::vector<uint8_t> encode_png(const Image& image) {
    Codec codec;
    png_image& png = codec.png;
    png.width = static_cast<png_uint_32>(image.width);
    png.height = static_cast<png_uint_32>(image.height);
    png.format = image.channels == 3 ? PNG_FORMAT_RGB : PNG_FORMAT_GRAY;
    png_alloc_size_t size = PNG_IMAGE_PNG_SIZE_MAX(png);
    std::vector<uint8_t> bytes(size);
    if (png_image_write_to_memory(&png, bytes.data(), &size, 0, image.pixels.data(), 0, nullptr) == 0)
        throw std::bad_alloc();
    bytes.resize(size);
    return bytes;
}

}  // namespace cnnlab
