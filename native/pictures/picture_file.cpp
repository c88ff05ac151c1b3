#include "native/pictures/picture_file.hpp"

#include <algorithm>
#include <cctype>

#include "engine/core/error.hpp"
#include "engine/data/picture_bytes.hpp"
#include "engine/data/picture_fit.hpp"
#include "native/pictures/picture_decoder.hpp"
#include "native/system/file_bytes.hpp"

namespace cnnlab {

namespace {

[[noreturn]] void fail_format(const std::string& place, const std::string& problem) {
    throw Error(ErrorCode::bad_file, place, problem,
                "remove the file or convert it to PNG, JPEG, WebP, BMP or GIF");
}

std::unique_ptr<PictureDecoder> open_picture(const PlainPicture& picture, const std::string& place) {
    using enum PictureFormat;
    switch (picture.format) {
        case png:
            return open_png(picture.bytes, place);
        case jpeg:
            return open_jpeg(picture.bytes, place);
        case webp:
            return open_webp(picture.bytes, place);
        case gif:
            return open_gif(picture.bytes, place);
        case bmp:
            return open_bmp(picture.bytes, place);
        case none:
            break;
        default: {
            std::string name(EnumNames<PictureFormat>::names[static_cast<size_t>(picture.format)]);
            std::transform(name.begin(), name.end(), name.begin(),
                           [](unsigned char c) { return std::toupper(c); });
            fail_format(place, "is a picture of the format " + name + ", which the program does not read");
        }
    }
    fail_format(place, picture.bytes.empty() ? "is empty" : "is no picture that the program knows");
}

Image fitted_picture(PictureDecoder& decoder, int orientation, const ImageShape& shape) {
    PictureFit fit(decoder.height, decoder.width, orientation, shape);
    std::vector<uint8_t> row(static_cast<size_t>(decoder.width) * static_cast<size_t>(decoder.channels));
    for (int y = 0; y < decoder.height; ++y) {
        decoder.next_row(row);
        fit.add(row, decoder.channels);
    }
    Image image;
    image.height = shape.height;
    image.width = shape.width;
    image.channels = shape.channels;
    image.pixels = fit.finish();
    return image;
}

}  // namespace

void fail_damaged(const std::string& place, const std::string& what, const std::string& words) {
    throw Error(ErrorCode::bad_file, place,
                "is a damaged or truncated " + what + (words.empty() ? "" : " (" + words + ")"),
                "remove the file or replace it by a whole image");
}

void check_extent(int64_t height, int64_t width, int64_t most, const std::string& place) {
    const std::string pixels = std::to_string(width) + "×" + std::to_string(height) + " pixels";
    if (height < 1 || width < 1) {
        throw Error(ErrorCode::bad_file, place, "has " + pixels,
                    "remove the file or replace it by a whole image");
    }
    if (height > most / width) {
        throw Error(ErrorCode::bad_file, place, "has " + pixels + ", more than " + std::to_string(most),
                    "make it smaller, or remove the file");
    }
}

Image decode_picture(std::span<const uint8_t> bytes, const std::string& place, const ImageShape& shape) {
    const PlainPicture picture = plain_picture(bytes, place);
    return fitted_picture(*open_picture(picture, place), picture.orientation, shape);
}

Image decode_picture(std::span<const uint8_t> bytes, const std::string& place) {
    const PlainPicture picture = plain_picture(bytes, place);
    const auto decoder = open_picture(picture, place);
    ImageShape shape(decoder->height, decoder->width, decoder->channels);
    if (picture.orientation >= 5) std::swap(shape.height, shape.width);
    return fitted_picture(*decoder, picture.orientation, shape);
}

Image read_picture(const std::filesystem::path& path, const ImageShape& shape) {
    return decode_picture(read_file(path, largest_picture), path.string(), shape);
}

void write_png(const std::filesystem::path& path, const Image& image) { write_file(path, encode_png(image)); }

}  // namespace cnnlab
