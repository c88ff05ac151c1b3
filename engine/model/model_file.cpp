#include "engine/model/model_file.hpp"

#include "engine/core/messages.hpp"
#include "engine/data/card.hpp"
#include "engine/io/safetensors.hpp"

namespace cnnlab {

std::vector<uint8_t> model_file(const Model& model) {
    return model_file(SavedModel{model.experiment(), model.card(), model.weights()});
}

std::vector<uint8_t> model_file(const SavedModel& model) {
    TensorFile file;
    for (const auto& [name, tensor] : model.weights) file.tensors.push_back({name, tensor});
    const auto dump = [](const Json& json) {
        return json.dump(-1, ' ', false, Json::error_handler_t::replace);
    };
    file.metadata = {{"format", model_format},
                     {"experiment", dump(model.experiment.to_json())},
                     {"card", to_json(model.card)},
                     {classes_key, classes_text(model.card.classes)}};
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
    SavedModel saved = read_saved_model(bytes, place);
    Model model(std::move(saved.experiment), std::move(saved.card), backend);
    for (const auto& [name, tensor] : saved.weights) model.set(name, tensor);
    return model;
}

}  // namespace cnnlab
