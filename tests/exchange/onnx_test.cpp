// What is written for other programs: its structure here, its numbers in runtimes_test.cpp where they are installed.

#include "engine/exchange/onnx.hpp"

#include <gtest/gtest.h>

#include <map>
#include <protozero/pbf_reader.hpp>
#include <set>

#include "engine/exchange/channels_first.hpp"
#include "tests/errors.hpp"
#include "tests/exchange/exported_models.hpp"

namespace cnnlab {
namespace {

using protozero::pbf_reader;

/// What a ModelProto says, read by the numbers of its fields in the standard.
struct ReadModel {
    int64_t opset = 0;
    std::vector<std::string> ops;
    std::set<std::string> known, read;            ///< names that something gives; names that something reads
    std::map<std::string, int64_t> initializers;  ///< their bytes
    std::map<std::string, std::string> metadata;
    std::vector<std::string> outputs;

    explicit ReadModel(const std::string& bytes) {
        pbf_reader model(bytes);
        while (model.next()) switch (model.tag()) {
                case 7:
                    graph(model.get_message());
                    break;
                case 8: {
                    pbf_reader import = model.get_message();
                    while (import.next())
                        import.tag() == 2 ? void(opset = import.get_int64()) : import.skip();
                    break;
                }
                case 14: {
                    pbf_reader entry = model.get_message();
                    std::string key;
                    while (entry.next())
                        entry.tag() == 1 ? void(key = entry.get_string())
                                         : void(metadata[key] = entry.get_string());
                    break;
                }
                default:
                    model.skip();
            }
    }

