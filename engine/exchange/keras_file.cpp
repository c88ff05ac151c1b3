#include "engine/exchange/keras_file.hpp"

#include <algorithm>
#include <string_view>

#include "engine/core/error.hpp"
#include "engine/core/parse_json.hpp"
#include "engine/exchange/import_messages.hpp"
#include "engine/exchange/keras_import.hpp"
#include "engine/exchange/keras_messages.hpp"

namespace cnnlab {

namespace {

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
            throw Error(ErrorCode::bad_file, place, say_keras("keras.weight_twice", own),
                        say_import("import.get_again"));
    }
    return weights;
}

/// "3.5.0" → 3; of what says nothing of it 2, which wrote no version at first.
int major_version(const std::string& text) {
    const bool number = !text.empty() && text[0] >= '1' && text[0] <= '9' && text.substr(1, 1) == ".";
    return number ? text[0] - '0' : 2;
}

Json json_in(const ArchivePart& part, const std::string& place) {
    return parse_json({reinterpret_cast<const char*>(part.bytes.data()), part.bytes.size()}, place);
}

}  // namespace

const ArchivePart* find_part(const std::vector<ArchivePart>& parts, std::string_view name) {
    const auto found =
        std::find_if(parts.begin(), parts.end(), [&](const ArchivePart& part) { return part.name == name; });
    return found == parts.end() ? nullptr : &*found;
}

ImportedModel import_keras_h5(Hdf5File file, const std::string& place, const OnnxImportOptions& options) {
    const auto layers = file.attributes.find("model_config");
    if (layers == file.attributes.end())
        throw Error(ErrorCode::unsupported, place, say_keras("keras.no_model"),
                    say_keras("keras.save_whole"));
    KerasModel model;
    model.layers = parse_json(layers->second, place);
    model.version = major_version(file.attributes["keras_version"]);
    model.weights = keras_weights(std::move(file), false, place);
    return import_keras(model, place, options);
}

ImportedModel import_keras_archive(const std::vector<ArchivePart>& parts, Hdf5File weights,
                                   const std::string& place, const OnnxImportOptions& options) {
    const ArchivePart* layers = find_part(parts, keras_layers_part);
    if (layers == nullptr)
        throw Error(ErrorCode::bad_file, place, say_keras("keras.lacks", keras_layers_part),
                    say_import("import.get_again"));
    KerasModel model;
    model.layers = json_in(*layers, place);
    if (const ArchivePart* metadata = find_part(parts, keras_metadata_part); metadata != nullptr)
        model.version =
            major_version(keras::text_of(keras::field_of(json_in(*metadata, place), "keras_version")));
    model.weights = keras_weights(std::move(weights), true, place);
    return import_keras(model, place, options);
}

}  // namespace cnnlab
