#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <string_view>
#include <vector>

namespace cnnlab {

/// The whole file. Throws Error naming it: missing_data where it is not there, io where it cannot be read.
std::vector<uint8_t> read_file(const std::filesystem::path& path);

struct FileEnd {
    size_t size = 0;  ///< of the whole file
    std::vector<uint8_t> bytes;
};

/// The last `count` bytes of a file, all of a shorter one. Throws as read_file does.
FileEnd read_end(const std::filesystem::path& path, size_t count);

/// Reads the file in pieces of `piece` bytes (the last may be shorter), so that it is never whole in memory. Throws
/// as read_file does.
void read_pieces(const std::filesystem::path& path, size_t piece,
                 const std::function<void(std::span<const uint8_t>)>& take);

/// Writes the file so that a reader, a full disk or a crash never sees half of it: into a temporary file beside it,
/// flushed to the disk, then renamed. Makes the folder if it is missing. Throws Error (io) naming the file and the
/// system's reason.
void write_file(const std::filesystem::path& path, std::span<const uint8_t> bytes);
void write_file(const std::filesystem::path& path, std::string_view text);

/// A temporary file in the folder of its destination, which is removed unless `commit` renames it into place.
class TemporaryFile {
  public:
    explicit TemporaryFile(std::filesystem::path destination);
    ~TemporaryFile();
    TemporaryFile(const TemporaryFile&) = delete;
    TemporaryFile& operator=(const TemporaryFile&) = delete;

    void write(std::span<const uint8_t> bytes);

    /// Flushes to the disk and takes the destination's place.
    void commit();

  private:
    std::filesystem::path destination_, temporary_;
    int descriptor_ = -1;
};

}  // namespace cnnlab
