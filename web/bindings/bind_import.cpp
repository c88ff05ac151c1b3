#include <emscripten/bind.h>

#include "engine/core/message_json.hpp"
#include "engine/exchange/card_statistics.hpp"
#include "engine/exchange/import_messages.hpp"
#include "engine/exchange/keras_file.hpp"
#include "engine/exchange/onnx_import.hpp"
#include "engine/exchange/tfjs_import.hpp"
#include "engine/exchange/torch_read.hpp"
#include "engine/model/model_file.hpp"
#include "web/bindings/values.hpp"

/// Networks of other programs, as a model.safetensors of ours.
namespace cnnlab::web {

namespace {

/// {name, bytes} each.
std::vector<ArchivePart> parts_in(const val& list) {
    std::vector<ArchivePart> parts(list["length"].as<size_t>());
    for (size_t i = 0; i < parts.size(); ++i) {
        const val part = list[i];
        parts[i] = {part["name"].as<std::string>(), copy_in<uint8_t>(part["bytes"])};
    }
    return parts;
}

std::string_view text_of(const std::vector<uint8_t>& bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// {model, name, notes, layers, parameters, image, classes, mean, std}
val imported(const ImportedModel& made) {
    const SavedModel& model = made.model;
    int64_t parameters = 0;
    for (const auto& [name, tensor] : model.weights) parameters += tensor.count();
    Json notes = Json::array();
    for (const Message& note : made.notes) notes.push_back(message_json(note));
    val result = json_value({{"name", model.experiment.name},
                             {"notes", notes},
                             {"layers", model.experiment.model.layers.size()},
                             {"parameters", parameters},
                             {"image", write_json(model.card.image)},
                             {"classes", model.card.classes},
                             {"mean", model.card.mean},
                             {"std", model.card.stddev}});
    const std::vector<uint8_t> file = model_file(model);
    result.set("model", copy_out("Uint8Array", std::span<const uint8_t>(file)));
    return result;
}

/// Reads the files that a network names from those that were given with it.
ReadBeside reader_of(const std::vector<ArchivePart>& others, const std::string& place) {
    return [&others, place](const std::string& name) -> std::vector<uint8_t> {
        for (const ArchivePart& part : others)
            if (part.name == name) return part.bytes;
        throw Error(ErrorCode::missing_data, place, say_import("import.no_files", name),
                    say_import("import.beside"));
    };
}

/// `beside`: files that tensors may lie in; `size`: of the images where the graph leaves it open, 0: it must say so.
val import_onnx_file(const val& bytes, const std::string& place, const val& beside, int size) {
    return guarded([&] {
        OnnxImportOptions options;
        options.name = place.substr(0, place.rfind('.'));
        options.size = Pair{size};
        const std::vector<ArchivePart> others = parts_in(beside);
        return imported(import_onnx(copy_in<uint8_t>(bytes), place, options, reader_of(others, place)));
    });
}

/// A model.json of TensorFlow.js. `name`: of the network; `beside`: its files of weights, and metadata.json of
/// Teachable Machine.
val import_tfjs_file(const val& bytes, const std::string& place, const std::string& name, const val& beside,
                     int size) {
    return guarded([&] {
        OnnxImportOptions options;
        options.name = name;
        options.size = Pair{size};
        const std::vector<ArchivePart> others = parts_in(beside);
        for (const ArchivePart& part : others)
            if (part.name == "metadata.json") read_teachable_machine(text_of(part.bytes), options);
        const std::vector<uint8_t> json = copy_in<uint8_t>(bytes);
        return imported(import_tfjs(text_of(json), place, options, reader_of(others, place)));
    });
}

/// {attributes: [{name, text}], tensors: [{name, shape, values}]}: what a library of the page's reads.
Hdf5File hdf5_in(const val& given, const std::string& place) {
    Hdf5File file;
    const val attributes = given["attributes"], tensors = given["tensors"];
    for (size_t i = 0; i < attributes["length"].as<size_t>(); ++i)
        file.attributes[attributes[i]["name"].as<std::string>()] = attributes[i]["text"].as<std::string>();
    for (size_t i = 0; i < tensors["length"].as<size_t>(); ++i) {
        StoredTensor tensor;
        tensor.type = StoredTensor::f32;
        for (const double extent : copy_in<double>(tensors[i]["shape"]))
            tensor.shape.push_back(static_cast<int64_t>(extent));
        const std::vector<float> values = copy_in<float>(tensors[i]["values"]);
        if (tensor.shape.size() > StoredTensor::most_axes ||
            tensor.count() != static_cast<int64_t>(values.size()))
            throw Error(ErrorCode::bad_file, place,
                        say_import("import.tensor_shape", extents_text(tensor.shape)),
                        say_import("import.get_again"));
        tensor.own(values);
        file.tensors.emplace(tensors[i]["name"].as<std::string>(), std::move(tensor));
    }
    return file;
}

OnnxImportOptions keras_options(const std::string& place, int size) {
    OnnxImportOptions options;
    options.name = place.substr(0, place.rfind('.'));
    options.size = Pair{size};
    return options;
}

val import_keras_h5_file(const val& file, const std::string& place, int size) {
    return guarded(
        [&] { return imported(import_keras_h5(hdf5_in(file, place), place, keras_options(place, size))); });
}

/// `parts`: of the archive, without the weights.
val import_keras_archive_file(const val& parts, const val& weights, const std::string& place, int size) {
    return guarded([&] {
        return imported(import_keras_archive(parts_in(parts), hdf5_in(weights, place), place,
                                             keras_options(place, size)));
    });
}

/// The files of a .pth with the model.safetensors whose network they are weights of.
val import_pth_files(const val& parts, const std::string& place, const val& network) {
    return guarded([&] {
        SavedModel model = read_saved_model(copy_in<uint8_t>(network), "model.safetensors");
        NamedWeights found = with_torch_tensors(std::move(model.experiment), std::move(model.card),
                                                read_torch_file(parts_in(parts), place), place);
        ImportedModel made{std::move(found.model), {}};
        if (!found.unused.empty()) made.notes.push_back(say_import("import.no_place", Message(found.unused)));
        return imported(made);
    });
}

/// The same network, for images that are normalised by these, a channel or for all.
val import_normalised(const val& bytes, const val& mean, const val& stddev) {
    return guarded([&] {
        SavedModel model = read_saved_model(copy_in<uint8_t>(bytes), "model.safetensors");
        set_statistics(model.card, copy_in<float>(mean), copy_in<float>(stddev));
        const std::vector<uint8_t> file = model_file(model);
        return copy_out("Uint8Array", std::span<const uint8_t>(file));
    });
}

}  // namespace

EMSCRIPTEN_BINDINGS(cnnlab_import) {
    using emscripten::function;
    function("importOnnx", &import_onnx_file);
    function("importTfjs", &import_tfjs_file);
    function("importKerasH5", &import_keras_h5_file);
    function("importKerasArchive", &import_keras_archive_file);
    function("importPth", &import_pth_files);
    function("importNormalised", &import_normalised);
}

}  // namespace cnnlab::web
