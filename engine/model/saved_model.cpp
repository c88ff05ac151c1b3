#include "engine/model/saved_model.hpp"

#include <algorithm>
#include <cmath>

#include "engine/core/messages.hpp"
#include "engine/data/card.hpp"
#include "engine/io/safetensors.hpp"
#include "engine/model/model_file.hpp"

namespace cnnlab {

CompileOptions compile_options(const DatasetCard& card) {
    CompileOptions options;
    options.input = card.image;
    options.classes = static_cast<int>(card.classes.size());
    options.mean = card.mean;
    options.stddev = card.stddev;
    return options;
}

Compiled SavedModel::compiled() const {
    Experiment plain = experiment;
    plain.train.eval_views = EvalViews::none;
    CompileOptions options = compile_options(card);
    // A flatten that nobody reads disappears: a dense layer reads the map before it.
    for (const LayerInfo& layer : compile(plain, options).layers)
        if (layer.type != layers::Flatten::type) options.keep.push_back(layer.name);
    return compile(plain, options);
}

SavedModel read_saved_model(std::span<const uint8_t> bytes, const std::string& place) {
    TensorFile file = read_safetensors(bytes, place);
    const auto text = [&](const char* key) -> const std::string& {
        const auto found = file.metadata.find(key);
        if (found != file.metadata.end()) return found->second;
        throw Error(ErrorCode::checkpoint, place, say("model_file.no_metadata", key),
                    say("model_file.use_model"));
    };
    if (text("format") != model_format) {
        throw Error(ErrorCode::checkpoint, place, say("checkpoint.format", text("format")),
                    say("checkpoint.reads", model_format));
    }
    SavedModel model{
        Experiment::parse(parse_json(text("experiment"), place), place), parse_card(text("card"), place), {}};
    model.experiment.optimizer.average_decay = 0;  // the file has the averaged weights already
    for (const PersistentSpec& spec : compile(model.experiment, compile_options(model.card)).persistents) {
        const auto found = std::find_if(file.tensors.begin(), file.tensors.end(),
                                        [&](const NamedTensor& tensor) { return tensor.name == spec.name; });
        if (found == file.tensors.end()) {
            throw Error(ErrorCode::checkpoint, place, say("checkpoint.lacks_tensor", spec.name),
                        say("model_file.as_written"));
        }
        const HostTensor& tensor = found->tensor;
        if (tensor.shape() != spec.shape) {
            throw Error(ErrorCode::checkpoint, place,
                        say("checkpoint.tensor_shape", spec.name, tensor.shape().str(), spec.shape.str()),
                        say("model_file.as_written"));
        }
        const auto is_number = [](float value) { return std::isfinite(value); };
        if (!std::all_of(tensor.span().begin(), tensor.span().end(), is_number)) {
            throw Error(ErrorCode::bad_file, place + ": tensor \"" + spec.name + "\"",
                        say("model_file.not_finite"), say("model_file.use_earlier"));
        }
        model.weights.emplace(spec.name, std::move(found->tensor));
    }
    return model;
}

}  // namespace cnnlab
