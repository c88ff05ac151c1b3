#include "native/run/unused_fields.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <variant>

#include "engine/core/names.hpp"
#include "engine/model/frozen.hpp"

namespace cnnlab {

namespace {

/// Collects what is found below one place.
class Finder {
  public:
    Finder(std::vector<Concern>& found, std::string place) : found_(&found), place_(std::move(place)) {}

    [[nodiscard]] Finder in(const std::string& part) const {
        return {*found_, place_.empty() ? part : place_ + "." + part};
    }
    /// Says it of a field that is `given`; `why` follows "while".
    void look(bool given, const std::string& field, const std::string& why) const {
        if (given)
            found_->push_back({Severity::warn, in(field).place_, Message("has no effect while " + why),
                               Message("leave it out, or change that")});
    }

  private:
    std::vector<Concern>* found_;
    std::string place_;
};

bool is_same(const InitSpec& a, const InitSpec& b) {
    return a.type == b.type && a.a == b.a && a.scale == b.scale && a.stddev == b.stddev &&
           a.images == b.images && a.eps == b.eps;
}

void look_at_start(const InitSpec& init, const Finder& found) {
    const InitSpec usual;
    const std::string why =
        "type is " + std::string(EnumNames<InitKind>::names.at(static_cast<size_t>(init.type)));
    using enum InitKind;
    const bool is_whitening = init.type == whitening;
    found.look(init.a != usual.a && init.type != kaiming_uniform && init.type != kaiming_normal, "a", why);
    found.look(init.scale != usual.scale && init.type != normal && init.type != uniform, "scale", why);
    found.look(init.stddev > 0 && (init.type == zeros || init.type == ones || is_whitening), "deviation",
               why);
    found.look(init.images != usual.images && !is_whitening, "images", why);
    found.look(init.eps != usual.eps && !is_whitening, "eps", why);
}

/// What convolutions and dense layers have.
template <class Weighted>
void look_at_weights(const Weighted& layer, const Finder& found) {
    look_at_start(layer.init, found.in("init"));
    const bool is_usual = is_same(layer.bias_init, Weighted{}.bias_init);
    if (layer.bias)
        look_at_start(layer.bias_init, found.in("bias_init"));
    else
        found.look(!is_usual, "bias_init", "bias is false");
}

void look_at_layer(const LayerSpec& spec, const Finder& found) {
    if (const auto* dense = std::get_if<layers::Dense>(&spec.kind)) look_at_weights(*dense, found);
    if (const auto* conv = std::get_if<layers::Conv2d>(&spec.kind)) {
        look_at_weights(*conv, found);
        const auto is_idle = [](int kernel, int dilation) { return kernel == 1 && dilation > 1; };
        found.look(is_idle(conv->kernel.height, conv->dilation.height) &&
                       is_idle(conv->kernel.width, conv->dilation.width),
                   "dilation", "kernel is 1");
    }
    std::visit(
        [&](const auto& layer) {
            if constexpr (requires { layer.count_include_pad; }) {
                const Padding none;
                const bool is_none = layer.padding.mode == none.mode && layer.padding.amounts == none.amounts;
                found.look(!layer.count_include_pad && is_none, "count_include_pad", "padding is 0");
            }
        },
        spec.kind);
}

void look_at_group(const ParameterGroup& group, const Finder& found) {
    const ParameterGroup usual;
    if (group.trainable) {
        found.look(group.lr >= 0 && group.lr_scale != usual.lr_scale, "lr_scale", "lr is given, too");
        return;
    }
    const std::string why = "trainable is false";
    found.look(group.lr >= 0, "lr", why);
    found.look(group.lr_scale != usual.lr_scale, "lr_scale", why);
    found.look(group.weight_decay >= 0, "weight_decay", why);
    found.look(group.until != usual.until, "until", why);
    found.look(group.other, "other", why);
}

void look_at_optimizer(const OptimizerSpec& optimizer, const Finder& found) {
    if (const auto* muon = std::get_if<optim::Muon>(&optimizer.kind))
        found.look(muon->norm_every == 0 && muon->norm_slowing != 0, "norm_slowing", "norm_every is 0");
    for (size_t i = 0; i < optimizer.groups.size(); ++i)
        look_at_group(optimizer.groups[i], found.in("groups[" + std::to_string(i) + "]"));
    const LookaheadSpec& ahead = optimizer.lookahead;
    if (ahead.every > 0) return;
    const LookaheadSpec usual;
    const Finder inside = found.in("lookahead");
    inside.look(ahead.decay != usual.decay, "decay", "every is 0");
    inside.look(ahead.power != usual.power, "power", "every is 0");
    inside.look(ahead.start != usual.start, "start", "every is 0");
}

void look_at_images(const Experiment& e, const Finder& found) {
    const Augmentation& a = e.augment;
    found.in("augment").look(a.padding != CropPadding::zero && a.crop == 0 && !a.warps(), "padding",
                             "crop, rotation, translation and scaling are 0");
    found.in("augment").look(a.horizontal_flip && a.alternating_flip, "horizontal_flip",
                             "alternating_flip is true");
    if (!e.dataset.kind) return;
    if (const auto* lines = std::get_if<datasets::Lines>(&*e.dataset.kind))
        found.in("dataset").look(lines->seed != 0 && lines->noise == 0, "seed", "noise is 0");
    if (const auto* folder = std::get_if<datasets::Folder>(&*e.dataset.kind))
        found.in("dataset").look(folder->seed != 0 && folder->test_share == 0, "seed", "test_share is 0");
}

}  // namespace

std::vector<Concern> unused_fields(const Description& description) {
    std::vector<Concern> all;
    const Experiment& e = description.experiment;
    const Finder found(all, "");
    for (size_t i = 0; i < e.model.layers.size(); ++i)
        look_at_layer(e.model.layers[i], found.in("model.layers[" + std::to_string(i) + "]"));
    look_at_optimizer(e.optimizer, found.in("optimizer"));
    look_at_images(e, found);
    if (e.base) {
        found.in("base").look(!e.base->antialias && e.base->size == Pair{0}, "antialias", "size is 0");
        found.in("base").look(e.base->lr >= 0 && !e.base->trainable, "lr", "trainable is false");
    }
    for (size_t i = 0; i < e.train.resolutions.size(); ++i)
        found.in("train.resolutions[" + std::to_string(i) + "]")
            .look(static_cast<float>(e.train.resolutions[i].epoch) >= e.train.epochs, "epoch",
                  "train.epochs is " + short_float(e.train.epochs));
    found.in("train").look(e.train.frozen_features != FrozenFeatures::automatic &&
                               frozen_part(e, description.layers).layers == 0,
                           "frozen_features", "no layer is frozen");
    const auto& layers = e.model.layers;
    found.in("train").look(e.train.local_statistics > 0 &&
                               std::none_of(layers.begin(), layers.end(),
                                            [](const LayerSpec& layer) {
                                                return layer.trainable &&
                                                       std::holds_alternative<layers::BatchNorm>(layer.kind);
                                            }),
                           "local_statistics", "no batch_norm learns");
    return all;
}

}  // namespace cnnlab
