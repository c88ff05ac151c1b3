// Keras' own files as a reader of HDF5 gives them: what depends on the version that wrote them.

#include "engine/exchange/keras_file.hpp"

#include <gtest/gtest.h>

#include "engine/layers/layer.hpp"
#include "tests/errors.hpp"

namespace cnnlab {
namespace {

StoredTensor tensor(std::vector<int64_t> shape, float value) {
    StoredTensor made;
    made.type = StoredTensor::f32;
    made.shape = std::move(shape);
    made.own(std::vector<float>(static_cast<size_t>(made.count()), value));
    return made;
}

/// A dense layer behind this activation.
std::string layers_of(const std::string& function) {
    return R"({"class_name": "Sequential", "config": {"name": "net", "layers": [
        {"class_name": "InputLayer", "config": {"batch_input_shape": [null, 2, 2, 3], "name": "images"}},
        {"class_name": "Activation", "config": {"name": "bent", "activation": ")" +
           function + R"("}},
        {"class_name": "Flatten", "config": {"name": "flat"}},
        {"class_name": "Dense", "config": {"name": "last", "units": 2, "use_bias": false}}]}})";
}

ArchivePart part(const std::string& name, const std::string& text) {
    return {name, {text.begin(), text.end()}};
}

std::vector<std::string> types_in(const ImportedModel& made) {
    std::vector<std::string> types;
    for (const LayerSpec& layer : made.model.experiment.model.layers) types.emplace_back(layer.type());
    return types;
}

/// Of a .keras whose metadata say this version.
std::vector<std::string> archive_types(const std::string& function, const std::string& version) {
    std::vector<ArchivePart> parts{part("config.json", layers_of(function))};
    if (!version.empty()) parts.push_back(part("metadata.json", R"({"keras_version": ")" + version + "\"}"));
    Hdf5File weights;
    weights.tensors["layers/dense/vars/0"] = tensor({12, 2}, 0.5F);
    return types_in(import_keras_archive(parts, std::move(weights), "net.keras", {}));
}

/// Of an .h5 whose root says this version.
std::vector<std::string> h5_types(const std::string& function, const std::string& version) {
    Hdf5File file;
    file.attributes["model_config"] = layers_of(function);
    if (!version.empty()) file.attributes["keras_version"] = version;
    file.tensors["model_weights/last/last/kernel:0"] = tensor({12, 2}, 0.5F);
    return types_in(import_keras_h5(std::move(file), "net.h5", {}));
}

TEST(KerasFile, HardSigmoidIsThatOfItsVersion) {
    // Keras 2 has x / 5 + 1/2, which is another line before ours.
    const std::vector<std::string> early{"scale", "hard_sigmoid", "dense"}, now{"hard_sigmoid", "dense"};
    EXPECT_EQ(archive_types("hard_sigmoid", "2.15.0"), early);
    EXPECT_EQ(archive_types("hard_sigmoid", "3.5.0"), now);
    EXPECT_EQ(archive_types("hard_sigmoid", ""), early);
    EXPECT_EQ(h5_types("hard_sigmoid", "2.4.0"), early);
    EXPECT_EQ(h5_types("hard_sigmoid", "3.12.1"), now);
    EXPECT_EQ(h5_types("hard_sigmoid", ""), early);
}

TEST(KerasFile, HardSwishHasTwoNames) {
    const std::vector<std::string> wanted{"hard_swish", "dense"};
    EXPECT_EQ(archive_types("hard_swish", "3.5.0"), wanted);
    EXPECT_EQ(archive_types("hard_silu", "3.5.0"), wanted);
}

TEST(KerasFile, SaysWhatIsMissing) {
    test::expect_error(
        ErrorCode::unsupported, [] { (void)import_keras_h5({}, "weights.h5", {}); }, "weights.h5",
        "no model of Keras", "model.save");
    test::expect_error(
        ErrorCode::bad_file, [] { (void)import_keras_archive({}, {}, "net.keras", {}); }, "net.keras",
        "config.json");
    Hdf5File twice;
    twice.attributes["model_config"] = layers_of("relu");
    twice.tensors["model_weights/last/kernel"] = twice.tensors["model_weights/last/kernel:0"] =
        tensor({12, 2}, 0.5F);
    test::expect_error(
        ErrorCode::bad_file, [&] { (void)import_keras_h5(std::move(twice), "net.h5", {}); }, "twice");
}

}  // namespace
}  // namespace cnnlab
