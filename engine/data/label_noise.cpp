#include "engine/data/label_noise.hpp"

#include <algorithm>
#include <cmath>

#include "engine/core/philox.hpp"
#include "engine/data/sampler.hpp"

namespace cnnlab {

int64_t noisy_labels(int64_t total, float share) {
    const double count = std::floor(static_cast<double>(total) * static_cast<double>(share) + 0.5);
    return std::clamp<int64_t>(static_cast<int64_t>(count), 0, total);
}

std::vector<LabelChange> changed_labels(std::span<const int32_t> labels, size_t classes, float share) {
    constexpr uint32_t stream = stream_of("label_noise");
    const auto total = static_cast<int64_t>(labels.size());
    const auto count = static_cast<size_t>(noisy_labels(total, share));
    if (count == 0 || classes < 2) return {};
    const std::vector<uint32_t> order = epoch_order(total, stream, 0, true);
    const Philox random{.seed = stream, .stream = stream, .step = 0};
    std::vector<LabelChange> changes;
    changes.reserve(count);
    for (size_t i = 0; i < count; ++i) {
        const size_t image = order[i];
        const uint32_t distance = 1 + bounded(random.word(image), static_cast<uint32_t>(classes - 1));
        const auto label = (static_cast<uint32_t>(labels[image]) + distance) % static_cast<uint32_t>(classes);
        changes.push_back({image, static_cast<int32_t>(label)});
    }
    return changes;
}

}  // namespace cnnlab
