#include <algorithm>
#include <csetjmp>
#include <cstdio>
#include <vector>

// These need <cstdio> before them.
#include <jerror.h>
#include <jpeglib.h>

#include "native/pictures/picture_decoder.hpp"

namespace cnnlab {

namespace {

/// libjpeg's reader of bytes in memory. It reports an error by a function that must not return, and C code must see no
/// exception, so it jumps back to where `guard` was set.
class JpegReader {
  public:
    explicit JpegReader(std::span<const uint8_t> bytes) : bytes_(bytes) {
        jpeg.err = jpeg_std_error(&errors_);
        jpeg.client_data = this;
        errors_.error_exit = give_up;
        errors_.emit_message = [](j_common_ptr common, int level) {
            // The library would continue with grey, however large the image. Other warnings (stray bytes and the
            // like) are harmless.
            const int code = common->err->msg_code;
            if (level < 0 && (code == JWRN_JPEG_EOF || code == JWRN_HIT_MARKER || code == JWRN_HUFF_BAD_CODE))
                give_up(common);
        };
    }
    ~JpegReader() { jpeg_destroy_decompress(&jpeg); }
    JpegReader(const JpegReader&) = delete;
    JpegReader& operator=(const JpegReader&) = delete;

    jpeg_decompress_struct jpeg{};
    char problem[JMSG_LENGTH_MAX] = "";

    /// Reads up to the pixels; false on an error. No object with a destructor lives across the jumps.
    bool open() {
        if (setjmp(guard_) != 0) return false;
        jpeg_create_decompress(&jpeg);
        progress_.progress_monitor = watch_scans;
        jpeg.progress = &progress_;
        jpeg_mem_src(&jpeg, bytes_.data(), bytes_.size());
        jpeg_read_header(&jpeg, TRUE);
        const bool is_cmyk = jpeg.jpeg_color_space == JCS_CMYK || jpeg.jpeg_color_space == JCS_YCCK;
        jpeg.out_color_space = is_cmyk ? JCS_CMYK : jpeg.num_components == 1 ? JCS_GRAYSCALE : JCS_RGB;
        return true;
    }

    /// Where there are several scans, reads them all. False on an error.
    bool start() {
        if (setjmp(guard_) != 0) return false;
        jpeg_start_decompress(&jpeg);
        return true;
    }

    /// The next row; false on an error.
    bool read_row(uint8_t* row) {
        if (setjmp(guard_) != 0) return false;
        jpeg_read_scanlines(&jpeg, &row, 1);
        if (jpeg.output_scanline == jpeg.output_height) jpeg_finish_decompress(&jpeg);
        return true;
    }

  private:
    [[noreturn]] static void give_up(j_common_ptr common) {
        auto* self = static_cast<JpegReader*>(common->client_data);
        common->err->format_message(common, self->problem);
        std::longjmp(self->guard_, 1);
    }

    /// Each scan goes over the whole picture: a small file with thousands of them would take hours.
    static void watch_scans(j_common_ptr common) {
        constexpr int most_scans = 100;
        constexpr int64_t most_pixels = 3'000'000'000;
        auto* self = static_cast<JpegReader*>(common->client_data);
        const jpeg_decompress_struct& jpeg = self->jpeg;
        const int64_t pixels = int64_t{jpeg.image_height} * jpeg.image_width;
        if (jpeg.input_scan_number <= most_scans && jpeg.input_scan_number * pixels <= most_pixels) return;
        std::snprintf(self->problem, sizeof self->problem, "it has more than %d scans",
                      jpeg.input_scan_number - 1);
        std::longjmp(self->guard_, 1);
    }

    std::span<const uint8_t> bytes_;
    jpeg_error_mgr errors_{};
    jpeg_progress_mgr progress_{};
    std::jmp_buf guard_{};
};

class JpegDecoder : public PictureDecoder {
  public:
    JpegDecoder(std::unique_ptr<JpegReader> reader, const std::string& place)
        : PictureDecoder(static_cast<int>(reader->jpeg.image_height),
                         static_cast<int>(reader->jpeg.image_width),
                         reader->jpeg.out_color_space == JCS_GRAYSCALE ? 1 : 3),
          reader_(std::move(reader)),
          place_(place) {
        if (reader_->jpeg.out_color_space == JCS_CMYK) inks_.resize(static_cast<size_t>(width) * 4);
        if (!reader_->start()) fail_damaged(place_, "JPEG image", reader_->problem);
    }

    void next_row(std::span<uint8_t> row) override {
        if (!reader_->read_row(inks_.empty() ? row.data() : inks_.data()))
            fail_damaged(place_, "JPEG image", reader_->problem);
        if (inks_.empty()) return;
        // Four inks, stored as 255 minus the ink: with Adobe's marker or without, as browsers and Pillow have it. No
        // colour profile is heeded.
        for (size_t i = 0; i < row.size(); ++i) {
            const uint8_t* cmyk = inks_.data() + i / 3 * 4;
            row[i] = static_cast<uint8_t>((cmyk[i % 3] * cmyk[3] + 127) / 255);
        }
    }

  private:
    std::unique_ptr<JpegReader> reader_;
    std::string place_;
    std::vector<uint8_t> inks_;  ///< a row of a picture in cyan, magenta, yellow and black
};

}  // namespace

std::unique_ptr<PictureDecoder> open_jpeg(std::span<const uint8_t> bytes, const std::string& place) {
    auto reader = std::make_unique<JpegReader>(bytes);
    if (!reader->open()) fail_damaged(place, "JPEG image", reader->problem);
    // Of several scans all coefficients are kept, two bytes each.
    const bool has_scans = jpeg_has_multiple_scans(&reader->jpeg) != FALSE;
    check_extent(reader->jpeg.image_height, reader->jpeg.image_width, has_scans ? most_at_once : most_by_rows,
                 place);
    return std::make_unique<JpegDecoder>(std::move(reader), place);
}

}  // namespace cnnlab
