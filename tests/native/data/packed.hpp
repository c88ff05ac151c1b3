#pragma once

#include <archive.h>
#include <archive_entry.h>
#include <zlib.h>

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "engine/core/philox.hpp"
#include "native/system/utf8_locale.hpp"

namespace cnnlab::test {

using Bytes = std::vector<uint8_t>;

/// Bytes that pack badly, then bytes that pack well.
inline Bytes sample(size_t length) {
    Bytes bytes(length);
    const Philox random{.seed = 1};
    for (size_t i = 0; i < length / 2; ++i) bytes[i] = static_cast<uint8_t>(random.word(i));
    return bytes;
}

/// One gzip member, as gzip -n writes it.
inline Bytes gzip(const Bytes& bytes) {
    z_stream stream{};
    deflateInit2(&stream, 6, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY);
    Bytes packed(deflateBound(&stream, bytes.size()));
    stream.next_in = const_cast<Bytef*>(bytes.data());
    stream.avail_in = static_cast<uInt>(bytes.size());
    stream.next_out = packed.data();
    stream.avail_out = static_cast<uInt>(packed.size());
    deflate(&stream, Z_FINISH);
    packed.resize(stream.total_out);
    deflateEnd(&stream);
    return packed;
}

/// An archive of regular files, in the format that `choose` sets. Contents that begin with "-> " are those of a
/// symbolic link, with "=> " of a hard one.
inline Bytes archive_of(const std::vector<std::pair<std::string, Bytes>>& files,
                        const std::function<int(archive*)>& choose) {
    const Utf8Locale names;
    size_t capacity = 20480;
    for (const auto& [name, contents] : files) capacity += contents.size() + 2048;
    Bytes bytes(capacity);
    size_t used = 0;
    archive* writer = archive_write_new();
    choose(writer);
    archive_write_open_memory(writer, bytes.data(), bytes.size(), &used);
    for (const auto& [name, contents] : files) {
        archive_entry* entry = archive_entry_new();
        archive_entry_set_pathname_utf8(entry, name.c_str());
        const std::string text(contents.begin(), contents.end());
        const bool is_symbolic = text.starts_with("-> "), is_hard = text.starts_with("=> ");
        if (is_symbolic) archive_entry_set_symlink(entry, text.c_str() + 3);
        if (is_hard) archive_entry_set_hardlink(entry, text.c_str() + 3);
        const bool is_file = !is_symbolic && !is_hard;
        archive_entry_set_size(entry, is_file ? static_cast<la_int64_t>(contents.size()) : 0);
        archive_entry_set_filetype(entry, is_symbolic ? AE_IFLNK : AE_IFREG);
        archive_entry_set_perm(entry, 0644);
        archive_write_header(writer, entry);
        if (is_file) archive_write_data(writer, contents.data(), contents.size());
        archive_entry_free(entry);
    }
    archive_write_close(writer);
    archive_write_free(writer);
    bytes.resize(used);
    return bytes;
}

/// Uncompressed.
inline Bytes tar(const std::vector<std::pair<std::string, Bytes>>& files) {
    return archive_of(files, archive_write_set_format_ustar);
}
inline Bytes zip(const std::vector<std::pair<std::string, Bytes>>& files) {
    return archive_of(files, archive_write_set_format_zip);
}

}  // namespace cnnlab::test
