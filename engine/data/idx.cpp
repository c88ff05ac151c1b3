#include "engine/data/idx.hpp"

#include <algorithm>
#include <bit>
#include <cstdio>
#include <optional>
#include <vector>

#include "engine/core/error.hpp"
#include "engine/core/messages.hpp"

namespace cnnlab {

namespace {

uint32_t big_endian(std::span<const uint8_t> bytes, size_t at) {
    return uint32_t{bytes[at]} << 24U | uint32_t{bytes[at + 1]} << 16U | uint32_t{bytes[at + 2]} << 8U |
           bytes[at + 3];
}

std::string hexadecimal(uint32_t value) {
    char text[11];
    std::snprintf(text, sizeof text, "0x%08X", value);
    return text;
}

/// The extents after the magic number.
std::vector<uint32_t> read_extents(std::span<const uint8_t> bytes, uint32_t rank, const std::string& place) {
    const size_t header = 4 + 4 * size_t{rank};
    if (bytes.size() >= 4) {
        const uint32_t magic = big_endian(bytes, 0), wanted = 0x800U | rank;
        if (magic != wanted) {
            const bool is_gzip = magic >> 16U == 0x1F8BU;
            throw Error(ErrorCode::bad_file, place, say("idx.magic", hexadecimal(magic), hexadecimal(wanted)),
                        is_gzip     ? say("idx.compressed")
                        : rank == 1 ? say("idx.give_labels")
                                    : say("idx.give_images", rank));
        }
    }
    if (bytes.size() < header) {
        throw Error(ErrorCode::bad_file, place, say("idx.in_header", bytes.size(), header),
                    say("data.get_again"));
    }
    std::vector<uint32_t> extents;
    for (uint32_t axis = 0; axis < rank; ++axis) extents.push_back(big_endian(bytes, 4 + 4 * size_t{axis}));
    return extents;
}

/// The values after the header, `count` × `each` of them, exactly.
std::span<const uint8_t> read_values(std::span<const uint8_t> bytes, uint32_t rank, uint64_t count,
                                     uint64_t each, const std::string& place) {
    const std::span<const uint8_t> values = bytes.subspan(4 + 4 * size_t{rank});
    const uint64_t expected = count * each;  // < 2³² · 2²⁸: no overflow
    if (values.size() == expected) return values;
    throw Error(ErrorCode::bad_file, place,
                values.size() < expected ? say("idx.short", values.size(), count, expected)
                                         : say("idx.long", values.size(), count, expected),
                say("data.get_again"));
}

std::string size_text(uint32_t height, uint32_t width, uint32_t channels) {
    return std::to_string(height) + "×" + std::to_string(width) + "×" + std::to_string(channels);
}

/// Checks the file's header against the card, where there is one, before its length.
IdxImages read_images(std::vector<uint8_t> bytes, uint32_t rank, const DatasetCard* card,
                      const std::string& place) {
    const auto extents = read_extents(bytes, rank, place);
    const uint32_t height = extents[1], width = extents[2], channels = rank == 4 ? extents[3] : 1;
    if (card != nullptr && (height != static_cast<uint32_t>(card->image.height) ||
                            width != static_cast<uint32_t>(card->image.width) ||
                            channels != static_cast<uint32_t>(card->image.channels)))
        throw Error(ErrorCode::bad_file, place,
                    say("idx.size", size_text(height, width, channels), card->name,
                        Shape{card->image.height, card->image.width, card->image.channels}.str()),
                    say("idx.files_of", card->name));
    const auto fits = [](uint32_t extent, uint32_t most) { return extent > 0 && extent <= most; };
    if (!fits(height, 4096) || !fits(width, 4096) || !fits(channels, 16))
        throw Error(ErrorCode::bad_file, place, say("idx.size_alone", size_text(height, width, channels)),
                    say("idx.give_size"));
    IdxImages images{
        ImageShape(static_cast<int>(height), static_cast<int>(width), static_cast<int>(channels)), {}};
    const size_t pixels =
        read_values(bytes, rank, extents[0], static_cast<uint64_t>(images.shape.count()), place).size();
    bytes.erase(bytes.begin(), bytes.end() - static_cast<ptrdiff_t>(pixels));
    images.pixels = std::move(bytes);
    return images;
}

}  // namespace

IdxImages read_idx_images(std::vector<uint8_t> bytes, const std::string& place) {
    const uint32_t rank = bytes.size() > 3 && bytes[3] == 4 ? 4 : 3;
    return read_images(std::move(bytes), rank, nullptr, place);
}

std::vector<int32_t> read_idx_labels(std::span<const uint8_t> bytes, const std::string& place) {
    const uint32_t count = read_extents(bytes, 1, place)[0];
    const auto values = read_values(bytes, 1, count, 1, place);
    return {values.begin(), values.end()};
}

Array read_idx_array(std::vector<uint8_t> bytes, const std::string& place) {
    const auto type = [&]() -> std::optional<Array::Type> {
        switch (bytes.size() < 4 || bytes[0] != 0 || bytes[1] != 0 ? 0 : bytes[2]) {
            case 0x08:
                return Array::Type::u1;
            case 0x09:
                return Array::Type::i1;
            case 0x0B:
                return Array::Type::i2;
            case 0x0C:
                return Array::Type::i4;
            case 0x0D:
                return Array::Type::f4;
            case 0x0E:
                return Array::Type::f8;
            default:
                return {};
        }
    }();
    if (!type || bytes[3] < 1 || bytes[3] > 4)
        throw Error(ErrorCode::bad_file, place, say("idx.no_array"), say("idx.give_array"));
    const uint32_t rank = bytes[3];
    if (bytes.size() < 4 + 4 * size_t{rank})
        throw Error(ErrorCode::bad_file, place, say("idx.in_header", bytes.size(), 4 + 4 * rank),
                    say("data.get_again"));
    Array array{*type, {}, {}, {}};
    const uint64_t item = item_bytes(*type);
    uint64_t count = 1;
    for (uint32_t axis = 0; axis < rank; ++axis) {
        const uint64_t extent = big_endian(bytes, 4 + 4 * size_t{axis});
        // Of a product that overflows the file is shorter at any rate.
        count = extent != 0 && count > (uint64_t{1} << 40U) / extent ? uint64_t{1} << 40U : count * extent;
        array.shape.push_back(static_cast<int64_t>(extent));
    }
    const size_t values = read_values(bytes, rank, count, item, place).size();
    bytes.erase(bytes.begin(), bytes.end() - static_cast<ptrdiff_t>(values));
    if constexpr (std::endian::native == std::endian::little)
        for (size_t at = 0; item > 1 && at < bytes.size(); at += item)
            std::reverse(bytes.begin() + static_cast<ptrdiff_t>(at),
                         bytes.begin() + static_cast<ptrdiff_t>(at + item));
    array.bytes = std::move(bytes);
    return array;
}

uint64_t idx_size(std::span<const uint8_t> head) {
    if (head.size() < 4 || head[0] != 0 || head[1] != 0 || head[3] == 0) return 0;
    const size_t rank = head[3], type = head[2];
    const size_t width = type == 8 || type == 9     ? 1
                         : type == 11               ? 2
                         : type == 12 || type == 13 ? 4
                         : type == 14               ? 8
                                                    : 0;
    if (rank > 4 || width == 0 || head.size() < 4 + 4 * rank) return 0;
    uint64_t values = width;
    for (size_t axis = 0; axis < rank; ++axis) {
        const uint64_t extent = big_endian(head, 4 + 4 * axis);
        if (extent > 0 && values > (uint64_t{1} << 60U) / extent) return 0;  // no file is as large
        values *= extent;
    }
    return 4 + 4 * rank + values;
}

Split read_idx(std::vector<uint8_t> images, std::span<const uint8_t> labels, const DatasetCard& card,
               const std::string& images_place, const std::string& labels_place) {
    const uint32_t rank = card.image.channels == 1 ? 3 : 4;
    Split split;
    split.images = read_images(std::move(images), rank, &card, images_place).pixels;
    split.labels = read_idx_labels(labels, labels_place);
    const int64_t count = static_cast<int64_t>(split.images.size()) / card.image.count();
    if (split.count() != count) {
        throw Error(ErrorCode::bad_file, labels_place, say("idx.counts", split.count(), count, images_place),
                    say("idx.belong"));
    }
    check_split(split, card, labels_place);
    return split;
}

}  // namespace cnnlab
