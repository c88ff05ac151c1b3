#include "native/run/keras_file.hpp"

#include <algorithm>
#include <string_view>

#include "engine/core/parse_json.hpp"
#include "engine/exchange/keras_import.hpp"
#include "native/data/hdf5_file.hpp"

namespace cnnlab {

namespace {

constexpr std::string_view weights_part = "model.weights.h5", config_part = "config.json";

/// Weights of Keras as its files have them: each under the name of its layer, or numbered at the layer's place.
keras::Weights keras_weights(Hdf5File file, bool are_numbered, const std::string& place) {
    keras::Weights weights;
    weights.are_numbered = are_numbered;
    constexpr std::string_view of_model = "model_weights/", early = "_layer_checkpoint_dependencies",
                               now = "layers";
    for (auto& [name, tensor] : file.tensors) {
        std::string own = name;
        if (are_numbered) {
            for (size_t at = own.find(early); at != std::string::npos; at = own.find(early))
                own.replace(at, early.size(), now);
        } else {
            if (!own.starts_with(of_model)) continue;  // of the optimizer
            own.erase(0, of_model.size());
        }
        if (!weights.add(own, std::move(tensor)))
            throw Error(ErrorCode::bad_file, place, "gives the weight \"" + own + "\" twice",
                        "get the file again");
    }
    return weights;
}

const ArchivePart* find_part(const std::vector<ArchivePart>& parts, std::string_view name) {
    const auto found =
        std::find_if(parts.begin(), parts.end(), [&](const ArchivePart& part) { return part.name == name; });
    return found == parts.end() ? nullptr : &*found;
}

}  // namespace

ImportedModel import_keras_h5(std::span<const uint8_t> bytes, const std::string& place,
                              const OnnxImportOptions& options) {
    Hdf5File file = read_hdf5(bytes, place);
    const auto config = file.attributes.find("model_config");
    if (config == file.attributes.end())
        throw Error(ErrorCode::unsupported, place, "holds no model of Keras, at most weights without one",
                    "save the whole model in Python: model.save(\"model.h5\")");
    const Json model = parse_json(config->second, place);
    return import_keras(model, keras_weights(std::move(file), false, place), Json(), place, options);
}

bool is_keras_archive(const std::vector<ArchivePart>& parts) {
    return find_part(parts, weights_part) != nullptr;
}

ImportedModel import_keras_archive(const std::vector<ArchivePart>& parts, const std::string& place,
                                   const OnnxImportOptions& options) {
    const ArchivePart* config = find_part(parts, config_part);
    const ArchivePart* weights = find_part(parts, weights_part);
    if (config == nullptr || weights == nullptr)
        throw Error(ErrorCode::bad_file, place,
                    "lacks " + std::string(config == nullptr ? config_part : weights_part),
                    "get the file again");
    const Json model = parse_json(std::string(config->bytes.begin(), config->bytes.end()), place);
    return import_keras(model, keras_weights(read_hdf5(weights->bytes, place), true, place), Json(), place,
                        options);
}

}  // namespace cnnlab
