#include "native/run/zip_file.hpp"

#include <archive.h>
#include <archive_entry.h>

#include <memory>

#include "engine/core/error.hpp"

namespace cnnlab {

namespace {

la_ssize_t append(struct archive* /*archive*/, void* bytes, const void* data, size_t size) {
    const auto* begin = static_cast<const uint8_t*>(data);
    static_cast<std::vector<uint8_t>*>(bytes)->insert(static_cast<std::vector<uint8_t>*>(bytes)->end(), begin,
                                                      begin + size);
    return static_cast<la_ssize_t>(size);
}

}  // namespace

std::vector<uint8_t> zip_of(const std::vector<ArchivePart>& parts, const std::string& place) {
    std::vector<uint8_t> bytes;
    size_t size = 0;
    for (const ArchivePart& part : parts) size += part.bytes.size() + 256;
    bytes.reserve(size);
    const std::unique_ptr<struct archive, decltype(&archive_write_free)> archive(archive_write_new(),
                                                                                 &archive_write_free);
    const auto check = [&](la_ssize_t result) {
        if (result < ARCHIVE_OK) throw Error(ErrorCode::io, place, archive_error_string(archive.get()));
    };
    check(archive_write_set_format_zip(archive.get()));
    check(archive_write_zip_set_compression_store(archive.get()));
    check(archive_write_set_bytes_in_last_block(archive.get(), 1));
    check(archive_write_open(archive.get(), &bytes, nullptr, &append, nullptr));
    for (const ArchivePart& part : parts) {
        const std::unique_ptr<archive_entry, decltype(&archive_entry_free)> entry(archive_entry_new(),
                                                                                  &archive_entry_free);
        archive_entry_set_pathname(entry.get(), part.name.c_str());
        archive_entry_set_size(entry.get(), static_cast<la_int64_t>(part.bytes.size()));
        archive_entry_set_filetype(entry.get(), AE_IFREG);
        archive_entry_set_perm(entry.get(), 0644);
        archive_entry_set_mtime(entry.get(), 315619200,
                                0);  // 2 January 1980: ZIP knows no earlier day anywhere
        check(archive_write_header(archive.get(), entry.get()));
        if (!part.bytes.empty())
            check(archive_write_data(archive.get(), part.bytes.data(), part.bytes.size()));
    }
    check(archive_write_close(archive.get()));
    return bytes;
}

}  // namespace cnnlab
