#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace cnnlab {

/// One field of a form. What it names lies in the body.
struct FormPart {
    std::string name, filename;
    std::string_view content;
};

/// Whether a Content-Type is that of a form with files.
[[nodiscard]] bool is_form(std::string_view content_type);

/// The parts of a body of multipart/form-data. Each part's head has at most 4 kB, and there are at most `most` parts.
/// Throws Error (bad_file, place "body").
/// Source: RFC 7578 and RFC 2046, section 5.1.
[[nodiscard]] std::vector<FormPart> read_form(std::string_view content_type, std::string_view body,
                                              size_t most);

}  // namespace cnnlab
