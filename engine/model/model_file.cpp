#include "engine/model/model_file.hpp"

#include <algorithm>
#include <cmath>

#include "engine/core/messages.hpp"
#include "engine/data/card.hpp"
#include "engine/io/safetensors.hpp"

namespace cnnlab {

namespace {

/// The experiment as inference needs it: the file has the averaged weights already.
Experiment for_inference(Experiment experiment) {
    experiment.optimizer.average_decay = 0;
    return experiment;
}

}  // namespace

std::vector<uint8_t> model_file(const Model& model) {
    TensorFile file;
    for (auto& [name, tensor] : model.weights()) file.tensors.push_back({name, tensor});
    const auto dump = [](const Json& json) {
        return json.dump(-1, ' ', false, Json::error_handler_t::replace);
    };
    file.metadata = {{"format", model_format},
                     {"experiment", dump(model.experiment().to_json())},
                     {"card", to_json(model.card())},
                     {classes_key, classes_text(model.card().classes)}};
    return write_safetensors(file);
}

std::vector<std::string> classes_in_file(std::span<const uint8_t> bytes, const std::string& place) {
    const auto metadata = read_safetensors_metadata(bytes, place);
    const auto found = metadata.find(classes_key);
    std::vector<std::string> classes;
    if (found != metadata.end()) read_json(parse_json(found->second, place), classes, place);
    return classes;
}

std::string classes_text(const std::vector<std::string>& classes) {
    Json json = Json::array();
    for (const std::string& name : classes) json.push_back(name);
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Model read_model(std::span<const uint8_t> bytes, const std::string& place, Backend& backend) {
    const TensorFile file = read_safetensors(bytes, place);
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
    Experiment experiment = Experiment::parse(parse_json(text("experiment"), place), place);
    Model model(for_inference(std::move(experiment)), parse_card(text("card"), place), backend);
    for (const PersistentSpec& spec : model.compile_for(Phase::evaluate, 1).persistents) {
        const HostTensor* tensor = file.find(spec.name);
        if (tensor == nullptr) {
            throw Error(ErrorCode::checkpoint, place, say("checkpoint.lacks_tensor", spec.name),
                        say("model_file.as_written"));
        }
        if (tensor->shape() != spec.shape) {
            throw Error(ErrorCode::checkpoint, place,
                        say("checkpoint.tensor_shape", spec.name, tensor->shape().str(), spec.shape.str()),
                        say("model_file.as_written"));
        }
        const auto is_number = [](float value) { return std::isfinite(value); };
        if (!std::all_of(tensor->span().begin(), tensor->span().end(), is_number)) {
            throw Error(ErrorCode::bad_file, place + ": tensor \"" + spec.name + "\"",
                        say("model_file.not_finite"), say("model_file.use_earlier"));
        }
        model.set(spec.name, *tensor);
    }
    return model;
}

}  // namespace cnnlab
