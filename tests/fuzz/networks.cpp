#include <algorithm>

#include "engine/data/data_spec.hpp"
#include "engine/exchange/channels_first.hpp"
#include "engine/exchange/keras_file.hpp"
#include "engine/exchange/onnx_import.hpp"
#include "engine/exchange/tfjs.hpp"
#include "engine/exchange/tfjs_import.hpp"
#include "engine/exchange/torch_read.hpp"
#include "engine/io/safetensors.hpp"
#include "engine/model/model_file.hpp"
#include "engine/model/network_card.hpp"
#include "engine/model/saved_model.hpp"
#include "native/data/hdf5_file.hpp"
#include "tests/fuzz/fuzz.hpp"

/// Files with weights.
namespace cnnlab::fuzz {

SavedModel small_model() {
    SavedModel model;
    model.experiment = Experiment::parse(parse_json(
        R"({"name": "fuzz", "dataset": "lines", "model": {"layers": ["flatten", {"type": "dense", "out_features": 2}]}})",
        "fuzz"));
    model.card = card_of(model.experiment.dataset);
    for (const PersistentSpec& spec : model.compiled().persistents)
        model.weights.emplace(spec.name, HostTensor(spec.shape, .5F));
    return model;
}

namespace {

void safetensors(const Bytes& bytes) {
    (void)read_safetensors_metadata(bytes, "fuzz");
    (void)read_safetensors(bytes, "fuzz");
}

/// A model of this program: tensors, and in the metadata its experiment and card.
void model(const Bytes& bytes) { (void)read_saved_model(bytes, "fuzz"); }
Bytes model_seed() { return model_file(small_model()); }

void onnx(const Bytes& bytes) {
    OnnxImportOptions options;
    options.size = Pair{8};
    (void)import_onnx(bytes, "fuzz.onnx", options, [](const std::string&) { return Bytes(64); });
}

/// model.json, then a zero byte and the weights, which stand in as many files as it names.
void tfjs(const Bytes& bytes) {
    const auto end = std::find(bytes.begin(), bytes.end(), uint8_t{0});
    const Bytes weights(end == bytes.end() ? end : end + 1, bytes.end());
    OnnxImportOptions options;
    options.size = Pair{8};
    const std::string json(bytes.begin(), end);
    read_teachable_machine(json, options);
    (void)import_tfjs(json, "model.json", options, [&](const std::string&) { return weights; });
}
Bytes tfjs_seed() {
    const TfjsModel model = write_tfjs(small_model());
    Bytes bytes(model.json.begin(), model.json.end());
    bytes.push_back(0);
    bytes.insert(bytes.end(), model.weights.begin(), model.weights.end());
    return bytes;
}

/// An .h5 file of Keras, which a process of its own reads with the HDF5 library.
void keras(const Bytes& bytes) {
    OnnxImportOptions options;
    options.size = Pair{8};
    (void)import_keras_h5(read_hdf5(bytes, "fuzz.h5"), "fuzz.h5", options);
}

/// The pickle of a .pth file over storages of zeros, into the small network.
void torch(const Bytes& bytes) {
    std::vector<ArchivePart> parts{{"archive/data.pkl", bytes},
                                   {"archive/byteorder", {'l', 'i', 't', 't', 'l', 'e'}}};
    for (int i = 0; i < 12; ++i) parts.push_back({"archive/data/" + std::to_string(i), Bytes(4096)});
    static const SavedModel network = small_model();
    (void)with_torch_tensors(network.experiment, network.card, read_torch_file(parts, "fuzz.pth"),
                             "fuzz.pth");
}
Bytes torch_seed() { return torch_file_parts(torch_tensors(small_model()))[0].bytes; }

void network_card(const Bytes& bytes) {
    (void)NetworkCard::parse(parse_json(text_of(bytes), "fuzz"), "fuzz");
}

constexpr Reader readers[] = {
    {"safetensors", safetensors}, {"model", model, model_seed},   {"onnx", onnx},  {"tfjs", tfjs, tfjs_seed},
    {"torch", torch, torch_seed}, {"network_card", network_card}, {"keras", keras}};

}  // namespace

std::span<const Reader> network_readers() { return readers; }

}  // namespace cnnlab::fuzz