  private:
    void graph(pbf_reader graph) {
        while (graph.next()) switch (graph.tag()) {
                case 1:
                    node(graph.get_message());
                    break;
                case 5:
                    tensor(graph.get_message());
                    break;
                case 11:
                    known.insert(name_in(graph.get_message()));
                    break;
                case 12:
                    outputs.push_back(name_in(graph.get_message()));
                    break;
                default:
                    graph.skip();
            }
    }
    void node(pbf_reader node) {
        while (node.next()) switch (node.tag()) {
                case 1:
                    read.insert(node.get_string());
                    break;
                case 2:
                    EXPECT_TRUE(known.insert(node.get_string()).second);
                    break;
                case 4:
                    ops.push_back(node.get_string());
                    break;
                default:
                    node.skip();
            }
    }
    void tensor(pbf_reader tensor) {
        std::string name;
        int64_t bytes = 0;
        while (tensor.next()) switch (tensor.tag()) {
                case 8:
                    name = tensor.get_string();
                    break;
                case 9:
                    bytes = static_cast<int64_t>(tensor.get_view().size());
                    break;
                default:
                    tensor.skip();
            }
        EXPECT_TRUE(known.insert(name).second) << name;
        initializers[name] = bytes;
    }
    static std::string name_in(pbf_reader value) {
        std::string name;
        while (value.next()) value.tag() == 1 ? void(name = value.get_string()) : value.skip();
        return name;
    }
};

SavedModel small_model(const std::string& layers) {
    SavedModel saved;
    saved.experiment = Experiment::parse(Json::parse(
        R"({"name": "small", "dataset": "fashion-mnist", "model": {"layers": [)" + layers + "]}}"));
    saved.card.image = {8, 8, 1};
    saved.card.classes = {"cat", "dog"};
    for (const PersistentSpec& spec : compile(saved.experiment, compile_options(saved.card)).persistents)
        saved.weights.emplace(spec.name, HostTensor(spec.shape, 0.5F));
    return saved;
}

std::vector<std::string> ops_of(const std::string& layers, const OnnxOptions& options = {}) {
    return ReadModel(write_onnx(small_model(layers), options)).ops;
}

using Ops = std::vector<std::string>;

TEST(OnnxFile, HoldsEveryWeightAndReadsOnlyWhatIsThere) {
    for (const std::string& name : test::exported_names()) {
        SCOPED_TRACE(name);
        const SavedModel saved = test::exported_model(name).saved;
        const ReadModel model(write_onnx(saved, {.opset = 18}));
        EXPECT_EQ(model.opset, 18);
        for (const auto& [tensor, values] : saved.weights)
            EXPECT_EQ(model.initializers.at(tensor), values.count() * 4) << tensor;
        for (const std::string& used : model.read)
            EXPECT_TRUE(used.empty() || model.known.contains(used)) << used;
        ASSERT_EQ(model.outputs.size(), 1U);
        EXPECT_TRUE(model.known.contains(model.outputs[0]));
    }
}

TEST(OnnxFile, SaysOfWhatItIs) {
    const ReadModel model(
        write_onnx(small_model(R"({"type": "flatten"}, {"type": "dense", "out_features": 2})")));
    EXPECT_EQ(model.metadata.at("classes"), R"(["cat","dog"])");
    EXPECT_EQ(parse_json(model.metadata.at("experiment"), "experiment")["name"], "small");
    EXPECT_EQ(model.opset, 17);
    EXPECT_EQ(model.outputs, Ops{"logits"});
}

TEST(OnnxFile, ADenseLayerTakesTheMapBeforeAFlatten) {
    EXPECT_EQ(
        ops_of(
            R"({"type": "conv2d", "out_channels": 3}, {"type": "flatten"}, {"type": "dense", "out_features": 2})"),
        (Ops{"Conv", "Flatten", "Gemm"}));
    // Others see rows, columns, channels.
    EXPECT_EQ(ops_of(R"({"type": "conv2d", "out_channels": 3}, {"type": "flatten"}, {"type": "relu"},
                        {"type": "dense", "out_features": 2})"),
              (Ops{"Conv", "Transpose", "Flatten", "Relu", "Gemm"}));
}

TEST(OnnxFile, FoldsBatchNormWhereAsked) {
    const std::string layers =
        R"({"type": "conv2d", "out_channels": 3, "bias": false}, {"type": "batch_norm"}, {"type": "relu"},
           {"type": "global_avg_pool"}, {"type": "dense", "out_features": 2})";
    EXPECT_EQ(ops_of(layers),
              (Ops{"Conv", "BatchNormalization", "Relu", "GlobalAveragePool", "Flatten", "Gemm"}));
    EXPECT_EQ(ops_of(layers, {.fold = true}), (Ops{"Conv", "Relu", "GlobalAveragePool", "Flatten", "Gemm"}));
}

TEST(OnnxFile, PaddingThatCountsInAMeanIsANodeOfItsOwn) {
    const std::string pool = R"({"type": "avg_pool2d", "kernel": 3, "padding": 1, "count_include_pad": )";
    const std::string dense = R"(}, {"type": "dense", "out_features": 2})";
    EXPECT_EQ(ops_of(pool + "true" + dense), (Ops{"Pad", "AveragePool", "Flatten", "Gemm"}));
    EXPECT_EQ(ops_of(pool + "false" + dense), (Ops{"AveragePool", "Flatten", "Gemm"}));
}

TEST(OnnxFile, PaddingOfAWholeKernelIsANodeOfItsOwn) {
    const std::string pool = R"({"type": "max_pool2d", "kernel": 3, "stride": 1, "dilation": )",
                      dense = R"(}, {"type": "dense", "out_features": 2})";
    EXPECT_EQ(ops_of(pool + R"(2, "padding": 2)" + dense), (Ops{"MaxPool", "Flatten", "Gemm"}));
    EXPECT_EQ(ops_of(pool + R"(3, "padding": 3)" + dense), (Ops{"Pad", "MaxPool", "Flatten", "Gemm"}));
}

TEST(OnnxFile, TakesPixelsAndGivesProbabilitiesWhereAsked) {
    const std::string dense = R"({"type": "dense", "out_features": 2})";
    EXPECT_EQ(ops_of(dense, {.pixels = true, .probabilities = true}),
              (Ops{"Conv", "Flatten", "Gemm", "Softmax"}));
}

TEST(OnnxFile, RefusesWhatTheOpsetDoesNotHave) {
    const SavedModel saved = small_model(
        R"({"type": "resize", "size": 4, "antialias": true}, {"type": "dense", "out_features": 2})");
    test::expect_error(
        ErrorCode::unsupported, [&] { (void)write_onnx(saved); }, "resize_1", "opset 18");
    EXPECT_EQ(ReadModel(write_onnx(saved, {.opset = 18})).ops.front(), "Resize");
    test::expect_error(
        ErrorCode::out_of_range, [&] { (void)write_onnx(saved, {.opset = 9}); }, "13", "22");
}

TEST(TorchTensors, HaveChannelsFirst) {
    SavedModel saved = small_model(R"({"type": "conv2d", "out_channels": 2, "kernel": [1, 2]},
        {"type": "global_avg_pool"}, {"type": "dense", "out_features": 2})");
    EXPECT_EQ(torch_tensors(saved).find("conv2d_1.weight")->shape(), (Shape{2, 1, 1, 2}));
    EXPECT_EQ(torch_tensors(saved).find("dense_1.weight")->shape(), (Shape{2, 2}));
    // [K, H, W, C] = [1, 1, 2, 3]: the channels of the left pixel, then those of the right one
    const HostTensor weight(Shape{1, 1, 2, 3}, {0, 1, 2, 3, 4, 5});
    const HostTensor turned = channels_first(weight), rows = rows_channels_first(weight);
    EXPECT_EQ(turned.shape(), (Shape{1, 3, 1, 2}));
    EXPECT_EQ(rows.shape(), (Shape{1, 6}));
    EXPECT_EQ((std::vector<float>{turned.span().begin(), turned.span().end()}),
              (std::vector<float>{0, 3, 1, 4, 2, 5}));
}

}  // namespace
}  // namespace cnnlab
