#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "engine/data/array.hpp"
#include "engine/data/dataset.hpp"

namespace cnnlab {

/// Reads a pair of IDX files, already decompressed: the format of MNIST and its successors.
///
///     images: 00 00 08 RANK, then RANK big-endian 32-bit extents [count, height, width(, channels)], then one byte a
///             value
///     labels: 00 00 08 01, the count, then one byte a label
///
/// RANK is 3 for one channel and 4 for several; 08 says unsigned byte. The extents must be those of card.image, both
/// counts equal, every label within card.classes, and nothing may be missing or left over. Throws Error: bad_file
/// (place is that of the offending file), out_of_range for a label. The pixels stay in the memory that `images` brings.
Split read_idx(std::vector<uint8_t> images, std::span<const uint8_t> labels, const DatasetCard& card,
               const std::string& images_place = "images", const std::string& labels_place = "labels");

/// An IDX file of any type: the third byte says 08 unsigned byte, 09 signed byte, 0B, 0C integers of 2 and 4 bytes, 0D,
/// 0E floats of 4 and 8 bytes, all big-endian. Throws Error (bad_file).
Array read_idx_array(std::vector<uint8_t> bytes, const std::string& place);

/// Images of any size up to 4096×4096×16, as the file says: rank 3 for grey ones, 4 for several channels.
struct IdxImages {
    ImageShape shape;
    std::vector<uint8_t> pixels;
};
/// Half of read_idx, for files whose card is not known. Throws Error (bad_file).
IdxImages read_idx_images(std::vector<uint8_t> bytes, const std::string& place);
std::vector<int32_t> read_idx_labels(std::span<const uint8_t> bytes, const std::string& place);

/// Bytes of a whole IDX file, as its first ones tell (16 of images, 8 of labels); 0 where they are not those of one.
[[nodiscard]] uint64_t idx_size(std::span<const uint8_t> head);

}  // namespace cnnlab
