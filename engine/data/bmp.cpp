#include "engine/data/bmp.hpp"

#include <algorithm>
#include <array>
#include <bit>

#include "engine/core/error.hpp"
#include "engine/data/picture_messages.hpp"

namespace cnnlab {

namespace {

constexpr uint32_t file_header = 14, oldest_header = 12, usual_header = 40;

[[noreturn]] void fail_bmp(const std::string& place, Message problem) {
    throw Error(ErrorCode::bad_file, place, std::move(problem), say_picture("picture.replace"));
}

/// Numbers of a file, the lowest byte first. Throws beyond its end.
class BmpBytes {
  public:
    BmpBytes(std::span<const uint8_t> bytes, const std::string& place) : bytes_(bytes), place_(place) {}

    [[nodiscard]] uint32_t u8(size_t at) const { return number(at, 1); }
    [[nodiscard]] uint32_t u16(size_t at) const { return number(at, 2); }
    [[nodiscard]] uint32_t u32(size_t at) const { return number(at, 4); }
    [[nodiscard]] const std::string& place() const { return place_; }
    [[nodiscard]] size_t size() const { return bytes_.size(); }

  private:
    [[nodiscard]] uint32_t number(size_t at, size_t length) const {
        if (at > bytes_.size() || bytes_.size() - at < length) fail_bmp(place_, say_picture("picture.cut"));
        uint32_t value = 0;
        for (size_t i = length; i-- > 0;) value = value << 8U | bytes_[at + i];
        return value;
    }

    std::span<const uint8_t> bytes_;
    std::string place_;
};

/// The bits of a pixel that are one colour.
struct BmpMask {
    uint32_t bits = 0;

    /// 0 … 255, rounded; `missing` where there are no bits.
    [[nodiscard]] uint8_t value(uint32_t pixel, uint8_t missing = 0) const {
        if (bits == 0) return missing;
        const int shift = std::countr_zero(bits);
        const uint64_t most = bits >> shift;
        return static_cast<uint8_t>((((pixel & bits) >> shift) * uint64_t{255} + most / 2) / most);
    }
};

enum BmpCompression : uint32_t { as_it_is = 0, rle8 = 1, rle4 = 2, masks = 3, masks_with_alpha = 6 };

struct BmpHeader {
    int height = 0, width = 0;
    bool is_from_above = false;
    uint32_t bits = 0;  ///< of a pixel
    uint32_t compression = as_it_is;
    size_t pixels = 0;               ///< where they begin
    std::array<BmpMask, 4> colours;  ///< red, green, blue, opacity
    std::vector<std::array<uint8_t, 3>> palette;
};

/// The size and the format of the pixels. Source: Microsoft, BITMAPINFOHEADER and its successors; IBM's for OS/2.
BmpHeader read_bmp_header(const BmpBytes& file) {
    constexpr size_t at = file_header;
    BmpHeader header;
    header.pixels = file.u32(10);
    const uint32_t size = file.u32(at);
    uint32_t used = 0;
    if (size == oldest_header) {
        header.width = static_cast<int>(file.u16(at + 4));
        header.height = static_cast<int>(file.u16(at + 6));
        header.bits = file.u16(at + 10);
    } else {
        const auto height = static_cast<int32_t>(file.u32(at + 8));
        header.width = static_cast<int32_t>(file.u32(at + 4));
        header.is_from_above = height < 0;
        header.height = height == INT32_MIN ? 0 : std::abs(height);
        header.bits = file.u16(at + 14);
        if (size >= usual_header) {
            header.compression = file.u32(at + 16);
            used = file.u32(at + 32);
        }
    }
    constexpr int64_t most = int64_t{1} << 27;  // 400 MB
    if (header.height < 1 || header.width < 1) fail_bmp(file.place(), say_picture("picture.empty"));
    if (header.height > most / header.width)
        fail_bmp(file.place(), say_picture("picture.too_large", header.width, header.height, most));
    const uint32_t bits = header.bits, compression = header.compression;
    const bool has_masks = compression == masks || compression == masks_with_alpha;
    const bool is_known = has_masks             ? bits == 16 || bits == 32
                          : compression == rle8 ? bits == 8
                          : compression == rle4 ? bits == 4
                                                : compression == as_it_is &&
                                                      (bits == 1 || bits == 2 || bits == 4 || bits == 8 ||
                                                       bits == 16 || bits == 24 || bits == 32);
    if (!is_known) fail_bmp(file.place(), say_picture("picture.unknown_form"));

    // A few bytes shall not ask for much memory.
    const uint64_t row = (uint64_t{bits} * static_cast<uint64_t>(header.width) + 31) / 32 * 4;
    if ((compression == as_it_is || has_masks) &&
        file.size() < header.pixels + row * static_cast<uint64_t>(header.height))
        fail_bmp(file.place(), say_picture("picture.cut"));

    size_t palette = at + size;
    if (has_masks) {
        // Newer headers hold the masks, the usual one has them behind it.
        constexpr uint32_t with_alpha = 56;
        const size_t count = size >= with_alpha || compression == masks_with_alpha ? 4 : 3;
        for (size_t c = 0; c < count; ++c) header.colours[c].bits = file.u32(at + usual_header + 4 * c);
        if (size == usual_header) palette += 4 * count;
    } else if (bits == 16) {
        header.colours = {BmpMask{0x7C00}, BmpMask{0x03E0}, BmpMask{0x001F}, BmpMask{}};
    } else if (bits >= 24) {
        header.colours = {BmpMask{0xFF0000}, BmpMask{0x00FF00}, BmpMask{0x0000FF}, BmpMask{}};
    }
    if (bits > 8) return header;
    const uint32_t count = used == 0 ? 1U << bits : std::min(used, 1U << bits);
    const size_t step = size == oldest_header ? 3 : 4;
    for (uint32_t i = 0; i < count; ++i) {
        const size_t from = palette + step * i;
        if (from + 3 > header.pixels) break;  // some writers say more than there are
        header.palette.push_back({static_cast<uint8_t>(file.u8(from + 2)),
                                  static_cast<uint8_t>(file.u8(from + 1)),
                                  static_cast<uint8_t>(file.u8(from))});
    }
    return header;
}

/// The palette's numbers of a run-length encoded picture, from below; −1 where it says nothing.
std::vector<int16_t> read_runs(const BmpBytes& file, const BmpHeader& header) {
    const auto height = static_cast<size_t>(header.height), width = static_cast<size_t>(header.width);
    std::vector<int16_t> numbers(height * width, -1);
    size_t x = 0, y = 0, at = header.pixels;
    const bool by_half = header.compression == rle4;
    const auto put = [&](uint32_t number) {
        if (y < height && x < width) numbers[y * width + x] = static_cast<int16_t>(number);
        ++x;
    };
    while (y < height) {
        const uint32_t count = file.u8(at), what = file.u8(at + 1);
        at += 2;
        if (count > 0) {
            for (uint32_t i = 0; i < count; ++i) put(by_half ? (i % 2 == 0 ? what >> 4U : what & 15U) : what);
        } else if (what == 0) {  // the row ends
            x = 0;
            ++y;
        } else if (what == 1) {  // the picture ends
            break;
        } else if (what == 2) {
            x += file.u8(at);
            y += file.u8(at + 1);
            at += 2;
        } else {  // `what` numbers as they are, padded to whole words
            for (uint32_t i = 0; i < what; ++i) {
                const uint32_t two = file.u8(at + (by_half ? i / 2 : i));
                put(by_half ? (i % 2 == 0 ? two >> 4U : two & 15U) : two);
            }
            const size_t length = by_half ? (what + 1) / 2 : what;
            at += length + length % 2;
        }
    }
    return numbers;
}

/// Red, green and blue of one pixel after the other.
class BmpPixels {
  public:
    BmpPixels(const BmpBytes& file, const BmpHeader& header) : file_(file), header_(header) {
        if (header.compression == rle8 || header.compression == rle4) numbers_ = read_runs(file, header);
    }

