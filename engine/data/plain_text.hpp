#pragma once

#include <string>
#include <string_view>

namespace cnnlab {

/// The text of a file as UTF-8 with "\n" between lines, whatever a spreadsheet wrote: UTF-16 by its byte order mark
/// (RFC 2781), lines that end in CR or CR LF. What is neither UTF-16 nor UTF-8 is taken for Windows-1252, which holds
/// Latin-1's letters.
[[nodiscard]] std::string plain_text(std::string_view bytes);

/// The sign that stands most often in the first line: a comma, a semicolon, a tab or a bar; a comma where none does.
[[nodiscard]] char separator_in(std::string_view text);

}  // namespace cnnlab
