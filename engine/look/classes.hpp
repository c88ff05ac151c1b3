#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/data/statistics.hpp"

namespace cnnlab {

/// What the images of one class look like together.
struct ClassLook {
    int64_t count = 0;
    std::vector<double> mean;  ///< [H, W, C], from 0 to 255; zeros for a class without images
    std::vector<Statistics::Histogram> histogram;  ///< per channel

    /// Mean and standard deviation of a channel's pixels, from 0 to 255; 0 without pixels.
    [[nodiscard]] double channel_mean(size_t channel) const;
    [[nodiscard]] double channel_deviation(size_t channel) const;
};

/// For each class of the card, from a split that check_split accepts. Sums are of whole numbers, so exact.
[[nodiscard]] std::vector<ClassLook> look_at_classes(const Split& split, const DatasetCard& card);

/// Which images show the classes: for each class those with the numbers `first` … `first + count − 1` among its own,
/// fewer where it has fewer.
[[nodiscard]] std::vector<std::vector<size_t>> samples_of_classes(std::span<const int32_t> labels,
                                                                  size_t classes, size_t first, size_t count);

}  // namespace cnnlab
