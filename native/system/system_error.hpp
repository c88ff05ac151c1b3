#pragma once

#include <filesystem>
#include <string>

namespace cnnlab {

/// What a person can do about an error of the operating system (errno); `otherwise` where the reason does not tell.
[[nodiscard]] std::string remedy_for(int reason, const std::string& otherwise);

/// Throws Error (io): "PATH: cannot be written: No space left on device; free some space …".
[[noreturn]] void fail_io(const std::filesystem::path& path, const std::string& what, int reason,
                          const std::string& otherwise = "check the path");

}  // namespace cnnlab
