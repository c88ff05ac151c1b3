#include "native/data/archive_file.hpp"

#include <archive.h>
#include <archive_entry.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "engine/core/error.hpp"
#include "engine/core/huge_pages.hpp"
#include "engine/core/utf8.hpp"
#include "engine/data/file_kind.hpp"
#include "engine/data/idx_names.hpp"
#include "native/data/gzip.hpp"
#include "native/data/gzip_stream.hpp"
#include "native/system/file_bytes.hpp"
#include "native/system/utf8_locale.hpp"

namespace cnnlab {

namespace {

constexpr int64_t largest_believed = int64_t{1} << 26U;  ///< of sizes that an archive claims

/// The characters of 0x80 to 0xFF in code page 437, in which ZIP has names that are not marked as UTF-8.
constexpr std::u16string_view code_page_437 =
    u"ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀"
    u"αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u00a0";
static_assert(code_page_437.size() == 128);

std::string from_code_page_437(std::string_view name) {
    std::string text;
    for (const char c : name) {
        const auto byte = static_cast<unsigned char>(c);
        append_utf8(text, byte < 0x80 ? byte : code_page_437[byte - 0x80U]);
    }
    return text;
}

/// For libarchive, through which no exception passes.
la_ssize_t read_unpacked(archive* reader, void* stream, const void** block) {
    auto& gzip = *static_cast<GzipStream*>(stream);
    const std::span<const uint8_t> bytes = gzip.next();
    *block = bytes.data();
    if (gzip.problem().empty()) return static_cast<la_ssize_t>(bytes.size());
    archive_set_error(reader, EILSEQ, "gzip: %s", gzip.problem().c_str());
    return ARCHIVE_FATAL;
}

}  // namespace

bool is_archive_named(const std::string& name) {
    constexpr std::array<std::string_view, 12> endings{".zip",     ".npz",  ".7z",      ".tar",
                                                       ".tar.gz",  ".tgz",  ".tar.xz",  ".txz",
                                                       ".tar.bz2", ".tbz2", ".tar.zst", ".tzst"};
    const std::string plain = plain_name(name);
    return std::any_of(endings.begin(), endings.end(), [&](auto ending) { return plain.ends_with(ending); });
}

bool is_archive(const std::filesystem::path& file) {
    constexpr size_t head = size_t{1} << 16U;
    const std::vector<uint8_t> start = read_start(file, head);
    switch (file_kind(start)) {
        case FileKind::zip:
        case FileKind::seven_zip:
        case FileKind::tar:
        case FileKind::xz:
        case FileKind::bzip2:
        case FileKind::zstandard:
            return true;
        case FileKind::gzip:
            return file_kind(gunzip_head(start, 512)) == FileKind::tar;
        default:
            return false;
    }
}

ArchiveFile::~ArchiveFile() = default;
ArchiveFile::ArchiveFile(ArchiveFile&&) noexcept = default;
void ArchiveFile::Close::operator()(archive* a) const { archive_read_free(a); }

ArchiveFile::ArchiveFile(std::filesystem::path file) : file_(std::move(file)), reader_(archive_read_new()) {
    for (const auto support : {archive_read_support_format_zip, archive_read_support_format_tar,
                               archive_read_support_format_7zip, archive_read_support_filter_bzip2,
                               archive_read_support_filter_xz, archive_read_support_filter_zstd})
        support(reader_.get());
    if (is_gzip(read_start(file_, 2))) {
        gzip_ = std::make_unique<GzipStream>(file_);
        check(archive_read_open(reader_.get(), gzip_.get(), nullptr, read_unpacked, nullptr));
        return;
    }
    check(archive_read_open_filename(reader_.get(), file_.c_str(), 1U << 20U));
}

std::optional<std::string> ArchiveFile::next() {
    const Utf8Locale names;
    archive_entry* entry = nullptr;
    while (true) {
        const int result = archive_read_next_header(reader_.get(), &entry);
        if (result == ARCHIVE_EOF) return std::nullopt;
        check(result);
        if (archive_entry_is_encrypted(entry) != 0) fail("is encrypted", "unpack it, and give the folder");
        const char* name = archive_entry_pathname_utf8(entry);
        if (name == nullptr) name = archive_entry_pathname(entry);
        if (name == nullptr) fail("has a file whose name cannot be read", "unpack it, and give the folder");
        std::string path = path_of(name);
        if (path.empty()) continue;
        if (archive_entry_filetype(entry) == AE_IFLNK || archive_entry_hardlink(entry) != nullptr) {
            links_.push_back(std::move(path));
        } else if (archive_entry_filetype(entry) == AE_IFREG) {
            size_ = archive_entry_size_is_set(entry) != 0 ? archive_entry_size(entry) : 0;
            return path;
        }
    }
}

std::vector<uint8_t> ArchiveFile::read() {
    std::vector<uint8_t> bytes;
    // What the archive says, as far as it can be believed.
    if (size_ > 0 && size_ < largest_believed) reserve_huge(bytes, static_cast<size_t>(size_));
    const void* block = nullptr;
    size_t count = 0;
    la_int64_t at = 0;
    while (true) {
        const int result = archive_read_data_block(reader_.get(), &block, &count, &at);
        if (result == ARCHIVE_EOF) return bytes;
        if (result != ARCHIVE_OK) check(ARCHIVE_FATAL);
        const auto begin = static_cast<uint64_t>(at);
        if (begin > largest_entry || count > largest_entry - begin)
            fail("has a file of more than " + std::to_string(largest_entry) + " bytes", "give a smaller one");
        if (begin < bytes.size()) fail("is no whole archive: blocks of a file overlap", "get the file again");
        bytes.resize(begin);  // what a sparse file leaves out is zeros
        const auto* from = static_cast<const uint8_t*>(block);
        bytes.insert(bytes.end(), from, from + count);
    }
}

bool ArchiveFile::is_packed_whole() const {
    const int format = archive_format(reader_.get()) & ARCHIVE_FORMAT_BASE_MASK;
    // The last of the filters is the file itself.
    return gzip_ != nullptr || format == ARCHIVE_FORMAT_7ZIP || archive_filter_count(reader_.get()) > 1;
}

void ArchiveFile::fail(const std::string& problem, const std::string& remedy) const {
    throw Error(ErrorCode::bad_file, file_.string(), problem, remedy);
}

void ArchiveFile::check(int result) const {
    if (result >= ARCHIVE_WARN) return;
    const char* words = archive_error_string(reader_.get());
    const std::string reason = words != nullptr ? words : "";
    if (reason.find("ncrypt") != std::string::npos || reason.find("assphrase") != std::string::npos)
        fail("is encrypted", "unpack it, and give the folder");
    // "zip -s" leaves a name.zip that is the last part of several.
    std::error_code error;
    const std::filesystem::path first = std::filesystem::path(file_).replace_extension(".z01");
    if (std::filesystem::exists(first, error))
        fail("is one part of several: " + first.filename().string() + " is another",
             "join them (zip -s 0 " + file_.filename().string() + " --out whole.zip), and give the whole");
    fail("is no whole archive" + (reason.empty() ? "" : ": " + reason), "get the file again");
}

std::string ArchiveFile::path_of(std::string_view name) const {
    const bool is_zip = (archive_format(reader_.get()) & ARCHIVE_FORMAT_BASE_MASK) == ARCHIVE_FORMAT_ZIP;
    const std::string text = is_utf8(name) || !is_zip ? to_utf8(name) : from_code_page_437(name);
    std::string path, part;
    // Whatever the archive has between folders.
    for (const char c : text + "/") {
        if (c != '/' && c != '\\') {
            part += c;
            continue;
        }
        if (!part.empty() && part != "." && part != "..") path += (path.empty() ? "" : "/") + part;
        part.clear();
    }
    return path;
}

}  // namespace cnnlab
