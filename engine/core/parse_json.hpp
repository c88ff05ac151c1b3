#pragma once

#include <string>
#include <string_view>

#include "engine/core/spec.hpp"

namespace cnnlab {

/// Objects and lists may hold each other this deep. Deeper ones come from nobody's hand, and copying
/// them would overflow the stack.
constexpr int deepest_json = 100;

/// Parses JSON text. Throws Error (bad_file) that names the line of a syntax error, or of what is
/// nested more than deepest_json deep.
[[nodiscard]] Json parse_json(std::string_view text, const std::string& place);

}  // namespace cnnlab
