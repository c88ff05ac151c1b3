#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <string_view>
#include <vector>

namespace cnnlab {

/// The most that is read of one file unless said otherwise: more than any checkpoint that a machine can train.
constexpr size_t largest_file = size_t{1} << 37U;

/// The whole file. Throws Error naming it: missing_data where it is not there, io where it cannot be read, bad_file
/// where it is no regular file (a pipe may never end) or has more than `most` bytes.
std::vector<uint8_t> read_file(const std::filesystem::path& path, size_t most = largest_file);

/// The same for what a person names on the command line, which may be a pipe: <(command) or /dev/stdin.
std::vector<uint8_t> read_stream(const std::filesystem::path& path, size_t most);

/// Throws what they throw of a file that has more than `most` bytes; `size` 0: nobody knows how many.
[[noreturn]] void refuse_large(const std::filesystem::path& path, size_t size, size_t most);

/// The first `count` bytes of a file, all of a shorter one. Throws as read_file does.
std::vector<uint8_t> read_start(const std::filesystem::path& path, size_t count);

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

/// What becomes of a folder that is missing.
enum class MissingFolder : uint8_t { is_made, is_an_error };

/// Writes the file so that a reader, a full disk or a crash never sees half of it: into a temporary file beside it,
/// flushed to the disk, then renamed. Throws Error (io) naming the file and the system's reason.
void write_file(const std::filesystem::path& path, std::span<const uint8_t> bytes,
                MissingFolder missing = MissingFolder::is_made);
void write_file(const std::filesystem::path& path, std::string_view text,
                MissingFolder missing = MissingFolder::is_made);

/// Whether `name` is what a program that was killed while it wrote `destination` has left beside it.
bool is_leftover(std::string_view name, std::string_view destination);

/// Removes leftovers of a destination that are older than a day: nobody writes them any more.
void remove_old_leftovers(const std::filesystem::path& destination);

/// A temporary file in the folder of its destination, which is removed unless `commit` renames it into place.
class TemporaryFile {
  public:
    explicit TemporaryFile(std::filesystem::path destination, MissingFolder missing = MissingFolder::is_made);
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
