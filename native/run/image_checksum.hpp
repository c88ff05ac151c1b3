#pragma once

#include <string>

#include "engine/data/dataset.hpp"

namespace cnnlab {

/// Of all images and labels: tells whether a run continues with the images that it began with, and whether processes
/// have the same.
[[nodiscard]] std::string image_checksum(const Dataset& images);
[[nodiscard]] std::string split_checksum(const Split& images);

}  // namespace cnnlab
