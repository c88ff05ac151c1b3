#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/model/compile.hpp"

namespace cnnlab {

/// The first layers of a network, if none of them learns or is random: what they make of an image, its features, is
/// always the same.
struct FrozenPart {
    int layers = 0;    ///< 0: there are none
    std::string name;  ///< of the last of them, through which alone the others see the images
    Shape shape;       ///< of its output, for one image

    /// Bytes of the features of so many images, as floats.
    [[nodiscard]] int64_t bytes(int64_t images) const {
        return images * shape.count() * static_cast<int64_t>(sizeof(float));
    }
};

/// As many layers as possible. None where they have no weights: they cost little.
[[nodiscard]] FrozenPart frozen_part(const Experiment& experiment, const std::vector<LayerInfo>& layers);

/// The most features that are kept, in memory and in a run's folder.
constexpr int64_t most_feature_bytes = int64_t{512} << 20;

/// The field of the experiment because of which features must be computed at each step: it changes the images each
/// time, or there are too many features. Empty where once will do.
[[nodiscard]] std::string_view why_every_step(const FrozenPart& part, const Experiment& experiment,
                                              int64_t images);
/// Whether a training computes the features before its first step: there is a frozen part, once will do, and the
/// experiment does not want otherwise (train.frozen_features).
[[nodiscard]] bool is_computed_once(const FrozenPart& part, const Experiment& experiment, int64_t images);

}  // namespace cnnlab
