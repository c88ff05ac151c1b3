#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace cnnlab {

/// The files that a person gives by one path: those of a folder, of an archive (whatever its name), or a single one.
/// Archives right in a folder are opened, too, by their names; their files lie in a folder of the archive's name.
/// So do the arrays of MATLAB's files, as NumPy writes them ("digits.mat/X.npy"), where the program was built with
/// matio and they are in no archive. Nothing is unpacked to the disk.
class GivenFiles {
  public:
    /// Throws Error: missing_data where nothing is there, io where a folder cannot be read, bad_file for an
    /// archive that is damaged or encrypted.
    explicit GivenFiles(const std::filesystem::path& given);

    /// Relative to what was given, with "/" between folders, in order, as to_utf8() writes them. Hidden files are left
    /// out.
    [[nodiscard]] const std::vector<std::string>& paths() const { return paths_; }
    /// Links in archives, which are not followed.
    [[nodiscard]] const std::vector<std::string>& links() const { return links_; }

    /// Hands over the bytes of some files by their index, each archive read once; in any order. What is packed by
    /// itself (.gz) is unpacked. Throws Error (bad_file) for a file that is damaged or larger than one may be.
    void read(std::span<const size_t> wanted,
              const std::function<void(size_t path, std::vector<uint8_t> bytes)>& take) const;
    /// The same in the order of `wanted`, all at once.
    [[nodiscard]] std::vector<std::vector<uint8_t>> read_all(std::span<const size_t> wanted) const;

  private:
    struct Source {
        std::filesystem::path file;
        std::string entry;  ///< in an archive; empty: the file itself
        size_t before =
            0;  ///< entries of the same name that are passed over: the last one counts, as in unpacking
    };
    void add_folder(const std::filesystem::path& folder, const std::string& name, int depth);
    void add_file(const std::filesystem::path& file, const std::string& name, bool is_archive);

    /// What was unpacked while the files were listed, until somebody reads it: there is no other way to list a packed
    /// tar archive, and to unpack it twice would take twice as long.
    struct Unpacked {
        std::map<std::pair<std::filesystem::path, std::string>, std::vector<uint8_t>> files;
        size_t bytes = 0;
    };

    std::vector<std::string> paths_, links_;
    std::vector<Source> sources_;
    mutable Unpacked unpacked_;
    std::set<std::filesystem::path> above_;  ///< the folder that is being listed, and those around it
};

}  // namespace cnnlab
