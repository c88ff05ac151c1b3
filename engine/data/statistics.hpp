#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "engine/data/dataset.hpp"

namespace cnnlab {

/// What a split's images and labels look like as a whole. Exact: everything follows from integer counts.
struct Statistics {
    using Histogram = std::array<int64_t, 256>;  ///< how many pixels have each value

    std::vector<int64_t> class_counts;  ///< images of each class of the card
    std::vector<Histogram> histogram;   ///< per channel
    std::vector<double> mean,
        stddev;  ///< per channel, of pixels / 255; stddev divides by the number of pixels
};

/// Counts a split that check_split accepts. An empty split has mean and stddev 0.
Statistics compute_statistics(const Split& split, const DatasetCard& card);

/// Makes the card's mean and deviation those of these images. A deviation is at least 1 / 255, because images of one
/// flat colour would divide by nothing.
void normalise_by(const Split& split, DatasetCard& card);

}  // namespace cnnlab
