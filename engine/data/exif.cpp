#include "engine/data/exif.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace cnnlab {

namespace {

/// Numbers of a TIFF structure, in its own byte order; 0 beyond its end.
class Tiff {
  public:
    explicit Tiff(std::span<const uint8_t> bytes) : bytes_(bytes), is_little_(bytes[0] == 'I') {}
    [[nodiscard]] uint32_t u16(size_t at) const { return number(at, 2); }
    [[nodiscard]] uint32_t u32(size_t at) const { return number(at, 4); }

  private:
    [[nodiscard]] uint32_t number(size_t at, size_t length) const {
        if (at > bytes_.size() || bytes_.size() - at < length) return 0;
        uint32_t value = 0;
        for (size_t i = 0; i < length; ++i)
            value = value << 8U | bytes_[at + (is_little_ ? length - 1 - i : i)];
        return value;
    }

    std::span<const uint8_t> bytes_;
    bool is_little_;
};

}  // namespace

int exif_orientation(std::span<const uint8_t> bytes) {
    constexpr std::array<uint8_t, 6> signature{'E', 'x', 'i', 'f', 0, 0};
    if (bytes.size() >= signature.size() && std::equal(signature.begin(), signature.end(), bytes.begin()))
        bytes = bytes.subspan(signature.size());
    constexpr size_t header_size = 8;
    if (bytes.size() < header_size || (bytes[0] != 'I' && bytes[0] != 'M') || bytes[1] != bytes[0]) return 1;
    const Tiff tiff(bytes);
    const size_t directory = tiff.u32(4);
    const uint32_t entries = tiff.u16(directory);
    for (uint32_t i = 0; i < entries; ++i) {
        constexpr uint32_t orientation_tag = 0x0112;
        const size_t entry = directory + 2 + size_t{12} * i;
        if (tiff.u16(entry) != orientation_tag) continue;
        const uint32_t value = tiff.u16(entry + 8);
        return value >= 1 && value <= 8 ? static_cast<int>(value) : 1;
    }
    return 1;
}

}  // namespace cnnlab
