#include "engine/model/base.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include "engine/core/messages.hpp"
#include "engine/data/card.hpp"
#include "engine/io/safetensors.hpp"
#include "engine/model/base_messages.hpp"
#include "engine/model/model_file.hpp"

namespace cnnlab {

namespace {

/// What the names of a base's layers begin with in a network that has others too.
constexpr std::string_view prefix = "base.";

/// The names that compile() would give.
void name_all(std::vector<LayerSpec>& layers) {
    std::map<std::string, int> counts;
    for (LayerSpec& layer : layers) {
        const std::string type(layer.type());
        const int number = ++counts[type];
        if (layer.name.empty()) layer.name = type + "_" + std::to_string(number);
    }
}

/// [out, in, height, width] → [out, height, width, in]; [out, in] → [out, 1, 1, in]. Others stay.
HostTensor to_ohwi(const HostTensor& tensor) {
    const Shape& s = tensor.shape();
    if (s.rank() == 2) return {Shape{s[0], 1, 1, s[1]}, {tensor.span().begin(), tensor.span().end()}};
    if (s.rank() != 4) return tensor;
    HostTensor turned(Shape{s[0], s[2], s[3], s[1]});
    const int64_t area = s[2] * s[3];
    for (int64_t out = 0; out < s[0]; ++out)
        for (int64_t in = 0; in < s[1]; ++in)
            for (int64_t at = 0; at < area; ++at)
                turned[(out * area + at) * s[1] + in] = tensor[(out * s[1] + in) * area + at];
    return turned;
}

const std::string* find_text(const TensorFile& file, const char* key) {
    const auto found = file.metadata.find(key);
    return found == file.metadata.end() ? nullptr : &found->second;
}

/// How many layers there are up to the one that "base.until" names.
size_t layers_until(const BaseNetwork& base, const std::string& until) {
    if (until.empty()) return base.layers.size();
    std::vector<std::string> names;
    for (const LayerSpec& layer : base.layers) {
        names.push_back(layer.name);
        if (layer.name == until) return names.size();
    }
    throw Error(ErrorCode::unknown_name, "base.until", say_base("base.no_layer", until),
                suggest(until, names));
}

}  // namespace

BaseNetwork base_of(const NetworkCard& card) {
    BaseNetwork base{card.layers, {}, card.mean, card.stddev, card.until};
    name_all(base.layers);
    return base;
}

BaseNetwork read_base(std::span<const uint8_t> bytes, const std::string& place, const NetworkCard* card) {
    const TensorFile file = read_safetensors(bytes, place);
    BaseNetwork base;
    if (card != nullptr) {
        base = base_of(*card);
    } else {
        const std::string* experiment = find_text(file, "experiment");
        const std::string* format = find_text(file, "format");
        if (experiment == nullptr || format == nullptr || *format != model_format)
            throw Error(ErrorCode::missing_data, place, say_base("base.no_network"),
                        say_base("base.network_beside", place.substr(0, place.rfind('.')) + ".json"));
        base.layers = Experiment::parse(parse_json(*experiment, place), place).model.layers;
        if (const std::string* images = find_text(file, "card")) {
            const DatasetCard trained_on = parse_card(*images, place);
            base.mean = trained_on.mean;
            base.stddev = trained_on.stddev;
        }
        name_all(base.layers);
    }
    const bool turn = card != nullptr && card->layout == WeightLayout::oihw;
    for (const auto& [name, tensor] : file.tensors) base.tensors[name] = turn ? to_ohwi(tensor) : tensor;
    return base;
}

Experiment with_base(Experiment experiment, const BaseNetwork& base) {
    if (!experiment.base || experiment.base->layers > 0) return experiment;
    BaseSpec& spec = *experiment.base;
    const size_t count = layers_until(base, spec.until.empty() ? base.until : spec.until);
    std::vector<LayerSpec> layers;
    std::string images = "input";
    if (!(spec.size == Pair(0))) {
        LayerSpec& resize = layers.emplace_back();
        resize.kind = layers::Resize{spec.size, spec.antialias};
        resize.name = images = std::string(prefix) + "resize";
    }
    for (size_t i = 0; i < count; ++i) {
        LayerSpec& layer = layers.emplace_back(base.layers[i]);
        layer.name.insert(0, prefix);
        layer.trainable = spec.trainable;
        for (std::string& from : layer.from) {
            if (from == "input")
                from = images;
            else
                from.insert(0, prefix);
        }
    }
    if (spec.trainable && spec.lr >= 0) {
        ParameterGroup group;
        group.match = std::string(prefix) + "*";
        group.lr = spec.lr;
        experiment.optimizer.groups.push_back(group);
    }
    if (experiment.dataset.mean.empty() && experiment.dataset.stddev.empty()) {
        experiment.dataset.mean = base.mean;
        experiment.dataset.stddev = base.stddev;
    }
    spec.layers = static_cast<int>(layers.size());
    for (LayerSpec& own : experiment.model.layers) layers.push_back(std::move(own));
    experiment.model.layers = std::move(layers);
    return experiment;
}

Experiment with_known_base(Experiment experiment) {
    if (!experiment.base || experiment.base->layers > 0) return experiment;
    const BaseNetwork base = base_of(network_card(experiment.base->file));
    return with_base(std::move(experiment), base);
}

void set_base(Model& model, const BaseNetwork& base, const std::string& place) {
    std::vector<std::pair<std::string, const HostTensor*>> found;
    std::vector<std::string> problems;
    const auto finite = [](float value) { return std::isfinite(value); };
    for (const auto& [name, unused] : model.weights()) {
        if (!name.starts_with(prefix)) continue;
        const Shape wanted = model.get(name).shape();
        const auto tensor = base.tensors.find(name.substr(prefix.size()));
        if (tensor == base.tensors.end())
            problems.push_back(say_base("base.tensor_missing", name).english());
        else if (tensor->second.shape() != wanted)
            problems.push_back(
                say_base("base.tensor_shape", name, tensor->second.shape().str(), wanted.str()).english());
        else if (!std::all_of(tensor->second.span().begin(), tensor->second.span().end(), finite))
            problems.push_back(say_base("base.tensor_not_finite", name).english());
        else
            found.emplace_back(name, &tensor->second);
    }
    if (!problems.empty()) {
        constexpr size_t most = 20;
        std::string list;
        for (size_t i = 0; i < std::min(problems.size(), most); ++i)
            list += (list.empty() ? "" : "; ") + problems[i];
        if (problems.size() > most) list += "; " + say_base("base.more", problems.size() - most).english();
        throw Error(ErrorCode::shape_mismatch, place, say_base("base.not_fitting", list),
                    say_base("base.right_file"));
    }
    for (const auto& [name, tensor] : found) {
        model.set(name, *tensor);
        // what the optimizer keeps beside a parameter starts from it
        for (const PersistentSpec& spec : model.persistents())
            if (spec.copy_of == name) model.set(spec.name, *tensor);
    }
}

}  // namespace cnnlab
