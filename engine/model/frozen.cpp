#include "engine/model/frozen.hpp"

#include <algorithm>

namespace cnnlab {

namespace {

bool is_fixed(const LayerSpec& spec, const LayerInfo& info) {
    if (info.parameters > 0 && spec.trainable) return false;
    if (std::holds_alternative<layers::Dropout>(spec.kind)) return false;
    // one that is not frozen normalises by its batch
    return !std::holds_alternative<layers::BatchNorm>(spec.kind) || !spec.trainable;
}

}  // namespace

FrozenPart frozen_part(const Experiment& experiment, const std::vector<LayerInfo>& layers) {
    const std::vector<LayerSpec>& specs = experiment.model.layers;
    size_t fixed = 0;
    while (fixed < specs.size() && is_fixed(specs[fixed], layers[fixed])) ++fixed;
    // The whole network never counts: something has to learn.
    for (size_t end = std::min(fixed, specs.size() - 1); end > 0; --end) {
        // A flatten would hide the map that a dense layer's weights belong to.
        if (layers[end - 1].type == "flatten") continue;
        const auto is_inside = [&](const std::string& from) {
            return from == "input" ||
                   std::any_of(layers.begin(), layers.begin() + static_cast<int64_t>(end) - 1,
                               [&](const LayerInfo& info) { return info.name == from; });
        };
        const bool is_cut =
            std::none_of(specs.begin() + static_cast<int64_t>(end), specs.end(), [&](const LayerSpec& later) {
                return std::any_of(later.from.begin(), later.from.end(), is_inside);
            });
        if (!is_cut) continue;
        const bool has_weights = std::any_of(layers.begin(), layers.begin() + static_cast<int64_t>(end),
                                             [](const LayerInfo& info) { return info.parameters > 0; });
        if (!has_weights) return {};
        return {static_cast<int>(end), layers[end - 1].name, layers[end - 1].output};
    }
    return {};
}

std::string_view why_every_step(const FrozenPart& part, const Experiment& experiment, int64_t images) {
    if (experiment.augment.any()) return "augment";
    if (experiment.train.eval_views != EvalViews::none) return "train.eval_views";
    if (!experiment.train.resolutions.empty()) return "train.resolutions";
    if (part.bytes(images) > most_feature_bytes) return "model.layers";
    return {};
}

bool is_computed_once(const FrozenPart& part, const Experiment& experiment, int64_t images) {
    return part.layers > 0 && experiment.train.frozen_features != FrozenFeatures::every_step &&
           why_every_step(part, experiment, images).empty();
}

}  // namespace cnnlab
