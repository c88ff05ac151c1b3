#pragma once

#include <string>
#include <string_view>

#include "engine/core/spec.hpp"

namespace cnnlab {

/// Objects and lists may hold each other this deep. Deeper ones come from nobody's hand, and copying
/// them would overflow the stack.
constexpr int deepest_json = 100;
/// An object may have this many fields, and a text this many bytes. Looking up a key takes longer with each one.
constexpr int most_json_fields = 1000;
constexpr size_t longest_json = size_t{64} << 20U;

/// Parses JSON text. Throws Error (bad_file) that names the line of a syntax error, of what is nested more than
/// deepest_json deep, of an object with too many fields or of a number too large; that names an encoding other than
/// UTF-8; and for a text that is too long.
[[nodiscard]] Json parse_json(std::string_view text, const std::string& place);

/// A number as a person may type it, also where JSON wants another spelling: ".001", "+0.1", "1e-3", "5.". Null where
/// the text is none.
[[nodiscard]] Json parse_number(std::string_view text);

}  // namespace cnnlab
