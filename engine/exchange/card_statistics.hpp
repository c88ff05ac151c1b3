#pragma once

#include <vector>

#include "engine/data/dataset.hpp"

namespace cnnlab {

/// Gives a card the mean and standard deviation of pixels / 255 that a person has named: a number a channel, or one for
/// all; where there is none the card's own stay. Throws Error that names the command line's option: shape_mismatch for
/// another count, out_of_range for a number that no card may have.
void set_statistics(DatasetCard& card, const std::vector<float>& mean, const std::vector<float>& stddev);

}  // namespace cnnlab
