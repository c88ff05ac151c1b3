#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace cnnlab {

/// Rewrites a BMP of any kind as one of 24 bits a pixel, whose rows lie from below behind 54 bytes, so that no decoder
/// has anything to decide. What is transparent, and what a run-length encoded picture does not write, lies on white.
/// Colour spaces are not heeded. Throws Error (bad_file, place) for a file that is damaged or cut, and for one of more
/// than 134 million pixels. Sources: Microsoft, BITMAPFILEHEADER, BITMAPINFOHEADER and its successors; IBM's for OS/2.
[[nodiscard]] std::vector<uint8_t> plain_bmp(std::span<const uint8_t> bytes, const std::string& place);

}  // namespace cnnlab
