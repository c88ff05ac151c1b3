#pragma once

#include <cstdint>
#include <span>

#include "engine/core/fields.hpp"

namespace cnnlab {

/// What a file is, by how it begins: for words about one in the wrong place or under a wrong name.
enum class FileKind {
    other,
    empty,
    zip,
    gzip,
    tar,
    seven_zip,
    rar,
    xz,
    bzip2,
    zstandard,
    picture,
    safetensors
};
template <>
struct EnumNames<FileKind> {
    static constexpr std::array<std::string_view, 12> names{"other", "empty",     "zip",     "gzip",
                                                            "tar",   "7z",        "rar",     "xz",
                                                            "bzip2", "zstandard", "picture", "safetensors"};
};

/// `start`: the first 512 bytes or more of the file, or all of it.
[[nodiscard]] FileKind file_kind(std::span<const uint8_t> start);

/// Whether an archive or one packed file, whose contents may be anything.
[[nodiscard]] constexpr bool is_packed(FileKind kind) {
    return kind >= FileKind::zip && kind <= FileKind::zstandard;
}

}  // namespace cnnlab
