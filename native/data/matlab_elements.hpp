#pragma once

#include <filesystem>
#include <optional>

namespace cnnlab {

/// matio takes what it can of a file that was cut or damaged, and tells nobody. So elements are looked at before: the
/// one of that number and those before it, or all, must lie within the file, and that one must have its checksum if it
/// is compressed. Throws Error (bad_file). Versions 4 and 7.3 have no such elements. Source: MathWorks, MAT-File
/// Format, "Level 5 MAT-File Format".
void check_matlab_elements(const std::filesystem::path& file, std::optional<size_t> number = std::nullopt);

}  // namespace cnnlab
