#include "engine/data/imbalance.hpp"

#include <algorithm>
#include <cmath>

namespace cnnlab {

std::vector<int64_t> long_tail_counts(std::span<const int64_t> counts, double ratio) {
    // Powers differ in their last bit from one C library to the next: what lies so close below a half is one.
    constexpr double slack = 1e-6;
    std::vector<int64_t> result;
    const double last = std::max(1.0, static_cast<double>(counts.size()) - 1);
    for (size_t c = 0; c < counts.size(); ++c) {
        const double left = static_cast<double>(counts[c]) * std::pow(ratio, static_cast<double>(c) / last);
        const auto nearest = static_cast<int64_t>(std::floor(left + 0.5 + slack));
        result.push_back(std::clamp<int64_t>(nearest, std::min<int64_t>(1, counts[c]), counts[c]));
    }
    return result;
}

std::vector<size_t> long_tail_images(std::span<const int32_t> labels, size_t classes, double ratio) {
    std::vector<int64_t> counts(classes, 0);
    for (const int32_t label : labels) ++counts[static_cast<size_t>(label)];
    const std::vector<int64_t> kept = long_tail_counts(counts, ratio);
    std::vector<int64_t> seen(classes, 0);
    std::vector<size_t> chosen;
    for (size_t i = 0; i < labels.size(); ++i) {
        const auto c = static_cast<size_t>(labels[i]);
        // ⌊j · kept / count⌋ rises by one at each image that is kept.
        if (seen[c]++ * kept[c] % counts[c] < kept[c]) chosen.push_back(i);
    }
    return chosen;
}

}  // namespace cnnlab
