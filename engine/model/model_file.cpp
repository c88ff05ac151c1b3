#include "engine/model/model_file.hpp"

#include "engine/data/card.hpp"
#include "engine/io/safetensors.hpp"

namespace cnnlab {

std::vector<uint8_t> model_file(const Model& model) {
    TensorFile file;
    for (auto& [name, tensor] : model.weights()) file.tensors.push_back({name, tensor});
    Json classes = Json::array();
    for (const std::string& name : model.card().classes) classes.push_back(name);
    const auto dump = [](const Json& json) {
        return json.dump(-1, ' ', false, Json::error_handler_t::replace);
    };
    file.metadata = {{"format", model_format},
                     {"experiment", dump(model.experiment().to_json())},
                     {"card", to_json(model.card())},
                     {"classes", dump(classes)}};
    return write_safetensors(file);
}

}  // namespace cnnlab