    /// `y` counts from below.
    [[nodiscard]] std::array<uint8_t, 3> at(size_t y, size_t x) const {
        const auto width = static_cast<size_t>(header_.width);
        if (!numbers_.empty()) return colour(numbers_[y * width + x]);
        const size_t bits = header_.bits,
                     row = header_.is_from_above ? static_cast<size_t>(header_.height) - 1 - y : y;
        const size_t bit = x * bits, at = header_.pixels + row * ((width * bits + 31) / 32 * 4) + bit / 8;
        if (bits <= 8)
            return colour(static_cast<int>(file_.u8(at) >> (8 - bits - bit % 8) & ((1U << bits) - 1)));
        const uint32_t pixel = bits == 16   ? file_.u16(at)
                               : bits == 24 ? file_.u16(at) | file_.u8(at + 2) << 16U
                                            : file_.u32(at);
        const auto& [red, green, blue, opacity] = header_.colours;
        const int alpha = opacity.value(pixel, 255);
        const auto on_white = [&](const BmpMask& mask) {
            return static_cast<uint8_t>((mask.value(pixel) * alpha + 255 * (255 - alpha) + 127) / 255);
        };
        return {on_white(red), on_white(green), on_white(blue)};
    }

  private:
    /// A colour of the palette; what no run has written is white, what the palette lacks is black.
    [[nodiscard]] std::array<uint8_t, 3> colour(int number) const {
        if (number < 0) return {255, 255, 255};
        const auto& palette = header_.palette;
        return static_cast<size_t>(number) < palette.size() ? palette[static_cast<size_t>(number)]
                                                            : std::array<uint8_t, 3>{};
    }

    const BmpBytes& file_;
    const BmpHeader& header_;
    std::vector<int16_t> numbers_;
};

}  // namespace

std::vector<uint8_t> plain_bmp(std::span<const uint8_t> bytes, const std::string& place) {
    const BmpBytes file(bytes, place);
    const BmpHeader header = read_bmp_header(file);
    const BmpPixels pixels(file, header);
    const auto height = static_cast<size_t>(header.height), width = static_cast<size_t>(header.width);
    constexpr size_t start = file_header + usual_header;
    const size_t row_size = (3 * width + 3) / 4 * 4;

    std::vector<uint8_t> result(start + height * row_size);
    const auto write = [&](size_t at, size_t value, size_t length) {
        for (size_t i = 0; i < length; ++i) result[at + i] = static_cast<uint8_t>(value >> 8 * i);
    };
    write(0, 'B' | 'M' << 8, 2);
    write(2, result.size(), 4);
    write(10, start, 4);
    write(file_header, usual_header, 4);
    write(file_header + 4, width, 4);
    write(file_header + 8, height, 4);
    write(file_header + 12, 1, 2);
    write(file_header + 14, 24, 2);
    write(file_header + 20, result.size() - start, 4);
    for (size_t y = 0; y < height; ++y) {
        uint8_t* row = result.data() + start + y * row_size;
        for (size_t x = 0; x < width; ++x) {
            const auto [red, green, blue] = pixels.at(y, x);
            row[3 * x] = blue;
            row[3 * x + 1] = green;
            row[3 * x + 2] = red;
        }
    }
    return result;
}

}  // namespace cnnlab
