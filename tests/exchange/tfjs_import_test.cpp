// Layers models of TensorFlow.js: our own back again, those of layers/, which make_layers.mjs has TensorFlow.js write,
// and what is refused.

#include "engine/exchange/tfjs_import.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "engine/exchange/tfjs.hpp"
#include "engine/io/safetensors.hpp"
#include "engine/model/outputs.hpp"
#include "engine/reference/reference_backend.hpp"
#include "tests/errors.hpp"
#include "tests/exchange/exported_models.hpp"
#include "tests/paths.hpp"

namespace cnnlab::tfjs_import_test {
namespace {

namespace fs = std::filesystem;

std::string test_name(std::string name) {
    std::replace_if(
        name.begin(), name.end(), [](char c) { return c == '-' || c == ':' || c == '.'; }, '_');
    return name;
}

ReadBeside beside(const TfjsModel& model) {
    return [&model](const std::string& name) {
        EXPECT_EQ(name, TfjsModel::weights_file);
        return model.weights;
    };
}

class LayersRoundTrip : public testing::TestWithParam<std::string> {};

TEST_P(LayersRoundTrip, GivesTheSameWeightsAndLogits) {
    const test::ExportedModel made = test::exported_model(GetParam());
    TfjsModel written;
    try {
        written = write_tfjs(made.saved);
    } catch (const Error& error) {
        ASSERT_EQ(error.code(), ErrorCode::unsupported) << error.what();
        return;  // tests/native/tfjs_test.cpp has the list
    }
    const SavedModel back = import_tfjs(written.json, "model.json", {}, beside(written)).model;
    ASSERT_EQ(back.weights.size(), made.saved.weights.size());
    for (const auto& [name, tensor] : made.saved.weights) {
        ASSERT_TRUE(back.weights.contains(name)) << name;
        const HostTensor& found = back.weights.at(name);
        ASSERT_EQ(found.count(), tensor.count()) << name;
        EXPECT_TRUE(std::equal(tensor.span().begin(), tensor.span().end(), found.span().begin())) << name;
    }
    EXPECT_EQ(back.card.classes, made.saved.card.classes);
    EXPECT_EQ(back.card.mean, made.saved.card.mean);
    EXPECT_EQ(back.experiment.name, made.saved.experiment.name);
    const auto backend = make_reference_backend();
    EXPECT_LE(test::distance(test::logits_of(back, made.input, *backend), made.logits), 1e-6);
}

INSTANTIATE_TEST_SUITE_P(Networks, LayersRoundTrip, testing::ValuesIn(test::exported_names()),
                         [](const auto& row) { return test_name(row.param); });

fs::path models() { return test::source_folder() / "tests/exchange/layers"; }

std::vector<uint8_t> bytes_in(const fs::path& path) {
    std::ifstream stream(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
}

std::string text_in(const fs::path& path) {
    const std::vector<uint8_t> bytes = bytes_in(path);
    return {bytes.begin(), bytes.end()};
}

std::vector<std::string> model_names() {
    std::vector<std::string> names;
    std::error_code missing;
    for (const auto& entry : fs::directory_iterator(models(), missing))
        if (entry.is_directory()) names.push_back(entry.path().filename().string());
    std::sort(names.begin(), names.end());
    return names;
}

ImportedModel import_of(const std::string& name, const std::string& json) {
    return import_tfjs(json, "model.json", {},
                       [&](const std::string& file) { return bytes_in(models() / name / file); });
}

/// make_layers.mjs says what they are.
class ForeignLayers : public testing::TestWithParam<std::string> {};

TEST_P(ForeignLayers, GiveWhatTensorFlowJsGives) {
    const std::string& name = GetParam();
    static const TensorFile tensors =
        read_safetensors(bytes_in(models() / "layers.safetensors"), "layers.safetensors");
    const ImportedModel found = import_of(name, text_in(models() / name / "model.json"));
    HostTensor input = *tensors.find(name + "/input");
    const DatasetCard& card = found.model.card;
    const bool pixels = card.mean[0] != 0;  // what a Rescaling did is done to pixels
    for (float& value : input.span())
        if (pixels) value = (value / 255 - card.mean[0]) / card.stddev[0];
    EXPECT_EQ(pixels, name == "rescaled");
    const auto backend = make_reference_backend();
    HostTensor logits = test::logits_of(found.model, input, *backend);
    if (name.ends_with("_end")) {
        to_probabilities(logits, output_kind(found.model.experiment));
        EXPECT_FALSE(found.notes.empty());
    }
    EXPECT_LE(test::distance(logits, *tensors.find(name + "/output")), 1e-5);
}

INSTANTIATE_TEST_SUITE_P(Layers, ForeignLayers, testing::ValuesIn(model_names()),
                         [](const auto& row) { return test_name(row.param); });

// ---- by hand ----

Json layer_of(const std::string& type, Json config = Json::object()) {
    return {{"class_name", type}, {"config", std::move(config)}};
}

/// A model over images of 3 channels with 6×6 pixels, its weights one after the other.
struct ByHand {
    Json json{{"format", "layers-model"},
              {"modelTopology", {{"class_name", "Sequential"}, {"config", {{"layers", Json::array()}}}}},
              {"weightsManifest", Json::array({{{"paths", {"a.bin"}}, {"weights", Json::array()}}})}};
    std::map<std::string, std::vector<uint8_t>> files{{"a.bin", {}}};

    explicit ByHand(std::vector<Json> layers) {
        layers.insert(layers.begin(), layer_of("InputLayer", {{"batch_input_shape", {nullptr, 6, 6, 3}}}));
        for (Json& one : layers) all().push_back(std::move(one));
    }
    Json& all() { return json["modelTopology"]["config"]["layers"]; }
    Json& weights() { return json["weightsManifest"][0]["weights"]; }
    ByHand& with(const std::string& name, const std::vector<int64_t>& shape, float value = 1) {
        weights().push_back({{"name", name}, {"shape", shape}, {"dtype", "float32"}});
        const std::vector<float> values(static_cast<size_t>(StoredTensor::count_of(shape)), value);
        const auto* first = reinterpret_cast<const uint8_t*>(values.data());
        files["a.bin"].insert(files["a.bin"].end(), first, first + values.size() * sizeof(float));
        return *this;
    }
    [[nodiscard]] ImportedModel import(const OnnxImportOptions& options = {}) const {
        return import_tfjs(json.dump(), "model.json", options, [&](const std::string& name) {
            const auto found = files.find(name);
            if (found == files.end()) throw Error(ErrorCode::missing_data, name, "is not there", "");
            return found->second;
        });
    }
    template <class... Words>
    void refuses(ErrorCode code, const Words&... words) const {
        test::expect_error(
            code, [&] { (void)import(); }, words...);
    }
};

ByHand dense_end(std::vector<Json> layers, int64_t values) {
    layers.push_back(layer_of("Flatten"));
    layers.push_back(layer_of("Dense", {{"name", "d"}, {"units", 2}}));
    ByHand made(std::move(layers));
    made.with("d/kernel", {values, 2}).with("d/bias", {2});
    return made;
}

TEST(ImportTfjs, TellsOfEveryLayerThatItDoesNotUnderstand) {
    dense_end({layer_of("PReLU", {{"name", "p"}}), layer_of("Resizing", {{"name", "r"}}),
               layer_of("Activation", {{"name", "a"}, {"activation", "elu"}}),
               layer_of("LSTM", {{"name", "l"}}), layer_of("Conv2D", {{"name", "c"}})},
              108)
        .refuses(ErrorCode::unsupported, "model.json", "5 nodes", "PReLU \"p\"", "no layer here",
                 "Resizing \"r\"", "another way", "Activation \"a\"", "elu", "LSTM \"l\"", "Conv2D \"c\"",
                 "\"kernel\"");
}

TEST(ImportTfjs, SaysWhyALayerIsRefused) {
    const auto one = [](const std::string& type, const Json& config, const std::string& word) {
        dense_end({layer_of(type, config)}, 108).refuses(ErrorCode::unsupported, type, word);
    };
    one("MaxPooling2D", {{"data_format", "channels_first"}}, "channels before");
    one("MaxPooling2D", {{"padding", "causal"}}, "padding");
    one("MaxPooling2D", {{"pool_size", {9, 9}}}, "does not fit");
    one("MaxPooling2D", {{"pool_size", "two"}}, "pool_size");
    one("ZeroPadding2D", {{"padding", {{0, -1}, {0, 0}}}}, "padding");
    one("ReLU", {{"threshold", 1}}, "threshold");
    one("Permute", {{"dims", {1, 2}}}, "dims");
    one("Reshape", {{"target_shape", {5, 5, 5}}}, "splits");
    one("Softmax", {{"axis", 1}}, "channels");
    one("Concatenate", {{"axis", 1.5}}, "axis");
    one("Multiply", Json::object(), "lacks an input");
    dense_end({layer_of("DepthwiseConv2D", {{"name", "c"}, {"dilation_rate", {2, 2}}})}, 108)
        .refuses(ErrorCode::unsupported, "DepthwiseConv2D", "dilations");
    dense_end({layer_of("Conv2D", {{"name", "c"}, {"use_bias", false}})}, 108)
        .with("c/kernel", {3, 3, 4, 2})
        .refuses(ErrorCode::unsupported, "Conv2D", "groups");
    dense_end({layer_of("Conv2D", {{"name", "c"}, {"use_bias", false}})}, 108)
        .with("c/kernel", {3, 3, 4})
        .refuses(ErrorCode::unsupported, "Conv2D", "3×3×4");
}

TEST(ImportTfjs, ReadsWhatKerasWritesOtherwise) {
    // "model_config" around it, ":0" behind names, a model's name before them, pooled maps that stay maps.
    ByHand made = ByHand({layer_of("GlobalAveragePooling2D", {{"keepdims", true}}),
                          layer_of("Conv2D", {{"name", "c"}, {"kernel_size", 1}, {"filters", 2}})})
                      .with("net/c/kernel:0", {1, 1, 3, 2})
                      .with("net/c/bias:0", {2});
    made.json["modelTopology"] = {{"keras_version", "2.15.0"}, {"model_config", made.json["modelTopology"]}};
    const ImportedModel found = made.import();
    EXPECT_EQ(found.model.weights.at("c.weight").shape(), (Shape{2, 1, 1, 3}));
    EXPECT_EQ(found.model.card.classes, (std::vector<std::string>{"0", "1"}));
}

TEST(ImportTfjs, TakesARescalingForWhatIsDoneToPixels) {
    const auto rescaled = [](const OnnxImportOptions& options) {
        return dense_end(
                   {layer_of("RandomFlip"), layer_of("Rescaling", {{"scale", 1 / 51.0}, {"offset", -2}})},
                   108)
            .import(options)
            .model;
    };
    const SavedModel plain = rescaled({});
    EXPECT_FLOAT_EQ(plain.card.stddev[0], 0.2F);
    EXPECT_FLOAT_EQ(plain.card.mean[0], 0.4F);
    EXPECT_EQ(plain.experiment.model.layers.size(), 1U);
    // Whoever says what the network wants means what comes before it.
    const SavedModel given = rescaled({.mean = {0}, .stddev = {1.0F / 255}});
    EXPECT_FLOAT_EQ(given.card.stddev[0], 1.0F / 255);
    EXPECT_GT(given.experiment.model.layers.size(), 1U);
}

TEST(ImportTfjs, ReadsWhatTeachableMachineSaysBeside) {
    OnnxImportOptions options;
    read_teachable_machine(R"({"packageName": "@teachablemachine/image", "labels": ["cat", "dog"]})",
                           options);
    EXPECT_EQ(options.classes, (std::vector<std::string>{"cat", "dog"}));
    EXPECT_FLOAT_EQ(options.mean.at(0), 127.0F / 255);
    OnnxImportOptions other;
    for (const char* text : {R"({"labels": ["cat"]})", "{", "[]"}) read_teachable_machine(text, other);
    EXPECT_TRUE(other.classes.empty());
    EXPECT_TRUE(other.mean.empty());
}

TEST(ImportTfjs, NamesWhatIsDamaged) {
    const auto damaged = [](auto change, ErrorCode code, const auto&... words) {
        ByHand made = dense_end({}, 108);
        change(made);
        made.refuses(code, words...);
    };
    damaged([](ByHand& made) { made.json["format"] = "graph-model"; }, ErrorCode::unsupported, "graph model",
            "tf2onnx");
    damaged([](ByHand& made) { made.json.erase("modelTopology"); }, ErrorCode::bad_file, "modelTopology");
    damaged([](ByHand& made) { made.json.erase("weightsManifest"); }, ErrorCode::bad_file, "weightsManifest");
    damaged([](ByHand& made) { made.json["modelTopology"]["class_name"] = "Pipeline"; }, ErrorCode::bad_file,
            "Pipeline");
    damaged([](ByHand& made) { made.json["weightsManifest"][0]["paths"] = {"b.bin"}; },
            ErrorCode::missing_data, "b.bin");
    damaged([](ByHand& made) { made.json["weightsManifest"][0]["paths"] = {"../a.bin"}; },
            ErrorCode::bad_file, "outside its folder", "../a.bin");
    damaged(
        [](ByHand& made) {
            made.json["weightsManifest"][0]["paths"] = {"a.bin", "./a.bin"};
        },
        ErrorCode::bad_file, "a.bin twice");
    damaged([](ByHand& made) { made.files["a.bin"].pop_back(); }, ErrorCode::bad_file, "872 bytes", "a.bin",
            "871");
    damaged([](ByHand& made) { made.files["a.bin"].push_back(0); }, ErrorCode::bad_file, "872 bytes", "873");
    damaged([](ByHand& made) { made.weights()[0]["dtype"] = "complex64"; }, ErrorCode::bad_file, "d/kernel",
            "complex64");
    damaged(
        [](ByHand& made) {
            made.weights()[0]["shape"] = {1 << 30, 1 << 30};
        },
        ErrorCode::bad_file, "d/kernel", "1073741824");
    damaged([](ByHand& made) { made.weights()[0]["shape"] = {-1}; }, ErrorCode::bad_file, "d/kernel");
    damaged([](ByHand& made) { made.weights()[1]["name"] = "d/kernel"; }, ErrorCode::bad_file, "d/kernel",
            "twice");
    damaged(
        [](ByHand& made) {
            made.weights()[0]["quantization"] = {{"dtype", "uint8"}};
        },
        ErrorCode::bad_file, "d/kernel", "quantization");
    damaged(
        [](ByHand& made) {
            made.all()[0]["config"]["batch_input_shape"] = {nullptr, 108};
        },
        ErrorCode::unsupported, "2 axes");
    damaged(
        [](ByHand& made) {
            made.all()[0]["config"]["batch_input_shape"] = {nullptr, nullptr, nullptr, 3};
        },
        ErrorCode::missing_data, "how large", "--size");
    damaged([](ByHand& made) { made.files["a.bin"][3] = 0x7F, made.files["a.bin"][2] = 0xFF; },
            ErrorCode::bad_file, "not finite");
}

/// Each model calls the next one twice, so that the last is called 2ⁿ times.
TEST(ImportTfjs, ModelsThatCallEachOtherManyTimesAreRefused) {
    const auto input = [] {
        Json layer = layer_of("InputLayer", {{"batch_input_shape", {nullptr, 6, 6, 3}}});
        layer["name"] = "i";
        layer["inbound_nodes"] = Json::array();
        return layer;
    };
    Json inner = layer_of("ReLU");
    for (int depth = 0; depth < 18; ++depth) {
        inner["name"] = "m";
        inner["inbound_nodes"] = {{{"i", 0, 0, Json::object()}}, {{"m", 0, 0, Json::object()}}};
        Json next = layer_of("Functional", {{"layers", {input(), std::move(inner)}},
                                            {"input_layers", Json::array({{"i", 0, 0}})},
                                            {"output_layers", Json::array({{"m", 1, 0}})}});
        inner = std::move(next);
    }
    ByHand made({});
    made.json["modelTopology"] = inner;
    made.refuses(ErrorCode::bad_file, "20000 nodes");
    ByHand circle({});
    inner["config"]["layers"][1]["inbound_nodes"] = {{{"m", 1, 0, Json::object()}},
                                                     {{"m", 0, 0, Json::object()}}};
    circle.json["modelTopology"] = inner;
    circle.refuses(ErrorCode::bad_file, "output_layers");
}

/// A layer that is called often has its weights as often.
TEST(ImportTfjs, WeightsThatAreUsedWithoutEndAreRefused) {
    Json dense = layer_of("Dense", {{"name", "d"}});
    dense["inbound_nodes"] = Json::array();
    for (int i = 0; i < 100; ++i) dense["inbound_nodes"].push_back({{"i", 0, 0, Json::object()}});
    Json input = layer_of("InputLayer", {{"name", "i"}, {"batch_input_shape", {nullptr, 6, 6, 3}}});
    ByHand made({});
    made.json["modelTopology"] = layer_of("Functional", {{"layers", {input, dense}},
                                                         {"input_layers", Json::array({{"i", 0, 0}})},
                                                         {"output_layers", Json::array({{"d", 99, 0}})}});
    made.with("d/kernel", {3, 400'000}).with("d/bias", {400'000});
    made.refuses(ErrorCode::bad_file, "uses its weights so often");
}

}  // namespace
}  // namespace cnnlab::tfjs_import_test
