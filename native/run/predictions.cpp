#include "native/run/predictions.hpp"

#include <algorithm>
#include <numeric>

namespace cnnlab {

std::vector<ClassAnswer> top_classes(std::span<const double> probabilities,
                                     const std::vector<std::string>& names, size_t count) {
    std::vector<size_t> order(probabilities.size());
    std::iota(order.begin(), order.end(), size_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](size_t a, size_t b) { return probabilities[a] > probabilities[b]; });
    order.resize(std::min(order.size(), count));
    std::vector<ClassAnswer> top;
    for (const size_t c : order) top.push_back({names[c], c, probabilities[c]});
    return top;
}

}  // namespace cnnlab
