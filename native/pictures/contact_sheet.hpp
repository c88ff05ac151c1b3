#pragma once

#include "engine/data/dataset.hpp"
#include "native/pictures/image.hpp"

namespace cnnlab {

/// A picture of a split: one row a class, in label order, with its first `samples` images, small gaps, on neutral
/// grey. Small images are enlarged by a whole factor to at least 40 pixels, every pixel a crisp square. Shows at most
/// 100 classes. Images with 2 or more than 3 channels show their first.
Image contact_sheet(const Split& split, const DatasetCard& card, int samples = 10);

}  // namespace cnnlab
