#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace cnnlab {

/// The bytes of a file beside a model that it names. Throws Error where it cannot be read.
using ReadBeside = std::function<std::vector<uint8_t>(const std::string& name)>;

/// One name for a file that a path can name in several ways: "./a//b" is "a/b". `place` is the model in errors. Throws
/// Error (bad_file) where the name leads out of the model's folder, or may somewhere.
[[nodiscard]] std::string name_beside(const std::string& given, const std::string& place);

}  // namespace cnnlab
