#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace cnnlab {

/// Which of the `count` images of a class are test images, where a data set has no test images of its own:
/// round(share · count), at least one and not all (with share 0 none), the first of epoch_order(count, seed, label).
[[nodiscard]] std::vector<bool> test_images_of(size_t count, double share, uint64_t seed, uint32_t label);

}  // namespace cnnlab
