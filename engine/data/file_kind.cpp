#include "engine/data/file_kind.hpp"

#include <algorithm>
#include <string_view>

#include "engine/data/picture_bytes.hpp"

namespace cnnlab {

namespace {

bool has_at(std::span<const uint8_t> bytes, size_t at, std::string_view text) {
    return bytes.size() >= at + text.size() &&
           std::equal(text.begin(), text.end(), bytes.begin() + static_cast<ptrdiff_t>(at),
                      [](char a, uint8_t b) { return static_cast<uint8_t>(a) == b; });
}

/// Eight bytes of length, then JSON.
bool is_safetensors(std::span<const uint8_t> bytes) {
    constexpr size_t length_bytes = 8;
    return bytes.size() > length_bytes && bytes[length_bytes] == '{' && bytes[5] == 0 && bytes[6] == 0 &&
           bytes[7] == 0;
}

}  // namespace

FileKind file_kind(std::span<const uint8_t> start) {
    using namespace std::string_view_literals;
    struct Row {
        size_t at;
        std::string_view text;
        FileKind kind;
    };
    static constexpr Row rows[] = {
        {0, "PK\x03\x04"sv, FileKind::zip},
        {0, "PK\x05\x06"sv, FileKind::zip},
        {0, "\x1F\x8B"sv, FileKind::gzip},
        {257, "ustar"sv, FileKind::tar},
        {0, "7z\xBC\xAF\x27\x1C"sv, FileKind::seven_zip},
        {0, "Rar!\x1A\x07"sv, FileKind::rar},
        {0, "\xFD\x37zXZ\0"sv, FileKind::xz},
        {0, "BZh"sv, FileKind::bzip2},
        {0, "\x28\xB5\x2F\xFD"sv, FileKind::zstandard},
    };
    if (start.empty()) return FileKind::empty;
    for (const Row& row : rows)
        if (has_at(start, row.at, row.text)) return row.kind;
    if (picture_format(start) != PictureFormat::none) return FileKind::picture;
    return is_safetensors(start) ? FileKind::safetensors : FileKind::other;
}

}  // namespace cnnlab
