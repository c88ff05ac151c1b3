#include "native/jpeg.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace cnnlab {

namespace {

constexpr uint8_t start_of_image = 0xD8, end_of_image = 0xD9, start_of_scan = 0xDA, exif_segment = 0xE1;

/// Numbers of a TIFF structure, in its own byte order; 0 beyond its end.
class Tiff {
  public:
    explicit Tiff(std::span<const uint8_t> bytes) : bytes_(bytes), is_little_(!bytes.empty() && bytes[0] == 'I') {}
    [[nodiscard]] uint32_t u16(size_t at) const { return number(at, 2); }
    [[nodiscard]] uint32_t u32(size_t at) const { return number(at, 4); }

  private:
    [[nodiscard]] uint32_t number(size_t at, size_t length) const {
        if (at > bytes_.size() || bytes_.size() - at < length) return 0;
        uint32_t value = 0;
        for (size_t i = 0; i < length; ++i) value = value << 8U | bytes_[at + (is_little_ ? length - 1 - i : i)];
        return value;
    }

    std::span<const uint8_t> bytes_;
    bool is_little_;
};

/// The orientation in an APP1 segment's contents, or 1.
int read_orientation(std::span<const uint8_t> segment) {
    constexpr std::array<uint8_t, 6> signature{'E', 'x', 'i', 'f', 0, 0};
    if (segment.size() < 14 || !std::equal(signature.begin(), signature.end(), segment.begin())) return 1;
    const Tiff tiff(segment.subspan(signature.size()));
    const size_t directory = tiff.u32(4);
    const uint32_t entries = tiff.u16(directory);
    for (uint32_t i = 0; i < entries; ++i) {
        const size_t entry = directory + 2 + size_t{12} * i;
        constexpr uint32_t orientation_tag = 0x0112;
        if (tiff.u16(entry) != orientation_tag) continue;
        const uint32_t value = tiff.u16(entry + 8);
        return value >= 1 && value <= 8 ? static_cast<int>(value) : 1;
    }
    return 1;
}

}  // namespace

JpegFacts inspect_jpeg(std::span<const uint8_t> bytes) {
    JpegFacts facts;
    facts.is_jpeg = bytes.size() >= 3 && bytes[0] == 0xFF && bytes[1] == start_of_image && bytes[2] == 0xFF;
    if (!facts.is_jpeg) return facts;
    facts.is_truncated = true;
    size_t at = 2;
    while (at + 4 <= bytes.size() && bytes[at] == 0xFF) {
        const uint8_t marker = bytes[at + 1];
        if (marker == 0xFF) {  // filling before a marker
            ++at;
            continue;
        }
        const size_t length = size_t{bytes[at + 2]} << 8U | bytes[at + 3];
        if (marker == start_of_scan) {
            // Within the pixels' code 0xFF is followed by 0 or a restart marker, so this pair can only be the end.
            constexpr std::array<uint8_t, 2> end{0xFF, end_of_image};
            facts.is_truncated =
                std::search(bytes.begin() + static_cast<ptrdiff_t>(at), bytes.end(), end.begin(), end.end()) == bytes.end();
            break;
        }
        if (length < 2 || length > bytes.size() - at - 2) break;
        if (marker == exif_segment && facts.orientation == 1) {
            facts.orientation = read_orientation(bytes.subspan(at + 4, length - 2));
        }
        at += 2 + length;
    }
    return facts;
}

}  // namespace cnnlab
