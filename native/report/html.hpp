#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "engine/core/shape.hpp"
#include "native/pictures/image.hpp"

namespace cnnlab {

/// A page that needs no other file, light or dark as the reader prefers. `title` is plain text, `body` HTML, `style`
/// CSS beyond that of all pages.
std::string html_page(std::string_view title, std::string_view body, std::string_view style = "");

/// An image of a data set [H, W, C]: three channels, or the first.
Image picture_of(const uint8_t* pixels, const ImageShape& shape);

/// An <img> with the picture inside it, each pixel a crisp square, at least 56 pixels long; `words` say what it is.
std::string html_image(const Image& image, std::string_view words);

}  // namespace cnnlab
