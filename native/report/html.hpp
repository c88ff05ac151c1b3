#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "native/pictures/image.hpp"

namespace cnnlab {

/// A page that needs no other file, light or dark as the reader prefers. `title` is plain text, `body` HTML.
std::string html_page(std::string_view title, std::string_view body);

/// "aGk=": bytes in base64, with padding (RFC 4648).
std::string base64(std::span<const uint8_t> bytes);

/// An <img> with the picture inside it, each pixel a crisp square, at least 56 pixels long; `words` say what it is.
std::string html_image(const Image& image, std::string_view words);

}  // namespace cnnlab
