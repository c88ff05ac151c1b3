#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

struct archive;

namespace cnnlab {

class GzipStream;

constexpr size_t largest_entry = size_t{1} << 30U;  ///< bytes of one file in an archive

/// An archive, open at its beginning: ZIP, 7-Zip, or tar, packed by gzip, bzip2, xz, Zstandard or not at all.
class ArchiveFile {
  public:
    /// Throws Error (bad_file) naming the file where it is no archive or a damaged one, and `next` and `read` also
    /// where it is encrypted or a file in it is too large.
    explicit ArchiveFile(std::filesystem::path file);
    ~ArchiveFile();
    ArchiveFile(ArchiveFile&&) noexcept;

    /// The path of the next file, below the folder that the archive is, "/" between folders; none at the end. A name
    /// in a ZIP that is no UTF-8 is read in code page 437, as the format has it; in others its bytes are as to_utf8()
    /// writes them.
    std::optional<std::string> next();
    /// The bytes of that file.
    std::vector<uint8_t> read();
    /// The paths of links that next() has passed by: what they lead to is not followed.
    [[nodiscard]] const std::vector<std::string>& links() const { return links_; }
    /// Whether one file can only be reached by unpacking those before it. Known after the first next().
    [[nodiscard]] bool is_packed_whole() const;

  private:
    [[noreturn]] void fail(const std::string& problem, const std::string& remedy) const;
    void check(int result) const;
    [[nodiscard]] std::string path_of(std::string_view name) const;

    struct Close {
        void operator()(archive* a) const;
    };
    std::vector<std::string> links_;
    std::filesystem::path file_;
    std::unique_ptr<GzipStream> gzip_;  ///< what reader_ reads, where that is packed by gzip
    std::unique_ptr<archive, Close> reader_;
    int64_t size_ = 0;  ///< of the file that next() has named, as the archive says; 0: it does not
};

/// Whether a file of that name is such an archive; marks of a copy, "(1)", are passed over.
[[nodiscard]] bool is_archive_named(const std::string& name);
/// Whether a file is one by its contents, whatever its name.
[[nodiscard]] bool is_archive(const std::filesystem::path& file);

}  // namespace cnnlab
