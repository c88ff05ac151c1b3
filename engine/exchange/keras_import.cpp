#include "engine/exchange/keras_import.hpp"

#include <algorithm>

#include "engine/exchange/keras_graph.hpp"
#include "engine/model/model_file.hpp"

namespace cnnlab {

namespace {

/// The node that a Rescaling has become, where it alone reads the images; its numbers are then done to pixels.
void take_rescaling(onnx::ReadModel& graph, OnnxImportOptions& options) {
    if (!options.mean.empty() || !options.stddev.empty() || graph.inputs.size() != 1) return;
    const auto reads = [](const std::string& value) {
        return [&value](const onnx::ReadNode& node) {
            return std::find(node.inputs.begin(), node.inputs.end(), value) != node.inputs.end();
        };
    };
    // Flips, noise and the like of a training come before it.
    std::string value = graph.inputs[0].name;
    auto factor = graph.nodes.end();
    for (;;) {
        if (std::count_if(graph.nodes.begin(), graph.nodes.end(), reads(value)) != 1) return;
        factor = std::find_if(graph.nodes.begin(), graph.nodes.end(), reads(value));
        if (factor->op_type != "Identity") break;
        value = factor->outputs[0];
    }
    if (factor->op_type != "Mul" || factor->layer_type != "Rescaling" || factor->refused) return;
    const auto summand = std::find_if(graph.nodes.begin(), graph.nodes.end(), reads(factor->outputs[0]));
    const bool has_summand = summand != graph.nodes.end() && summand->op_type == "Add" &&
                             summand->layer_type == "Rescaling" && summand->name == factor->name;
    const std::vector<float> scale = graph.initializers.at(factor->inputs[1]).floats("scale"),
                             offset = has_summand ? graph.initializers.at(summand->inputs[1]).floats("offset")
                                                  : std::vector<float>{0};
    const size_t count = std::max(scale.size(), offset.size());
    if (scale.empty() || offset.empty()) return;
    std::vector<float> mean, stddev;
    for (size_t i = 0; i < count; ++i) {
        const double s = scale[scale.size() == 1 ? 0 : i % scale.size()],
                     o = offset[offset.size() == 1 ? 0 : i % offset.size()];
        const double deviation = 1 / (255 * s);
        // as cards have them
        if (!(deviation >= 1e-6 && deviation <= 1e3 && -o * deviation >= 0 && -o * deviation <= 1)) return;
        stddev.push_back(static_cast<float>(deviation));
        mean.push_back(static_cast<float>(-o * deviation));
    }
    const bool fits = count == 1 || static_cast<int64_t>(count) == graph.inputs[0].shape.at(1);
    if (!fits) return;
    options.mean = mean;
    options.stddev = stddev;
    factor->op_type = "Identity";
    factor->inputs.resize(1);
    if (has_summand) {
        summand->op_type = "Identity";
        summand->inputs.resize(1);
    }
}

}  // namespace

ImportedModel import_keras(const KerasModel& model, const std::string& place, OnnxImportOptions options) {
    const Json& ours = model.ours;
    onnx::ReadModel graph = keras::Translator(model.weights, model.version, place).run(model.layers);
    const bool own =
        keras::field_of(ours, "experiment").is_object() && keras::field_of(ours, "card").is_object();
    if (own)
        for (const char* key : {classes_key, "mean", "stddev", "experiment", "card"})
            if (const Json& value = keras::field_of(ours, key); !value.is_null())
                graph.metadata[key] = value.dump();
    if (!own) take_rescaling(graph, options);
    return import_graph(graph, place, options, {.own = own, .named = true, .channels_first = true});
}

}  // namespace cnnlab
