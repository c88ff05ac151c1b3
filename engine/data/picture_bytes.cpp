#include "engine/data/picture_bytes.hpp"

#include <algorithm>
#include <cstddef>

#include "engine/core/error.hpp"
#include "engine/data/bmp.hpp"
#include "engine/data/exif.hpp"
#include "engine/data/picture_messages.hpp"

namespace cnnlab {

namespace {

using PictureSpan = std::span<const uint8_t>;

bool reads_at(PictureSpan bytes, size_t at, std::string_view text) {
    return bytes.size() >= at + text.size() &&
           std::equal(text.begin(), text.end(), bytes.begin() + static_cast<ptrdiff_t>(at),
                      [](char a, uint8_t b) { return static_cast<uint8_t>(a) == b; });
}

uint32_t chunk_number(PictureSpan bytes, size_t at, size_t length) {
    uint32_t value = 0;
    for (size_t i = 0; i < length; ++i) value = value << 8U | bytes[at + i];
    return value;
}

uint32_t riff_number(PictureSpan bytes, size_t at) {
    uint32_t value = 0;
    for (size_t i = 4; i-- > 0;) value = value << 8U | bytes[at + i];
    return value;
}

/// The plain picture under construction: parts of the file are copied one after the other, or left out.
class PictureCopy {
  public:
    explicit PictureCopy(PictureSpan bytes) : bytes_(bytes) { plain.bytes.reserve(bytes.size()); }

    PlainPicture plain;
    [[nodiscard]] PictureSpan left() const { return bytes_.subspan(at_); }
    void keep(size_t length) {
        const PictureSpan part = left().first(length);
        plain.bytes.insert(plain.bytes.end(), part.begin(), part.end());
        at_ += length;
    }
    void leave_out(size_t length) { at_ += length; }
    /// The orientation is that of the first part that has one.
    void turn(PictureSpan exif) {
        if (plain.orientation == 1) plain.orientation = exif_orientation(exif);
    }

