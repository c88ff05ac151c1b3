#pragma once

#include <string>

#include "engine/data/dataset.hpp"
#include "engine/data/statistics.hpp"

namespace cnnlab {

/// How often each pixel value 0 … 255 occurs: a filled step curve for one channel, a line a channel for several, with
/// mean and standard deviation. A peak at 0 or 255 (background) that would flatten the rest is cut off, its height
/// written beside it.
std::string intensity_svg(const Statistics& statistics, const DatasetCard& card);

/// How many images each class has: one bar a class, training images solid, test images pale behind them.
std::string classes_svg(const Statistics& train, const Statistics& test, const DatasetCard& card);

}  // namespace cnnlab
