#pragma once

#include <filesystem>

namespace cnnlab::test {

/// The repository's root, for fixtures.
[[nodiscard]] std::filesystem::path source_folder();
/// The command line of the same build; empty where there is none.
[[nodiscard]] std::filesystem::path program_file();

}  // namespace cnnlab::test
