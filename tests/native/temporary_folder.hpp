#pragma once

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "native/system/file_bytes.hpp"
#include "tests/paths.hpp"

namespace cnnlab::test {

/// A folder of a test's own, removed with all that is in it.
class TemporaryFolder {
  public:
    TemporaryFolder() {
        std::string name = (std::filesystem::temp_directory_path() / "cnnlab-test-XXXXXX").string();
        path_ = ::mkdtemp(name.data());
    }
    ~TemporaryFolder() { std::filesystem::remove_all(path_); }
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;

    [[nodiscard]] const std::filesystem::path& path() const { return path_; }
    [[nodiscard]] std::filesystem::path operator/(const std::filesystem::path& name) const {
        return path_ / name;
    }

    /// How many files and folders there are in it, all levels.
    [[nodiscard]] int64_t count() const {
        const std::filesystem::recursive_directory_iterator all(path_);
        return std::distance(begin(all), end(all));
    }

  private:
    std::filesystem::path path_;
};

inline std::filesystem::path fixture(const std::string& name) {
    return source_folder() / "tests/data/fixtures" / name;
}

}  // namespace cnnlab::test
