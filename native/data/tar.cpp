#include "native/data/tar.hpp"

#include <archive.h>
#include <archive_entry.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <memory>
#include <string_view>

#include "engine/core/error.hpp"

namespace cnnlab {

namespace {

struct CloseArchive {
    void operator()(archive* a) const { archive_read_free(a); }
};

}  // namespace

bool is_tar(std::span<const uint8_t> bytes) {
    constexpr std::string_view magic = "ustar";
    constexpr size_t at = 257;
    return bytes.size() >= 512 && std::equal(magic.begin(), magic.end(), bytes.begin() + at);
}

std::string first_large_file(std::span<const uint8_t> start) {
    constexpr size_t block = 512, name_bytes = 100, size_at = 124, size_digits = 11;
    while (is_tar(start)) {
        const auto* text = reinterpret_cast<const char*>(start.data());
        uint64_t size = 0;  // octal digits; what else stands there ends them
        for (size_t i = size_at; i < size_at + size_digits && text[i] >= '0' && text[i] <= '7'; ++i)
            size = 8 * size + static_cast<uint64_t>(text[i] - '0');
        if (size > start.size() - block)
            return std::filesystem::path(std::string(text, strnlen(text, name_bytes))).filename().string();
        const size_t next = block + (static_cast<size_t>(size) + block - 1) / block * block;
        start = start.subspan(std::min(next, start.size()));
    }
    return {};
}

std::map<std::string, std::vector<uint8_t>> read_tar(std::span<const uint8_t> bytes,
                                                     const std::set<std::string>& names,
                                                     const std::string& place) {
    const std::unique_ptr<archive, CloseArchive> tar(archive_read_new());
    const auto check = [&](int result) {
        if (result >= ARCHIVE_WARN) return;
        const char* reason = archive_error_string(tar.get());
        throw Error(ErrorCode::bad_file, place,
                    std::string("is no whole tar archive") + (reason ? std::string(": ") + reason : ""),
                    "get the file again");
    };
    archive_read_support_format_tar(tar.get());
    check(archive_read_open_memory(tar.get(), bytes.data(), bytes.size()));

    std::map<std::string, std::vector<uint8_t>> files;
    archive_entry* entry = nullptr;
    while (true) {
        const int result = archive_read_next_header(tar.get(), &entry);
        if (result == ARCHIVE_EOF) break;
        check(result);
        const char* path = archive_entry_pathname(entry);
        const std::string name = path ? std::filesystem::path(path).filename().string() : std::string();
        const la_int64_t size = archive_entry_size(entry);
        if (archive_entry_filetype(entry) != AE_IFREG || !names.contains(name) || files.contains(name))
            continue;
        // A header may claim any size; a file cannot be larger than the archive that holds it.
        if (size < 0 || static_cast<uint64_t>(size) > bytes.size()) {
            throw Error(ErrorCode::bad_file, place, "claims " + std::to_string(size) + " bytes for " + name,
                        "get the file again");
        }
        std::vector<uint8_t>& contents = files[name];
        contents.resize(static_cast<size_t>(size));
        size_t at = 0;
        while (at < contents.size()) {
            const la_ssize_t count = archive_read_data(tar.get(), contents.data() + at, contents.size() - at);
            check(count < 0 ? ARCHIVE_FATAL : ARCHIVE_OK);
            if (count == 0) break;
            at += static_cast<size_t>(count);
        }
        if (at < contents.size()) {
            throw Error(ErrorCode::bad_file, place, "is truncated within " + name, "get the file again");
        }
    }
    return files;
}

}  // namespace cnnlab
