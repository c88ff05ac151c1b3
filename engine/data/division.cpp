#include "engine/data/division.hpp"

#include <algorithm>
#include <cmath>

#include "engine/data/sampler.hpp"

namespace cnnlab {

std::vector<bool> test_images_of(size_t count, double share, uint64_t seed, uint32_t label) {
    std::vector<bool> is_test(count, false);
    if (share == 0 || count < 2) return is_test;
    const auto wanted = static_cast<size_t>(std::lround(share * static_cast<double>(count)));
    const auto order = epoch_order(static_cast<int64_t>(count), seed, label, true);
    const size_t test_count = std::clamp<size_t>(wanted, 1, count - 1);
    for (size_t i = 0; i < test_count; ++i) is_test[order[i]] = true;
    return is_test;
}

}  // namespace cnnlab
