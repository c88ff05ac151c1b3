#pragma once

#include <string>

namespace cnnlab {

/// The program's own, "0.1.0": CMakeLists.txt has it.
[[nodiscard]] std::string program_version();

}  // namespace cnnlab
