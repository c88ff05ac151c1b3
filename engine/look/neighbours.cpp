#include "engine/look/neighbours.hpp"

#include <algorithm>
#include <cmath>

namespace cnnlab {

uint64_t squared_distance(const uint8_t* a, const uint8_t* b, size_t size) {
    // A run of this length keeps within 32 bits, and compilers make vectors of it.
    constexpr size_t run = 32768;
    uint64_t total = 0;
    for (size_t from = 0; from < size; from += run) {
        const size_t end = std::min(size, from + run);
        uint32_t sum = 0;
        for (size_t i = from; i < end; ++i) {
            const int difference = int{a[i]} - int{b[i]};
            sum += static_cast<uint32_t>(difference * difference);
        }
        total += sum;
    }
    return total;
}

double pixel_distance(uint64_t squared, size_t size) {
    return size == 0 ? 0 : std::sqrt(static_cast<double>(squared) / static_cast<double>(size)) / 255;
}

std::vector<Neighbour> nearest_images(std::span<const uint8_t> pixels, const Split& split, size_t count,
                                      int64_t skip) {
    const size_t size = pixels.size();
    std::vector<std::pair<uint64_t, int64_t>> all;
    all.reserve(split.labels.size());
    for (int64_t i = 0; i < split.count(); ++i) {
        if (i == skip) continue;
        const uint8_t* other = split.images.data() + static_cast<size_t>(i) * size;
        all.emplace_back(squared_distance(pixels.data(), other, size), i);
    }
    const size_t kept = std::min(count, all.size());
    std::partial_sort(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(kept), all.end());
    std::vector<Neighbour> nearest;
    for (size_t i = 0; i < kept; ++i) nearest.push_back({all[i].second, pixel_distance(all[i].first, size)});
    return nearest;
}

}  // namespace cnnlab
