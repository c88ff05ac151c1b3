#pragma once

#include <cstdint>
#include <span>

namespace cnnlab {

/// What a JPEG file says besides its pixels, and the decoder ignores.
struct JpegFacts {
    bool is_jpeg = false;
    bool is_truncated = false;  ///< no end-of-image marker follows the pixels
    bool is_corrupt = false;    ///< a Huffman table that no encoder writes, and that stb_image would write beyond its end for
    int orientation = 1;        ///< EXIF 1 … 8: how the camera was held; 1 is upright
};

/// Walks through the file's segments. Never fails: what makes no sense leaves the defaults.
/// Sources: ITU-T T.81 Annex B (segments), CIPA DC-008 (EXIF, tag 0x0112).
JpegFacts inspect_jpeg(std::span<const uint8_t> bytes);

}  // namespace cnnlab
