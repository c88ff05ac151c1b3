#include "native/jpeg.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace cnnlab {

namespace {

constexpr uint8_t start_of_image = 0xD8, end_of_image = 0xD9, huffman_tables = 0xC4, exif_segment = 0xE1;

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

/// Whether every table of a DHT segment's contents has at most 256 symbols and no more codes than its code lengths allow.
bool has_sound_tables(std::span<const uint8_t> segment) {
    while (!segment.empty()) {
        constexpr size_t header = 17;  // class and number, then how many codes there are of each length 1 … 16
        if (segment.size() < header) return false;
        size_t symbols = 0;
        uint32_t free_codes = 1;
        for (size_t length = 1; length <= 16; ++length) {
            free_codes *= 2;
            if (segment[length] > free_codes) return false;
            free_codes -= segment[length];
            symbols += segment[length];
        }
        if (symbols > 256 || symbols > segment.size() - header) return false;
        segment = segment.subspan(header + symbols);
    }
    return true;
}

/// Where the next marker is, after the code of the pixels: there 0xFF is followed by 0 or by a restart marker.
size_t skip_code(std::span<const uint8_t> bytes, size_t at) {
    for (; at + 1 < bytes.size(); ++at) {
        const uint8_t next = bytes[at + 1];
        const bool is_restart = next >= 0xD0 && next <= 0xD7;
        if (bytes[at] == 0xFF && next != 0 && next != 0xFF && !is_restart) break;
    }
    return at;
}

}  // namespace

JpegFacts inspect_jpeg(std::span<const uint8_t> bytes) {
    JpegFacts facts;
    facts.is_jpeg = bytes.size() >= 3 && bytes[0] == 0xFF && bytes[1] == start_of_image && bytes[2] == 0xFF;
    if (!facts.is_jpeg) return facts;
    facts.is_truncated = true;
    size_t at = 2;
    while (at + 2 <= bytes.size()) {
        at = skip_code(bytes, at);  // also passes over filling before a marker, and over garbage, as decoders do
        if (at + 2 > bytes.size()) break;
        const uint8_t marker = bytes[at + 1];
        if (marker == end_of_image) {
            facts.is_truncated = false;
            break;
        }
        if (marker == start_of_image || at + 4 > bytes.size()) break;
        const size_t length = size_t{bytes[at + 2]} << 8U | bytes[at + 3];
        if (length < 2 || length > bytes.size() - at - 2) break;
        const std::span<const uint8_t> contents = bytes.subspan(at + 4, length - 2);
        if (marker == exif_segment && facts.orientation == 1) facts.orientation = read_orientation(contents);
        if (marker == huffman_tables && !has_sound_tables(contents)) facts.is_corrupt = true;
        at += 2 + length;
    }
    return facts;
}

}  // namespace cnnlab
