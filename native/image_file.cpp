#include "native/image_file.hpp"

#include <stb/stb_image.h>
#include <stb/stb_image_write.h>

#include <algorithm>
#include <climits>
#include <memory>

#include "engine/core/error.hpp"
#include "native/file_bytes.hpp"
#include "native/jpeg.hpp"

namespace cnnlab {

namespace {

constexpr int64_t max_pixels = 100'000'000;

struct FreeStb {
    void operator()(stbi_uc* pixels) const { stbi_image_free(pixels); }
};

[[noreturn]] void fail(const std::string& place, const std::string& problem) {
    throw Error(ErrorCode::bad_file, place, problem, "remove the file or replace it by a PNG or JPEG image");
}

/// Drops the last of 2 or 4 channels, laying what is transparent on white.
Image on_white(const uint8_t* pixels, int height, int width, int channels) {
    const int kept = channels - 1;
    Image image(height, width, kept);
    for (size_t i = 0; i < image.pixels.size(); ++i) {
        const size_t pixel = i / static_cast<size_t>(kept), channel = i % static_cast<size_t>(kept);
        const uint8_t* from = pixels + pixel * static_cast<size_t>(channels);
        const int alpha = from[kept];
        image.pixels[i] = static_cast<uint8_t>((from[channel] * alpha + 255 * (255 - alpha) + 127) / 255);
    }
    return image;
}

/// Undoes an EXIF orientation. From 5 on rows and columns are exchanged; in each four, one is mirrored in x, one in y, one in both.
Image upright(const Image& image, int orientation) {
    const bool transposed = orientation >= 5;
    const bool mirror_x = orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
    const bool mirror_y = orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
    Image result(transposed ? image.width : image.height, transposed ? image.height : image.width, image.channels);
    for (int y = 0; y < result.height; ++y) {
        for (int x = 0; x < result.width; ++x) {
            int from_y = transposed ? x : y, from_x = transposed ? y : x;
            if (mirror_y) from_y = image.height - 1 - from_y;
            if (mirror_x) from_x = image.width - 1 - from_x;
            const uint8_t* from = image.at(from_y, from_x);
            std::copy(from, from + image.channels, result.at(y, x));
        }
    }
    return result;
}

void append_bytes(void* user, void* data, int size) {
    auto& bytes = *static_cast<std::vector<uint8_t>*>(user);
    const auto* from = static_cast<const uint8_t*>(data);
    bytes.insert(bytes.end(), from, from + size);
}

}  // namespace

Image decode_image(std::span<const uint8_t> bytes, const std::string& place) {
    if (bytes.empty()) fail(place, "is empty");
    if (bytes.size() > INT_MAX) fail(place, "is larger than 2 GiB");
    const int size = static_cast<int>(bytes.size());
    int width = 0, height = 0, channels = 0;
    if (stbi_info_from_memory(bytes.data(), size, &width, &height, &channels) == 0) {
        fail(place, std::string("is no image in PNG, JPEG, BMP or GIF format (") + stbi_failure_reason() + ")");
    }
    if (int64_t{width} * height > max_pixels) {
        fail(place, "has " + std::to_string(width) + "×" + std::to_string(height) + " pixels, more than 100 million");
    }
    const JpegFacts jpeg = inspect_jpeg(bytes);
    // The decoder would fill the rest with grey and say nothing.
    if (jpeg.is_truncated) fail(place, "is a truncated JPEG image");
    if (jpeg.is_corrupt) fail(place, "is a damaged JPEG image");

    const std::unique_ptr<stbi_uc, FreeStb> pixels(stbi_load_from_memory(bytes.data(), size, &width, &height, &channels, 0));
    if (!pixels) fail(place, std::string("is a damaged image (") + stbi_failure_reason() + ")");
    if (channels == 2 || channels == 4) return on_white(pixels.get(), height, width, channels);
    Image image(height, width, channels);
    std::copy(pixels.get(), pixels.get() + image.pixels.size(), image.pixels.begin());
    return jpeg.orientation == 1 ? image : upright(image, jpeg.orientation);
}

Image read_image(const std::filesystem::path& path) { return decode_image(read_file(path), path.string()); }

std::vector<uint8_t> encode_png(const Image& image) {
    std::vector<uint8_t> bytes;
    stbi_write_png_to_func(append_bytes, &bytes, image.width, image.height, image.channels, image.pixels.data(),
                           image.width * image.channels);
    return bytes;
}

void write_png(const std::filesystem::path& path, const Image& image) { write_file(path, encode_png(image)); }

}  // namespace cnnlab
