#pragma once

#include <string>

#include "engine/data/own_dataset.hpp"

namespace cnnlab {

/// Reads a table of images, a line each: a label and the pixels, row by row. The separator is a comma, a semicolon, a
/// tab or a bar; the text is as plain_text() takes it. A first line with words for pixels is a header: the column named
/// label, class, target, category, digit or y has the labels. Without one the first column has them. Labels are numbers
/// or names; pixels are numbers from 0 to 255, or from 0 to 1. The pixels make a square, grey or of three planes.
/// Throws Error (bad_file) with the line for a field that is no number, an empty label, a line of another length, and a
/// number of pixels that makes no square.
[[nodiscard]] OwnSplit read_table(const std::vector<uint8_t>& bytes, PixelRange& range,
                                  const std::string& place);

/// Whether its header, if it has one, names a column of labels. Tables of images to be named have none.
[[nodiscard]] bool table_has_labels(const std::vector<uint8_t>& bytes);

}  // namespace cnnlab
