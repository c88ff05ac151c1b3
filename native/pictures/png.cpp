#include <png.h>

#include <algorithm>
#include <csetjmp>
#include <cstring>
#include <new>

#include "native/pictures/picture_decoder.hpp"
#include "native/pictures/picture_file.hpp"

namespace cnnlab {

namespace {

/// libpng's reader of bytes in memory. It reports an error by a function that must not return, and C code must see no
/// exception, so it jumps back to where `guard_` was set.
class PngReader {
  public:
    explicit PngReader(std::span<const uint8_t> bytes) : bytes_(bytes) {}
    ~PngReader() { png_destroy_read_struct(&png_, &info_, nullptr); }
    PngReader(const PngReader&) = delete;
    PngReader& operator=(const PngReader&) = delete;

    int height = 0, width = 0, channels = 0;
    bool is_interlaced = false;
    char problem[128] = "";

    /// Reads up to the pixels; false on an error. No object with a destructor lives across the jumps.
    bool open() {
        if (setjmp(guard_) != 0) return false;
        png_ = png_create_read_struct(PNG_LIBPNG_VER_STRING, this, give_up, hear);
        info_ = png_ == nullptr ? nullptr : png_create_info_struct(png_);
        if (info_ == nullptr) return false;
        png_set_user_limits(png_, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
        png_set_read_fn(png_, this, take);
        // As browsers do: the window of the packed pixels may be said to be too small.
        png_set_option(png_, PNG_MAXIMUM_INFLATE_WINDOW, PNG_OPTION_ON);
        png_read_info(png_, info_);
        height = static_cast<int>(png_get_image_height(png_, info_));
        width = static_cast<int>(png_get_image_width(png_, info_));
        is_interlaced = png_get_interlace_type(png_, info_) != PNG_INTERLACE_NONE;
        return true;
    }

    /// Takes memory for rows. False on an error.
    bool start() {
        if (setjmp(guard_) != 0) return false;
        png_set_expand(png_);    // palettes, fewer than 8 bits, a transparent colour
        png_set_scale_16(png_);  // rounds
        if (is_interlaced) png_set_interlace_handling(png_);
        png_read_update_info(png_, info_);
        channels = png_get_channels(png_, info_);
        return true;
    }

    /// The next row; false on an error.
    bool read_row(uint8_t* row) {
        if (setjmp(guard_) != 0) return false;
        png_read_row(png_, row, nullptr);
        return true;
    }

    /// All rows at once, as an interlaced picture needs it.
    bool read_all(uint8_t** rows) {
        if (setjmp(guard_) != 0) return false;
        png_read_image(png_, rows);
        return true;
    }

    /// Whether the packed pixels have the checksum that stands behind them.
    [[nodiscard]] bool is_sound() const { return is_sound_; }

  private:
    /// A warning. libpng only warns of a wrong checksum that comes after the last row.
    static void hear(png_structp png, png_const_charp message) {
        if (std::strstr(message, "incorrect data check") == nullptr) return;
        auto* self = static_cast<PngReader*>(png_get_error_ptr(png));
        std::strncpy(self->problem, message, sizeof self->problem - 1);
        self->is_sound_ = false;
    }
    [[noreturn]] static void give_up(png_structp png, png_const_charp message) {
        auto* self = static_cast<PngReader*>(png_get_error_ptr(png));
        std::strncpy(self->problem, message, sizeof self->problem - 1);
        std::longjmp(self->guard_, 1);
    }

    static void take(png_structp png, png_bytep to, size_t length) {
        auto* self = static_cast<PngReader*>(png_get_io_ptr(png));
        if (self->bytes_.size() < length) png_error(png, "it ends too early");
        std::memcpy(to, self->bytes_.data(), length);
        self->bytes_ = self->bytes_.subspan(length);
    }

    std::span<const uint8_t> bytes_;
    png_structp png_ = nullptr;
    png_infop info_ = nullptr;
    std::jmp_buf guard_{};
    bool is_sound_ = true;
};

class PngDecoder : public PictureDecoder {
  public:
    PngDecoder(std::unique_ptr<PngReader> reader, const std::string& place)
        : PictureDecoder(reader->height, reader->width, reader->channels < 3 ? 1 : 3),
          reader_(std::move(reader)),
          place_(place),
          file_row_(static_cast<size_t>(width) * static_cast<size_t>(reader_->channels)) {
        if (!reader_->is_interlaced) return;
        whole_.resize(file_row_.size() * static_cast<size_t>(height));
        std::vector<uint8_t*> rows;
        for (int y = 0; y < height; ++y)
            rows.push_back(whole_.data() + file_row_.size() * static_cast<size_t>(y));
        if (!reader_->read_all(rows.data()) || !reader_->is_sound())
            fail_damaged(place_, "PNG image", reader_->problem);
    }

    void next_row(std::span<uint8_t> row) override {
        uint8_t* from = file_row_.data();
        if (reader_->is_interlaced)
            from = whole_.data() + file_row_.size() * static_cast<size_t>(row_);
        else if (!reader_->read_row(from) || !reader_->is_sound())
            fail_damaged(place_, "PNG image", reader_->problem);
        ++row_;
        const int with_alpha = reader_->channels;
        if (with_alpha == channels) {
            std::copy_n(from, row.size(), row.begin());
            return;
        }
        for (size_t x = 0; x < static_cast<size_t>(width); ++x) {
            const uint8_t* pixel = from + x * static_cast<size_t>(with_alpha);
            for (int c = 0; c < channels; ++c)
                row[x * static_cast<size_t>(channels) + static_cast<size_t>(c)] =
                    on_white(pixel[c], pixel[channels]);
        }
    }

  private:
    std::unique_ptr<PngReader> reader_;
    std::string place_;
    std::vector<uint8_t> file_row_, whole_;
    int row_ = 0;
};

}  // namespace

std::unique_ptr<PictureDecoder> open_png(std::span<const uint8_t> bytes, const std::string& place) {
    auto reader = std::make_unique<PngReader>(bytes);
    if (!reader->open()) fail_damaged(place, "PNG image", reader->problem);
    check_extent(reader->height, reader->width, reader->is_interlaced ? most_at_once : most_by_rows, place);
    if (!reader->start()) fail_damaged(place, "PNG image", reader->problem);
    return std::make_unique<PngDecoder>(std::move(reader), place);
}

std::vector<uint8_t> encode_png(const Image& image) {
    png_image png{};
    png.version = PNG_IMAGE_VERSION;
    png.width = static_cast<png_uint_32>(image.width);
    png.height = static_cast<png_uint_32>(image.height);
    png.format = image.channels == 3 ? PNG_FORMAT_RGB : PNG_FORMAT_GRAY;
    png_alloc_size_t size = PNG_IMAGE_PNG_SIZE_MAX(png);
    std::vector<uint8_t> bytes(size);
    const int is_written =
        png_image_write_to_memory(&png, bytes.data(), &size, 0, image.pixels.data(), 0, nullptr);
    png_image_free(&png);
    if (is_written == 0) throw std::bad_alloc();
    bytes.resize(size);
    return bytes;
}

}  // namespace cnnlab
