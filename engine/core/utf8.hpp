#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace cnnlab {

/// Bytes at the start of a text that are whole characters of UTF-8 (RFC 3629); all of them where the text is UTF-8.
[[nodiscard]] size_t valid_utf8(std::string_view text);
[[nodiscard]] inline bool is_utf8(std::string_view text) { return valid_utf8(text) == text.size(); }

/// Appends a character by its number, up to U+10FFFF.
void append_utf8(std::string& text, uint32_t character);

/// The text with each byte that is no UTF-8 as "\xE1", so that different texts stay different.
[[nodiscard]] std::string to_utf8(std::string_view text);

}  // namespace cnnlab