  private:
    PictureSpan bytes_;
    size_t at_ = 0;
};

/// A PNG is a signature and chunks: length, name, data, check sum. Names of chunks that a decoder has to know begin
/// with a capital; of the others only transparency changes the pixels as they stand in the file.
void copy_png(PictureCopy& copy, const std::string& place) {
    constexpr size_t signature = 8, around = 12;
    copy.keep(signature);
    bool has_end = false;
    while (copy.left().size() >= around) {
        const PictureSpan left = copy.left();
        has_end = has_end || reads_at(left, 4, "IEND");
        const size_t length = size_t{chunk_number(left, 0, 4)} + around;
        if (length > left.size()) break;
        const bool is_needed = (left[4] & 0x20U) == 0 || reads_at(left, 4, "tRNS");
        if (reads_at(left, 4, "eXIf")) copy.turn(left.subspan(8, length - around));
        if (is_needed)
            copy.keep(length);
        else
            copy.leave_out(length);
    }
    // Of a file that is cut behind its pixels browsers make different things.
    if (!has_end && !reads_at(copy.left(), 4, "IEND"))
        throw Error(ErrorCode::bad_file, place, say_picture("picture.cut"), say_picture("picture.replace"));
}

/// A JPEG is segments up to the first scan: 0xFF, a kind, length and data. Of the application's (0xE0 to 0xEF) JFIF's
/// and Adobe's say what the components mean.
void copy_jpeg(PictureCopy& copy) {
    copy.keep(2);
    while (copy.left().size() >= 4 && copy.left()[0] == 0xFF) {
        const PictureSpan left = copy.left();
        const uint8_t kind = left[1];
        constexpr uint8_t fill = 0xFF, scan = 0xDA, comment = 0xFE, jfif = 0xE0, exif = 0xE1, adobe = 0xEE;
        if (kind == fill) {
            copy.leave_out(1);
            continue;
        }
        const size_t length = size_t{chunk_number(left, 2, 2)} + 2;
        if (kind == scan || kind < 0xC0 || length < 4 || length > left.size()) break;
        if (kind == exif) copy.turn(left.subspan(4, length - 4));
        const bool is_extra = (kind & 0xF0U) == 0xE0 && kind != jfif && kind != adobe;
        if (is_extra || kind == comment)
            copy.leave_out(length);
        else
            copy.keep(length);
    }
}

/// A WebP is "RIFF", a length, "WEBP", and chunks: name, length, data, padded to an even length. "VP8X" has flags that
/// say which others there are.
void copy_webp(PictureCopy& copy) {
    constexpr size_t header = 12, around = 8;
    copy.keep(header);
    size_t flags = 0;
    while (copy.left().size() >= around) {
        const PictureSpan left = copy.left();
        const size_t data = riff_number(left, 4);
        const size_t length = std::min(around + data + data % 2, left.size());
        if (around + data > left.size()) break;
        if (reads_at(left, 0, "EXIF")) copy.turn(left.subspan(around, data));
        const bool is_extra =
            reads_at(left, 0, "EXIF") || reads_at(left, 0, "ICCP") || reads_at(left, 0, "XMP ");
        if (reads_at(left, 0, "VP8X") && data > 0) flags = copy.plain.bytes.size() + around;
        if (is_extra)
            copy.leave_out(length);
        else
            copy.keep(length);
    }
    copy.keep(copy.left().size());
    std::vector<uint8_t>& bytes = copy.plain.bytes;
    constexpr uint8_t profile_exif_xmp = 0x2C;
    if (flags > 0) bytes[flags] = static_cast<uint8_t>(bytes[flags] & ~profile_exif_xmp);
    const size_t size = bytes.size() - around;
    for (size_t i = 0; i < 4; ++i) bytes[4 + i] = static_cast<uint8_t>(size >> 8 * i);
}

/// A GIF's first image, on its screen: some decoders take the screen of the older version, or one that is smaller than
/// its image, to be the image alone. After the signature follow the screen's width and height, flags and two bytes, the
/// colours, and blocks: 0x21 for extensions, 0x2C for an image with its left, top, width and height.
void copy_gif(PictureCopy& copy) {
    copy.keep(copy.left().size());
    std::vector<uint8_t>& bytes = copy.plain.bytes;
    constexpr size_t version = 4, screen = 6, flags = 10, header = 13;
    if (bytes.size() < header) return;
    bytes[version] = '9';
    const auto colours_size = [](uint8_t packed) {
        return (packed & 0x80U) == 0 ? size_t{0} : size_t{3} << ((packed & 7U) + 1);
    };
    const auto u16 = [&](size_t at) { return bytes[at] | bytes[at + 1] << 8U; };
    constexpr uint8_t extension = 0x21, image = 0x2C;
    size_t at = header + colours_size(bytes[flags]);
    while (at + 2 < bytes.size() && bytes[at] == extension) {
        at += 2;
        while (at < bytes.size() && bytes[at] != 0) at += size_t{bytes[at]} + 1;
        ++at;
    }
    if (at + 9 > bytes.size() || bytes[at] != image) return;
    for (const size_t axis : {size_t{0}, size_t{2}}) {
        const int needed = u16(at + 1 + axis) + u16(at + 5 + axis);
        if (needed <= u16(screen + axis) || needed > 0xFFFF) continue;
        bytes[screen + axis] = static_cast<uint8_t>(needed & 0xFF);
        bytes[screen + axis + 1] = static_cast<uint8_t>(needed >> 8U);
    }
}

}  // namespace

PictureFormat picture_format(PictureSpan bytes) {
    using enum PictureFormat;
    if (reads_at(bytes, 0, "\x89PNG\r\n\x1a\n")) return png;
    if (reads_at(bytes, 0, "\xFF\xD8\xFF")) return jpeg;
    if (reads_at(bytes, 0, "RIFF") && reads_at(bytes, 8, "WEBP")) return webp;
    if (reads_at(bytes, 0, "GIF87a") || reads_at(bytes, 0, "GIF89a")) return gif;
    constexpr size_t file_header = 14;
    if (reads_at(bytes, 0, "BM") && bytes.size() >= file_header + 4) {
        const uint32_t header = riff_number(bytes, file_header);
        if (header >= 12 && header <= 256) return bmp;
    }
    if (reads_at(bytes, 4, "ftyp")) {
        if (reads_at(bytes, 8, "avif") || reads_at(bytes, 8, "avis")) return avif;
        for (const std::string_view brand : {"heic", "heix", "hevc", "hevx", "heim", "heis", "mif1", "msf1"})
            if (reads_at(bytes, 8, brand)) return heic;
    }
    constexpr std::string_view little("II*\0", 4), big("MM\0*", 4);
    if (reads_at(bytes, 0, little) || reads_at(bytes, 0, big)) return tiff;
    return none;
}

PlainPicture plain_picture(PictureSpan bytes, const std::string& place) {
    const PictureFormat format = picture_format(bytes);
    if (format == PictureFormat::bmp) return {format, 1, plain_bmp(bytes, place)};
    PictureCopy copy(bytes);
    copy.plain.format = format;
    if (format == PictureFormat::png) copy_png(copy, place);
    if (format == PictureFormat::jpeg) copy_jpeg(copy);
    if (format == PictureFormat::webp) copy_webp(copy);
    if (format == PictureFormat::gif) copy_gif(copy);
    copy.keep(copy.left().size());
    return std::move(copy.plain);
}

}  // namespace cnnlab
