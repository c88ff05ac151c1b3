#include "engine/data/idx.hpp"

#include <cstdio>
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

}  // namespace

Split read_idx(std::vector<uint8_t> images, std::span<const uint8_t> labels, const DatasetCard& card,
               const std::string& images_place, const std::string& labels_place) {
    const ImageShape& shape = card.image;
    const uint32_t rank = shape.channels == 1 ? 3 : 4;
    const auto extents = read_extents(images, rank, images_place);
    const uint32_t channels = rank == 4 ? extents[3] : 1;
    if (extents[1] != static_cast<uint32_t>(shape.height) ||
        extents[2] != static_cast<uint32_t>(shape.width) ||
        channels != static_cast<uint32_t>(shape.channels)) {
        const auto size = [](auto h, auto w, auto c) {
            return std::to_string(h) + "×" + std::to_string(w) + "×" + std::to_string(c);
        };
        throw Error(ErrorCode::bad_file, images_place,
                    say("idx.size", size(extents[1], extents[2], channels), card.name,
                        size(shape.height, shape.width, shape.channels)),
                    say("idx.files_of", card.name));
    }
    const size_t pixels =
        read_values(images, rank, extents[0], static_cast<uint64_t>(shape.count()), images_place).size();

    const uint32_t count = read_extents(labels, 1, labels_place)[0];
    const auto values = read_values(labels, 1, count, 1, labels_place);
    if (count != extents[0]) {
        throw Error(ErrorCode::bad_file, labels_place, say("idx.counts", count, extents[0], images_place),
                    say("idx.belong"));
    }
    Split split;
    images.erase(images.begin(), images.end() - static_cast<ptrdiff_t>(pixels));
    split.images = std::move(images);
    split.labels.assign(values.begin(), values.end());
    check_split(split, card, labels_place);
    return split;
}

}  // namespace cnnlab
