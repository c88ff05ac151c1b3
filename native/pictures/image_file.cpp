#include "native/pictures/image_file.hpp"

#include "engine/core/error.hpp"
#include "native/pictures/jpeg.hpp"
#include "native/pictures/png.hpp"
#include "native/system/file_bytes.hpp"

namespace cnnlab {

Image decode_image(std::span<const uint8_t> bytes, const std::string& place) {
    constexpr int64_t max_pixels = 100'000'000;  // beyond what cameras make, and 300 MB
    if (is_png(bytes)) return decode_png(bytes, place, max_pixels);
    if (is_jpeg(bytes)) return decode_jpeg(bytes, place, max_pixels);
    throw Error(ErrorCode::bad_file, place, bytes.empty() ? "is empty" : "is no PNG or JPEG image",
                "remove the file or convert it to PNG or JPEG");
}

Image read_image(const std::filesystem::path& path) { return decode_image(read_file(path), path.string()); }

void write_png(const std::filesystem::path& path, const Image& image) { write_file(path, encode_png(image)); }

}  // namespace cnnlab
