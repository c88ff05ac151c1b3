#include "engine/data/sampler.hpp"

#include <numeric>
#include <utility>

#include "engine/core/philox.hpp"

namespace cnnlab {

std::vector<uint32_t> epoch_order(int64_t count, uint64_t seed, uint32_t epoch, bool shuffle) {
    std::vector<uint32_t> order(static_cast<size_t>(count));
    std::iota(order.begin(), order.end(), 0U);
    if (!shuffle) return order;
    const Philox random{.seed = seed, .stream = stream_of("shuffle"), .step = epoch};
    Philox::Words words{};
    for (size_t i = order.size(); i-- > 1;) {
        // Going down, a block of four words is entered at its last word.
        if (i % 4 == 3 || i + 1 == order.size()) words = random(i / 4);
        std::swap(order[i], order[bounded(words[i % 4], static_cast<uint32_t>(i + 1))]);
    }
    return order;
}

}  // namespace cnnlab
