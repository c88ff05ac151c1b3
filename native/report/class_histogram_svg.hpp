#pragma once

#include <string>
#include <vector>

#include "engine/look/classes.hpp"

namespace cnnlab {

/// How often each pixel value occurs in the images of each class: a small chart a class, all to the same scale, in
/// steps of four values; a line a channel where there are three. A peak at the ends (background) is cut off where it
/// would flatten the rest. At most 100 classes.
std::vector<std::string> class_histogram_svgs(const std::vector<ClassLook>& looks, const DatasetCard& card);

}  // namespace cnnlab
