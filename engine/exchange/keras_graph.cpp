#include "engine/exchange/keras_graph.hpp"

#include <algorithm>
#include <optional>

#include "engine/core/error.hpp"
#include "engine/exchange/import_messages.hpp"
#include "engine/exchange/keras_messages.hpp"

namespace cnnlab::keras {

namespace {

constexpr size_t most_nodes = 20'000;

bool is_model(const std::string& type) {
    return type == "Sequential" || type == "Functional" || type == "Model";
}

/// A layer's output: of which layer, at which of its calls, and which of several.
struct Reference {
    std::string layer;
    size_t call = 0, output = 0;
};

std::optional<Reference> reference_of(const Json& json) {
    const auto number = [&](size_t i) {
        return json[i].is_number_unsigned() ? static_cast<size_t>(json[i].get<uint64_t>()) : SIZE_MAX;
    };
    if (!json.is_array() || json.size() < 3 || !json[0].is_string()) return std::nullopt;
    return Reference{json[0].get<std::string>(), number(1), number(2)};
}

/// [["a", 0, 0], …], or one alone as Keras 3 has it.
std::vector<Reference> references_of(const Json& json) {
    std::vector<Reference> found;
    if (const auto one = reference_of(json)) return {*one};
    if (!json.is_array()) return {};
    for (const Json& each : json)
        if (const auto one = reference_of(each)) found.push_back(*one);
    return found;
}

/// Keras 3 writes the values that a call takes as objects among its arguments.
void collect_history(const Json& json, std::vector<Reference>& found, int depth = 0) {
    constexpr int deepest = 4;
    if (depth > deepest) return;
    if (const Json& history = field_of(field_of(json, "config"), "keras_history"); !history.is_null()) {
        if (const auto one = reference_of(history)) found.push_back(*one);
        return;
    }
    if (json.is_array())
        for (const Json& each : json) collect_history(each, found, depth + 1);
}

/// What a call of a layer takes.
std::vector<Reference> inputs_of(const Json& inbound) {
    if (!inbound.is_object()) return references_of(inbound);
    std::vector<Reference> found;
    collect_history(field_of(inbound, "args"), found);
    return found;
}

/// The shape that a layer says its input has, with the batch.
const Json& input_shape_of(const Json& layer) {
    const Json& config = field_of(layer, "config");
    for (const char* key : {"batch_input_shape", "batch_shape"})
        if (const Json& shape = field_of(config, key); shape.is_array()) return shape;
    static const Json nothing;
    return nothing;
}

/// The same of the first layer in a model, or in the models that stand in it.
const Json& first_shape_of(const Json& model) {
    if (const Json& own = input_shape_of(model); own.is_array()) return own;
    const Json& config = field_of(model, "config");
    const Json& all = config.is_array() ? config : field_of(config, "layers");
    if (is_model(text_of(field_of(model, "class_name"))) && all.is_array() && !all.empty())
        return first_shape_of(all[0]);
    static const Json nothing;
    return nothing;
}

/// "DepthwiseConv2D" → "depthwise_conv2d", "ReLU" → "re_lu", as Keras 3 names what it saves.
std::string snake_case(const std::string& type) {
    const auto is_upper = [](char c) { return c >= 'A' && c <= 'Z'; };
    const auto is_lower = [](char c) { return c >= 'a' && c <= 'z'; };
    std::string name;
    for (size_t i = 0; i < type.size(); ++i) {
        const bool begins = i > 0 && is_upper(type[i]) &&
                            (is_lower(type[i - 1]) || (i + 1 < type.size() && is_lower(type[i + 1])));
        if (begins) name += '_';
        name += is_upper(type[i]) ? static_cast<char>(type[i] - 'A' + 'a') : type[i];
    }
    return name;
}

std::vector<std::string> joined(std::vector<std::string> path, std::string name) {
    path.push_back(std::move(name));
    return path;
}

std::string name_of(const Json& layer) {
    const std::string outer = text_of(field_of(layer, "name"));
    return outer.empty() ? text_of(field_of(field_of(layer, "config"), "name")) : outer;
}

}  // namespace

Translator::Translator(const Weights& weights, int version, std::string place)
    : weights_(weights), version_(version), place_(std::move(place)) {
    graph_.opset = 13;
}

void Translator::fail(const std::string& what) const {
    throw Error(ErrorCode::bad_file, place_, say_keras("keras.no_keras", what),
                say_import("import.get_again"));
}

onnx::ReadModel Translator::run(const Json& json) {
    const std::string type = text_of(field_of(json, "class_name"));
    if (!is_model(type)) fail("class_name " + shown(field_of(json, "class_name")));
    const Json& config = field_of(json, "config");
    Values inputs;
    const std::string name = name_of(json);
    if (type == "Sequential") {
        const Json& shape = first_shape_of(json);
        inputs.push_back(
            image_input("input", shape.is_array() ? shape : field_of(config, "build_input_shape")));
    } else {
        for (const Reference& input : references_of(field_of(config, "input_layers"))) {
            const Json& all = field_of(config, "layers");
            if (!all.is_array()) fail("layers");
            const auto found = std::find_if(all.begin(), all.end(),
                                            [&](const Json& one) { return name_of(one) == input.layer; });
            if (found == all.end()) fail("input_layers " + shown(field_of(config, "input_layers")));
            inputs.push_back(image_input(inputs.empty() ? "input" : input.layer, first_shape_of(*found)));
        }
    }
    graph_.graph = name;
    const Values outputs = model(json, inputs, {});
    for (const Value& output : outputs) graph_.outputs.push_back({output.name, StoredTensor::f32, {}});
    if (graph_.outputs.empty() || graph_.nodes.empty()) fail("layers");
    return std::move(graph_);
}

Value Translator::image_input(const std::string& name, const Json& shape) {
    // Whatever is no list of four is told by who reads the graph.
    std::vector<int64_t> extents;
    constexpr size_t most = StoredTensor::most_axes;
    if (shape.is_array() && shape.size() <= most)
        for (const Json& extent : shape)
            extents.push_back(extent.is_number_integer() ? extent.get<int64_t>() : int64_t{-1});
    if (extents.size() == 4) std::rotate(extents.begin() + 1, extents.begin() + 3, extents.end());
    Value value;
    value.name = name;
    value.rank = static_cast<int>(extents.size());
    graph_.inputs.push_back({name, StoredTensor::f32, std::move(extents)});
    return value;
}

Translator::Values Translator::model(const Json& json, const Values& inputs,
                                     const std::vector<std::string>& path) {
    const Json& config = field_of(json, "config");
    const auto place = places_.find(&json);
    find_places(config.is_array() ? config : field_of(config, "layers"),
                place == places_.end() ? std::string() : place->second + "/");
    if (text_of(field_of(json, "class_name")) == "Sequential") return sequential(config, inputs, path);
    return functional(config, inputs, path);
}

Translator::Values Translator::sequential(const Json& config, Values values,
                                          const std::vector<std::string>& path) {
    const Json& all = config.is_array() ? config : field_of(config, "layers");
    if (!all.is_array()) fail("layers " + shown(all));
    for (const Json& one : all) values = layer(one, values, path);
    return values;
}

Translator::Values Translator::functional(const Json& config, const Values& inputs,
                                          const std::vector<std::string>& path) {
    const Json& all = field_of(config, "layers");
    if (!all.is_array() || all.empty()) fail("layers " + shown(all));
    using Place = std::pair<std::string, size_t>;
    struct Waiting {
        const Json* layer;
        std::vector<Reference> inputs;
        Place place;
        size_t missing = 0;
    };
    std::map<Place, Values> known;
    const std::vector<Reference> entries = references_of(field_of(config, "input_layers"));
    for (size_t i = 0; i < entries.size(); ++i) {
        if (i >= inputs.size()) fail("input_layers " + shown(field_of(config, "input_layers")));
        known[{entries[i].layer, entries[i].call}] = {inputs[i]};
    }
    std::vector<Waiting> calls;
    std::set<Place> places;
    std::map<Place, std::vector<size_t>> readers;
    for (const Json& one : all) {
        const Json& inbound = field_of(one, "inbound_nodes");
        const std::string name = name_of(one);
        for (size_t i = 0; inbound.is_array() && i < inbound.size(); ++i) {
            if (known.contains({name, i})) continue;
            if (calls.size() == most_nodes || !places.insert({name, i}).second) fail("layers " + name);
            calls.push_back({&one, inputs_of(inbound[i]), {name, i}});
            for (const Reference& input : calls.back().inputs) {
                readers[{input.layer, input.call}].push_back(calls.size() - 1);
                ++calls.back().missing;
            }
        }
    }
    // In the order of the file, each as soon as its inputs are there.
    std::set<size_t> ready;
    const auto arrive = [&](const Place& place) {
        for (const size_t reader : readers[place])
            if (--calls[reader].missing == 0) ready.insert(reader);
    };
    std::vector<Place> first;
    for (const auto& [place, unused] : known) first.push_back(place);
    for (const Place& place : first) arrive(place);
    while (!ready.empty()) {
        const Waiting& call = calls[*ready.begin()];
        ready.erase(ready.begin());
        Values taken;
        for (const Reference& input : call.inputs) {
            const Values& given = known.at({input.layer, input.call});
            if (input.output >= given.size()) fail("inbound_nodes " + input.layer);
            taken.push_back(given[input.output]);
        }
        known[call.place] = layer(*call.layer, taken, path);
        arrive(call.place);
    }
    Values outputs;
    for (const Reference& output : references_of(field_of(config, "output_layers"))) {
        const auto found = known.find({output.layer, output.call});
        if (found == known.end() || output.output >= found->second.size())
            fail("output_layers " + shown(field_of(config, "output_layers")));
        outputs.push_back(found->second[output.output]);
    }
    if (outputs.empty()) fail("output_layers " + shown(field_of(config, "output_layers")));
    return outputs;
}

void Translator::find_places(const Json& layers, const std::string& model) {
    if (!weights_.are_numbered || !layers.is_array()) return;
    std::map<std::string, int> counts;
    for (const Json& one : layers) {
        const std::string name = snake_case(text_of(field_of(one, "class_name")));
        const int number = counts[name]++;
        places_[&one] = model + "layers/" + name + (number == 0 ? "" : "_" + std::to_string(number));
    }
}

/// The layer's own name, or with the names of the models around it where another layer has that.
std::string Translator::free_name(const std::vector<std::string>& path) {
    std::string name = path.back().empty() ? "layer" : path.back();
    if (names_.insert(name).second) return name;
    std::string longer;
    for (size_t i = 0; i + 1 < path.size(); ++i) longer += path[i].empty() ? "" : path[i] + ".";
    longer += name;
    while (!names_.insert(longer).second) longer = name + "_" + std::to_string(++counts_[name]);
    return longer;
}

Translator::Values Translator::layer(const Json& json, const Values& inputs,
                                     const std::vector<std::string>& path) {
    if (++calls_ > most_nodes)
        throw Error(ErrorCode::bad_file, place_, say_import("import.nodes", most_nodes),
                    say_import("import.smaller"));
    const std::string type = text_of(field_of(json, "class_name"));
    if (type.empty()) fail("class_name " + shown(field_of(json, "class_name")));
    if (type == "InputLayer") return inputs;
    if (is_model(type)) return model(json, inputs, joined(path, name_of(json)));
    if (inputs.empty()) fail("inbound_nodes");
    const std::vector<std::string> own = joined(path, name_of(json));
    Call call{type, free_name(own), own, places_[&json], Config(field_of(json, "config")), inputs};
    layer_type_ = type;
    layer_name_ = call.name;
    Value made = inputs[0];
    const bool known = std::all_of(inputs.begin(), inputs.end(), [](const Value& one) { return one.known; });
    const size_t before = graph_.nodes.size();
    try {
        const auto found = handlers().find(type);
        if (found == handlers().end()) throw Refused{say_import("import.no_layer")};
        made = (this->*found->second)(call);
    } catch (const Refused& refused) {
        graph_.nodes.resize(before);
        std::vector<std::string> names;
        for (const Value& input : inputs) names.push_back(input.name);
        onnx::ReadNode& one = node(type, names);
        if (known || !refused.of_rank) one.refused = refused.reason;
        made = {.name = one.outputs[0], .rank = inputs[0].rank, .known = false};
    }
    // What the layer gives has its name.
    if (graph_.nodes.size() == before) made.name = add("Identity", {made.name});
    graph_.nodes.back().outputs[0] = call.name;
    made.name = call.name;
    made.known = made.known && known;
    return {made};
}

onnx::ReadNode& Translator::node(const std::string& op_type, std::vector<std::string> inputs) {
    if (graph_.nodes.size() == most_nodes)
        throw Error(ErrorCode::bad_file, place_, say_import("import.nodes", most_nodes),
                    say_import("import.smaller"));
    onnx::ReadNode& made = graph_.nodes.emplace_back();
    made.op_type = op_type;
    made.layer_type = layer_type_;
    made.name = layer_name_;
    made.inputs = std::move(inputs);
    made.outputs = {"#" + std::to_string(++values_)};
    return made;
}

std::string Translator::add(const std::string& op_type, std::vector<std::string> inputs) {
    return node(op_type, std::move(inputs)).outputs[0];
}

}  // namespace cnnlab::keras
