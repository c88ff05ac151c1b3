#include "engine/model/concerns.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <functional>
#include <optional>
#include <string_view>

#include "engine/core/error.hpp"
#include "engine/core/names.hpp"
#include "engine/core/transfer_messages.hpp"
#include "engine/model/concern_messages.hpp"
#include "engine/model/description.hpp"
#include "engine/model/frozen.hpp"

namespace cnnlab {

namespace {

/// Collects what is found.
class Concerns {
  public:
    std::vector<Concern> all;

    void warn(std::string place, Message problem, Message remedy) {
        all.push_back({Severity::warn, std::move(place), std::move(problem), std::move(remedy)});
    }
    void refuse(std::string place, Message problem, Message remedy) {
        all.push_back({Severity::refuse, std::move(place), std::move(problem), std::move(remedy)});
    }
};

/// As compile() names a layer's place.
std::string place_of(const Description& d, size_t layer, const std::string& field = {}) {
    return "model.layers[" + std::to_string(layer) + "] (" + d.layers[layer].type + ")" +
           (field.empty() ? "" : "." + field);
}

/// The layer whose output a layer reads first; none for the image.
std::optional<size_t> source_of(const Description& d, size_t layer) {
    const LayerInfo& info = d.layers[layer];
    if (info.from.empty()) return layer == 0 ? std::nullopt : std::optional(layer - 1);
    for (size_t i = 0; i < layer; ++i)
        if (d.layers[i].name == info.from[0]) return i;
    return std::nullopt;
}

/// Layers whose outputs cannot be any number.
bool is_bounded(std::string_view type) {
    const auto& activations = EnumNames<ActivationKind>::names;
    const bool is_activation = std::find(activations.begin(), activations.end(), type) != activations.end();
    return type == "softmax" || (is_activation && type != "leaky_relu");
}

/// A loss takes the network's outputs as logits, but for the distance to one-hot targets.
void look_at_the_end(const Description& d, Concerns& found) {
    const bool is_binary = std::holds_alternative<losses::BinaryCrossEntropy>(d.experiment.loss);
    const bool takes_logits = is_binary || std::holds_alternative<losses::CrossEntropy>(d.experiment.loss);
    const std::string_view loss = std::visit([](const auto& l) { return l.type; }, d.experiment.loss);
    std::optional<size_t> layer = d.layers.size() - 1;
    while (layer) {
        const std::string& type = d.layers[*layer].type;
        if (type == "dropout") {
            const auto* dropout = std::get_if<layers::Dropout>(&d.experiment.model.layers[*layer].kind);
            if (dropout != nullptr && dropout->p > 0)
                found.warn(place_of(d, *layer), say_concern("concern.dropout_last"),
                           say_concern("concern.dropout_earlier"));
        } else if (type != "flatten") {
            if (takes_logits && is_bounded(type))
                found.warn(place_of(d, *layer),
                           say_concern("concern.no_logits", loss, is_binary ? "sigmoid" : "softmax"),
                           say_concern("concern.remove_layer"));
            return;
        }
        layer = source_of(d, *layer);
    }
}

/// Two dense layers with nothing but linear between them are one.
void look_at_linear(const Description& d, Concerns& found) {
    for (size_t i = 0; i < d.layers.size(); ++i) {
        if (d.layers[i].type != "dense") continue;
        std::optional<size_t> before = source_of(d, i);
        while (before && (d.layers[*before].type == "dropout" || d.layers[*before].type == "flatten"))
            before = source_of(d, *before);
        if (before && d.layers[*before].type == "dense")
            found.warn(place_of(d, i), say_concern("concern.linear", d.layers[*before].name),
                       say_concern("concern.add_activation"));
    }
}

/// Images that a step takes in one piece, by the experiment alone or by what the data hold.
void look_at_layers(const Description& d, int64_t images_at_once, Concerns& found) {
    for (size_t i = 0; i < d.layers.size(); ++i) {
        const LayerInfo& info = d.layers[i];
        const LayerSpec& spec = d.experiment.model.layers[i];
        const ImageShape output(info.output);
        if (info.type == "batch_norm" && spec.trainable) {
            if (output.positions() * images_at_once == 1)
                found.refuse(place_of(d, i), say_concern("concern.single_value"),
                             say_concern("concern.larger_batch"));
            if (const auto* norm = std::get_if<layers::BatchNorm>(&spec.kind);
                norm != nullptr && norm->momentum == 0)
                found.warn(place_of(d, i, "momentum"), say_concern("concern.no_running"),
                           say_concern("concern.some_momentum"));
        }
        if (info.type == "softmax" && output.channels == 1)
            found.refuse(place_of(d, i), say_concern("concern.softmax_of_one"),
                         say_concern("concern.remove_layer"));
        if (const auto* scale = std::get_if<layers::Scale>(&spec.kind);
            scale != nullptr && scale->factor == 0)
            found.warn(place_of(d, i, "factor"), say_concern("concern.factor_zero"),
                       say_concern("concern.other_number"));
        if (const auto* dropout = std::get_if<layers::Dropout>(&spec.kind);
            dropout != nullptr && dropout->p > 0.9F)
            found.warn(place_of(d, i, "p"), say_concern("concern.much_dropout"),
                       say_concern("concern.less_dropout"));
    }
}

/// Whether any parameter moves at all.
void look_at_rates(const Description& d, Concerns& found) {
    const OptimizerSpec& optimizer = d.experiment.optimizer;
    if (optimizer.lr() == 0) {
        found.refuse("optimizer.lr", say_concern("concern.rate_zero"), say_concern("concern.some_rate"));
        return;
    }
    constexpr float hardly = 1e-9F;
    if (optimizer.lr() < hardly)
        found.warn("optimizer.lr", say_concern("concern.rate_tiny", short_float(optimizer.lr())),
                   say_concern("concern.some_rate"));
    if (optimizer.clip_norm > 0 && optimizer.clip_norm < 1e-6F)
        found.warn("optimizer.clip_norm", say_concern("concern.clip_tiny", short_float(optimizer.clip_norm)),
                   say_concern("concern.larger_clip"));
    std::visit(
        [&](const auto& kind) {
            if constexpr (requires { kind.momentum; })
                if (kind.momentum >= 1)
                    found.warn("optimizer.momentum", say_concern("concern.momentum_one"),
                               say_concern("concern.less_momentum"));
            // Muon looks ahead unless it is told not to
            if constexpr (
                requires { kind.nesterov; } && !requires { kind.newton_steps; })
                if (kind.nesterov && kind.momentum == 0)
                    found.warn("optimizer.nesterov", say_concern("concern.nesterov_alone"),
                               say_concern("concern.nesterov_momentum"));
            if constexpr (requires { kind.weight_decay; })
                if (kind.lr * kind.weight_decay >= 1)
                    found.warn("optimizer.weight_decay",
                               say_concern("concern.decay", short_float(kind.lr * kind.weight_decay)),
                               say_concern("concern.less_decay"));
        },
        optimizer.kind);
    const auto moves = [&](const PersistentSpec& tensor) {
        for (const ParameterGroup& group : optimizer.groups)
            if (matches(group.match, tensor.name))
                return group.trainable && group.lr_scale > 0 &&
                       (group.lr < 0 ? optimizer.lr() : group.lr) > 0;
        return optimizer.lr() > 0;
    };
    const auto is_still = [&](const PersistentSpec& tensor) { return !tensor.parameter || !moves(tensor); };
    if (!optimizer.groups.empty() && std::all_of(d.tensors.begin(), d.tensors.end(), is_still))
        found.refuse("optimizer.groups", say_concern("concern.groups_still"),
                     say_concern("concern.free_a_group"));
}

/// How a layer's weights start; none where it has no weights.
const InitSpec* start_of(const Description& d, size_t layer) {
    const auto& kind = d.experiment.model.layers[layer].kind;
    if (const auto* conv = std::get_if<layers::Conv2d>(&kind)) return &conv->init;
    if (const auto* dense = std::get_if<layers::Dense>(&kind)) return &dense->init;
    return nullptr;
}

/// Of two layers in a row that both start with zeros, each keeps the other's gradient at zero.
void look_at_zeros(const Description& d, Concerns& found) {
    for (size_t i = 0; i < d.layers.size(); ++i) {
        const InitSpec* mine = start_of(d, i);
        if (mine == nullptr || mine->type != InitKind::zeros) continue;
        std::optional<size_t> before = source_of(d, i);
        while (before && start_of(d, *before) == nullptr && d.layers[*before].from.size() < 2)
            before = source_of(d, *before);
        if (!before) continue;
        const InitSpec* other = start_of(d, *before);
        if (other != nullptr && other->type == InitKind::zeros)
            found.warn(place_of(d, i, "init"), say_concern("concern.two_zeros", d.layers[*before].name),
                       say_concern("concern.other_start"));
    }
}

/// Whether images and targets leave something to learn.
void look_at_targets(const Description& d, Concerns& found) {
    const Experiment& e = d.experiment;
    look_at_zeros(d, found);
    if (const auto* loss = std::get_if<losses::CrossEntropy>(&e.loss); loss != nullptr) {
        if (loss->label_smoothing == 1)
            found.refuse("loss.label_smoothing", say_concern("concern.all_smoothed"),
                         say_concern("concern.less_smoothing"));
        else if (loss->label_smoothing > 0.5F)
            found.warn("loss.label_smoothing",
                       say_concern("concern.much_smoothed", short_float(loss->label_smoothing)),
                       say_concern("concern.less_smoothing"));
    }
    const int longer = std::max(d.input.height, d.input.width),
              shorter = std::min(d.input.height, d.input.width);
    if (e.augment.cutout >= 2 * longer)
        found.refuse("augment.cutout", say_concern("concern.all_blank"),
                     say_concern("concern.smaller_cutout", shorter));
    else if (e.augment.cutout >= longer)
        found.warn("augment.cutout", say_concern("concern.often_blank"),
                   say_concern("concern.smaller_cutout", shorter));
    if (e.augment.crop >= shorter)
        found.warn("augment.crop", say_concern("concern.out_of_sight"),
                   say_concern("concern.smaller_cutout", shorter));
}

/// At most ten names, and how many more there are.
Message names_text(const std::vector<std::string>& names) {
    constexpr size_t shown = 10;
    if (names.size() <= shown) return Message(names);
    std::vector<std::string> first(names.begin(), names.begin() + shown);
    first.push_back("… (" + std::to_string(names.size()) + ")");
    return Message(first);
}

std::string name_of(const DatasetCard& card, size_t label) {
    return label < card.classes.size() ? card.classes[label] : std::to_string(label);
}

void look_at_classes(const Dataset& data, Concerns& found) {
    const size_t classes = data.card.classes.size();
    const auto counts = [&](const Split& split) {
        std::vector<int64_t> count(classes, 0);
        for (const int32_t label : split.labels)
            if (label >= 0 && static_cast<size_t>(label) < classes) ++count[static_cast<size_t>(label)];
        return count;
    };
    const std::vector<int64_t> train = counts(data.train), test = counts(data.test);
    const auto held =
        static_cast<size_t>(std::count_if(train.begin(), train.end(), [](int64_t n) { return n > 0; }));
    if (held == 1) {
        const auto only =
            std::find_if(train.begin(), train.end(), [](int64_t n) { return n > 0; }) - train.begin();
        found.refuse("dataset",
                     say_concern("concern.one_class", name_of(data.card, static_cast<size_t>(only))),
                     say_concern("concern.more_classes"));
        return;
    }
    std::vector<std::string> untrained, untested;
    for (size_t c = 0; c < classes; ++c) {
        if (train[c] == 0)
            untrained.push_back(name_of(data.card, c));
        else if (test[c] == 0)
            untested.push_back(name_of(data.card, c));
    }
    if (!untrained.empty() && held > 0)
        found.warn("dataset", say_concern("concern.untrained", names_text(untrained)),
                   say_concern("concern.more_images"));
    if (data.test.count() == 0)
        found.warn("dataset", say_concern("concern.no_tests"), say_concern("concern.some_tests"));
    if (!untested.empty() && data.test.count() > 0)
        found.warn("dataset", say_concern("concern.untested", names_text(untested)),
                   say_concern("concern.more_tests"));
}

bool all_equal(const Split& split, size_t size) {
    if (split.count() < 2) return false;
    const uint8_t* first = split.images.data();
    for (size_t at = size; at + size <= split.images.size(); at += size)
        if (std::memcmp(first, first + at, size) != 0) return false;
    return true;
}

/// A number an image: equal images have equal ones.
std::vector<size_t> prints_of(const Split& split, size_t size) {
    std::vector<size_t> prints;
    const auto* bytes = reinterpret_cast<const char*>(split.images.data());
    for (size_t at = 0; at + size <= split.images.size(); at += size)
        prints.push_back(std::hash<std::string_view>{}({bytes + at, size}));
    return prints;
}

void look_at_images(const Dataset& data, Concerns& found) {
    const auto size = static_cast<size_t>(data.card.image.count());
    if (all_equal(data.train, size)) {
        found.refuse("dataset", say_concern("concern.same_images", data.train.count()),
                     say_concern("concern.other_images"));
        return;
    }
    if (all_equal(data.test, size))
        found.warn("dataset", say_concern("concern.same_tests", data.test.count()),
                   say_concern("concern.other_images"));
    // Lines are drawn: that some are drawn twice is no fault.
    if (std::holds_alternative<datasets::Lines>(data.card.format)) return;
    std::vector<size_t> known = prints_of(data.train, size);
    std::sort(known.begin(), known.end());
    int64_t again = 0;
    for (const size_t print : prints_of(data.test, size))
        if (std::binary_search(known.begin(), known.end(), print)) ++again;
    constexpr int64_t tolerated = 100;  // the well-known sets have a few
    if (again > 0 && again * tolerated > data.test.count())
        found.warn("dataset", say_concern("concern.seen_tests", again, data.test.count()),
                   say_concern("concern.own_tests"));
}

/// Frozen layers that are computed at every step, though once would do.
void look_at_frozen(const Description& d, const Dataset& data, Concerns& found) {
    const FrozenPart part = frozen_part(d.experiment, d.layers);
    const FrozenFeatures when = d.experiment.train.frozen_features;
    if (part.layers == 0 || when == FrozenFeatures::every_step) return;
    const int64_t images = data.train.count() + data.test.count();
    const std::string place(why_every_step(part, d.experiment, images));
    if (place.empty()) return;
    const std::string& next = d.layers[static_cast<size_t>(part.layers)].name;
    const bool is_size = place == "model.layers";
    const Message problem =
        is_size ? say_transfer("transfer.many_features", part.shape.count(), next, part.bytes(images) >> 20)
                : say_transfer("transfer.every_step", next);
    if (when == FrozenFeatures::once)
        found.refuse(place, problem, say_transfer("transfer.not_once"));
    else
        found.warn(place, problem,
                   is_size ? say_transfer("transfer.smaller_cut") : say_transfer("transfer.leave_out"));
}

}  // namespace

std::vector<Concern> design_concerns(const Description& description) {
    Concerns found;
    look_at_the_end(description, found);
    look_at_layers(description, description.experiment.train.batch, found);
    look_at_linear(description, found);
    look_at_rates(description, found);
    look_at_targets(description, found);
    return std::move(found.all);
}

std::vector<Concern> data_concerns(const Description& d, const Dataset& data) {
    Concerns found;
    const TrainSpec& train = d.experiment.train;
    const int64_t count = data.train.count();
    if (count == 0) return {};
    look_at_classes(data, found);
    look_at_images(data, found);
    look_at_frozen(d, data, found);
    if (count < train.batch && !train.drop_last)
        found.warn("train.batch", say_concern("concern.batch", train.batch, count),
                   say_concern("concern.smaller_batch", count));
    // Where the last batch has one image: an epoch's only one, or its last of several.
    const bool is_last_single = !train.drop_last && count % train.batch == 1 && train.batch > 1;
    for (size_t i = 0; i < d.layers.size() && is_last_single; ++i) {
        const bool takes_one = d.layers[i].type == "batch_norm" && d.experiment.model.layers[i].trainable &&
                               ImageShape(d.layers[i].output).positions() == 1;
        if (!takes_one) continue;
        if (count == 1)
            found.refuse(place_of(d, i), say_concern("concern.single_value"),
                         say_concern("concern.more_images"));
        else
            found.warn(place_of(d, i), say_concern("concern.single_last", count, train.batch),
                       say_concern("concern.drop_last"));
    }
    return std::move(found.all);
}

namespace {

Error as_error(const Concern& concern) {
    return {ErrorCode::out_of_range, concern.place, concern.problem, concern.remedy};
}

}  // namespace

std::string english(const Concern& concern) { return as_error(concern).what(); }

void check(std::span<const Concern> concerns) {
    for (const Concern& concern : concerns)
        if (concern.severity == Severity::refuse) throw as_error(concern);
}

}  // namespace cnnlab
