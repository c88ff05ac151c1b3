#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>

namespace cnnlab {

/// Gives the pixels of a picture row by row, from above, as they lie in its file: not turned yet.
class PictureDecoder {
  public:
    PictureDecoder(int h, int w, int c) : height(h), width(w), channels(c) {}
    virtual ~PictureDecoder() = default;
    PictureDecoder(const PictureDecoder&) = delete;
    PictureDecoder& operator=(const PictureDecoder&) = delete;

    const int height, width;
    const int channels;  ///< 1: grey, 3: red, green, blue; what is transparent lies on white

    /// Fills a row of width · channels bytes. Throws Error (bad_file) where the file is damaged or ends.
    virtual void next_row(std::span<uint8_t> row) = 0;
};

/// A decoder of bytes of one format, which have to outlive it. They throw Error (bad_file, place) for a file that is
/// damaged or has too many pixels.
using OpenPicture = std::unique_ptr<PictureDecoder>(std::span<const uint8_t> bytes, const std::string& place);
OpenPicture open_png, open_jpeg, open_webp, open_gif, open_bmp;

/// Throws that a file is a damaged or truncated "JPEG image", in the words of a library.
[[noreturn]] void fail_damaged(const std::string& place, const std::string& what,
                               const std::string& words = {});

/// How many pixels a picture may have that is read by rows: as many as a browser's canvas holds.
constexpr int64_t most_by_rows = int64_t{1} << 28;
/// The same of one that is decoded as a whole, in up to 512 MB.
constexpr int64_t most_at_once = int64_t{1} << 27;
/// Throws where a picture has no pixels, or more than `most`.
void check_extent(int64_t height, int64_t width, int64_t most, const std::string& place);

/// A value of a pixel that is laid on white.
constexpr uint8_t on_white(int value, int alpha) {
    return static_cast<uint8_t>((value * alpha + 255 * (255 - alpha) + 127) / 255);
}

}  // namespace cnnlab
