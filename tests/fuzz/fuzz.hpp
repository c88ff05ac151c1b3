#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/model/saved_model.hpp"

namespace cnnlab::fuzz {

using Bytes = std::vector<uint8_t>;

/// A reader under test. Whatever the bytes are, it comes to an end or throws Error.
struct Reader {
    std::string_view name;  ///< run.sh finds the names in the lists below
    void (*read)(const Bytes& bytes);
    Bytes (*seed)() = nullptr;  ///< a file that this program writes: no other one does
};

// A file of this folder each.
[[nodiscard]] std::span<const Reader> array_readers();
[[nodiscard]] std::span<const Reader> dataset_readers();
[[nodiscard]] std::span<const Reader> picture_readers();
[[nodiscard]] std::span<const Reader> network_readers();
[[nodiscard]] std::span<const Reader> run_readers();
[[nodiscard]] std::span<const Reader> archive_readers();

/// Several files in one input: a line with the name, then the contents. Before each but the first stands a zero byte
/// and "file:".
struct NamedFile {
    std::string name;
    Bytes bytes;
};
[[nodiscard]] std::vector<NamedFile> files_of(std::span<const uint8_t> bytes);

/// A file that is only in memory and has a path.
class MemoryFile {
  public:
    explicit MemoryFile(const Bytes& bytes);
    ~MemoryFile();
    MemoryFile(const MemoryFile&) = delete;
    MemoryFile& operator=(const MemoryFile&) = delete;
    [[nodiscard]] const std::filesystem::path& path() const { return path_; }

  private:
    int descriptor_ = -1;
    std::filesystem::path path_;
};

[[nodiscard]] std::string_view text_of(const Bytes& bytes);

/// A dense network for 5×5 images, with weights.
[[nodiscard]] SavedModel small_model();

}  // namespace cnnlab::fuzz
