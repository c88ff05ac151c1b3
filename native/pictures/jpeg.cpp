#include "native/pictures/jpeg.hpp"

#include <algorithm>
#include <csetjmp>
#include <cstdio>

// These need <cstdio> before them.
#include <jerror.h>
#include <jpeglib.h>

#include "engine/core/error.hpp"
#include "native/pictures/exif.hpp"

namespace cnnlab {

namespace {

constexpr int exif_marker = JPEG_APP0 + 1;

/// A decoder whose errors are kept as text. The library reports an error by a function that must not return, and C
/// code must see no exception, so it jumps back to where `guard` was set.
struct Decoder {
    jpeg_decompress_struct jpeg{};
    jpeg_error_mgr errors{};
    std::jmp_buf guard{};
    char problem[JMSG_LENGTH_MAX] = "";
    int orientation = 1;

    explicit Decoder(std::span<const uint8_t> bytes) : bytes_(bytes) {
        jpeg.err = jpeg_std_error(&errors);
        jpeg.client_data = this;
        errors.error_exit = give_up;
        errors.emit_message = [](j_common_ptr common, int level) {
            // The library would continue with grey, however large the image. Other warnings (stray bytes and the
            // like) are harmless.
            const int code = common->err->msg_code;
            if (level < 0 && (code == JWRN_JPEG_EOF || code == JWRN_HIT_MARKER || code == JWRN_HUFF_BAD_CODE))
                give_up(common);
        };
    }
    ~Decoder() { jpeg_destroy_decompress(&jpeg); }
    Decoder(const Decoder&) = delete;
    Decoder& operator=(const Decoder&) = delete;

    /// Reads up to the pixels; false on an error. No object with a destructor lives across the jumps.
    bool open() {
        if (setjmp(guard) != 0) return false;
        jpeg_create_decompress(&jpeg);
        jpeg_mem_src(&jpeg, bytes_.data(), bytes_.size());
        jpeg_save_markers(&jpeg, exif_marker, 0xFFFF);
        jpeg_read_header(&jpeg, TRUE);
        const bool is_cmyk = jpeg.jpeg_color_space == JCS_CMYK || jpeg.jpeg_color_space == JCS_YCCK;
        orientation = find_orientation();
        jpeg.out_color_space = is_cmyk ? JCS_CMYK : jpeg.num_components == 1 ? JCS_GRAYSCALE : JCS_RGB;
        return true;
    }

    /// Reads the pixels into `rows`, which is large enough. False on an error.
    bool read(uint8_t* rows) {
        if (setjmp(guard) != 0) return false;
        jpeg_start_decompress(&jpeg);
        const size_t row_size = size_t{jpeg.output_width} * static_cast<size_t>(jpeg.output_components);
        while (jpeg.output_scanline < jpeg.output_height) {
            JSAMPROW row = rows + row_size * jpeg.output_scanline;
            jpeg_read_scanlines(&jpeg, &row, 1);
        }
        jpeg_finish_decompress(&jpeg);
        return true;
    }

  private:
    [[noreturn]] static void give_up(j_common_ptr common) {
        auto* self = static_cast<Decoder*>(common->client_data);
        common->err->format_message(common, self->problem);
        std::longjmp(self->guard, 1);
    }

    [[nodiscard]] int find_orientation() const {
        for (jpeg_saved_marker_ptr marker = jpeg.marker_list; marker != nullptr; marker = marker->next) {
            const int value =
                marker->marker == exif_marker ? exif_orientation({marker->data, marker->data_length}) : 1;
            if (value != 1) return value;
        }
        return 1;
    }

    std::span<const uint8_t> bytes_;
};

/// Four inks to three colours, without a colour profile. Adobe's files hold 255 minus the ink.
Image from_cmyk(const Image& inks, bool is_inverted) {
    Image image(inks.height, inks.width, 3);
    for (size_t i = 0; i < image.pixels.size(); ++i) {
        const uint8_t* cmyk = inks.pixels.data() + i / 3 * 4;
        const int colour = is_inverted ? cmyk[i % 3] : 255 - cmyk[i % 3],
                  black = is_inverted ? cmyk[3] : 255 - cmyk[3];
        image.pixels[i] = static_cast<uint8_t>((colour * black + 127) / 255);
    }
    return image;
}

/// Undoes an EXIF orientation. From 5 on rows and columns are exchanged.
Image upright(const Image& image, int orientation) {
    const bool is_transposed = orientation >= 5;
    const bool mirror_x = orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
    const bool mirror_y = orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
    Image result(is_transposed ? image.width : image.height, is_transposed ? image.height : image.width,
                 image.channels);
    for (int y = 0; y < result.height; ++y) {
        for (int x = 0; x < result.width; ++x) {
            int from_y = is_transposed ? x : y, from_x = is_transposed ? y : x;
            if (mirror_y) from_y = image.height - 1 - from_y;
            if (mirror_x) from_x = image.width - 1 - from_x;
            const uint8_t* from = image.at(from_y, from_x);
            std::copy(from, from + image.channels, result.at(y, x));
        }
    }
    return result;
}

}  // namespace

bool is_jpeg(std::span<const uint8_t> bytes) {
    return bytes.size() >= 2 && bytes[0] == 0xFF && bytes[1] == 0xD8;
}

Image decode_jpeg(std::span<const uint8_t> bytes, const std::string& place, int64_t max_pixels) {
    const auto fail = [&](const std::string& problem) {
        throw Error(ErrorCode::bad_file, place, problem, "remove the file or replace it by a whole image");
    };
    Decoder decoder(bytes);
    if (!decoder.open()) fail(std::string("is a damaged or truncated JPEG image (") + decoder.problem + ")");
    const auto& jpeg = decoder.jpeg;
    if (int64_t{jpeg.image_width} * jpeg.image_height > max_pixels) {
        fail("has " + std::to_string(jpeg.image_width) + "×" + std::to_string(jpeg.image_height) +
             " pixels, more than " + std::to_string(max_pixels));
    }
    const int channels = jpeg.out_color_space == JCS_CMYK ? 4 : jpeg.out_color_space == JCS_RGB ? 3 : 1;
    Image image(static_cast<int>(jpeg.image_height), static_cast<int>(jpeg.image_width), channels);
    if (!decoder.read(image.pixels.data()))
        fail(std::string("is a damaged or truncated JPEG image (") + decoder.problem + ")");
    if (channels == 4) image = from_cmyk(image, jpeg.saw_Adobe_marker != FALSE);
    return decoder.orientation == 1 ? image : upright(image, decoder.orientation);
}

}  // namespace cnnlab
