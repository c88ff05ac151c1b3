// Networks of other programs: our own files back again here, what others write as well.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <protozero/pbf_writer.hpp>

#include "engine/exchange/onnx.hpp"
#include "engine/exchange/onnx_graph.hpp"
#include "engine/exchange/onnx_import.hpp"
#include "engine/io/safetensors.hpp"
#include "engine/model/outputs.hpp"
#include "engine/reference/reference_backend.hpp"
#include "tests/errors.hpp"
#include "tests/exchange/exported_models.hpp"
#include "tests/paths.hpp"

namespace cnnlab {
namespace {

std::span<const uint8_t> text_bytes(const std::string& text) {
    return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

ImportedModel imported(const SavedModel& saved, const OnnxOptions& options) {
    const std::string file = write_onnx(saved, options);
    return import_onnx(text_bytes(file), "net.onnx");
}

std::string test_name(std::string name) {
    std::replace_if(
        name.begin(), name.end(), [](char c) { return c == '-' || c == ':' || c == '.'; }, '_');
    return name;
}

class RoundTrip : public testing::TestWithParam<std::string> {};

TEST_P(RoundTrip, GivesTheSameWeightsAndLogits) {
    const test::ExportedModel made = test::exported_model(GetParam());
    const SavedModel back = imported(made.saved, {.opset = 18}).model;
    ASSERT_EQ(back.weights.size(), made.saved.weights.size());
    for (const auto& [name, tensor] : made.saved.weights) {
        ASSERT_TRUE(back.weights.contains(name)) << name;
        const HostTensor& found = back.weights.at(name);
        // A dense layer after a flatten sees the map before it here.
        ASSERT_EQ(found.count(), tensor.count()) << name;
        EXPECT_TRUE(std::equal(tensor.span().begin(), tensor.span().end(), found.span().begin())) << name;
    }
    EXPECT_EQ(back.card.classes, made.saved.card.classes);
    EXPECT_EQ(back.card.mean, made.saved.card.mean);
    const auto backend = make_reference_backend();
    EXPECT_LE(test::distance(test::logits_of(back, made.input, *backend), made.logits), 1e-6);

    const SavedModel folded = imported(made.saved, {.opset = 18, .fold = true}).model;
    if (folded.weights.size() != made.saved.weights.size()) {
        const auto again = make_reference_backend();
        EXPECT_LE(test::distance(test::logits_of(folded, made.input, *again), made.logits), 1e-6);
    }
    // Pixels are normalised by the card here.
    const SavedModel pixels = imported(made.saved, {.opset = 18, .pixels = true}).model;
    EXPECT_EQ(write_json(pixels.experiment.model), write_json(back.experiment.model));
    EXPECT_EQ(pixels.card.mean, back.card.mean);
}

INSTANTIATE_TEST_SUITE_P(Networks, RoundTrip, testing::ValuesIn(test::exported_names()),
                         [](const auto& row) { return test_name(row.param); });

/// Others than the committed ones: tests/peer/onnx_nodes.py makes them of ONNX's own tests.
std::filesystem::path graphs() {
    const char* others = std::getenv("CNNLAB_GRAPHS");  // NOLINT(concurrency-mt-unsafe)
    return others != nullptr ? std::filesystem::path(others)
                             : test::source_folder() / "tests/exchange/graphs";
}

std::vector<uint8_t> bytes_in(const std::filesystem::path& path) {
    std::ifstream stream(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
}

std::vector<std::string> graph_names() {
    std::vector<std::string> names;
    std::error_code missing;
    for (const auto& entry : std::filesystem::directory_iterator(graphs(), missing))
        if (entry.path().extension() == ".onnx") names.push_back(entry.path().stem().string());
    std::sort(names.begin(), names.end());
    return names;
}

/// make_graphs.py says what they are.
class ForeignGraph : public testing::TestWithParam<std::string> {};

TEST_P(ForeignGraph, GivesWhatOthersGive) {
    const std::string& name = GetParam();
    static const TensorFile tensors =
        read_safetensors(bytes_in(graphs() / "graphs.safetensors"), "graphs.safetensors");
    const ImportedModel found = import_onnx(bytes_in(graphs() / (name + ".onnx")), name + ".onnx");
    const HostTensor& given = *tensors.find(name + "/input");
    const bool last = name == "last";  // whose input has the channels there
    HostTensor input = given;
    if (last) {
        const Shape& s = given.shape();
        input = HostTensor(Shape{s[0], s[3], s[1], s[2]});
        for (int64_t i = 0; i < given.count(); ++i) {
            const int64_t c = i % s[3], p = i / s[3] % (s[1] * s[2]), n = i / (s[1] * s[2] * s[3]);
            input[(n * s[3] + c) * s[1] * s[2] + p] = given[i];
        }
    }
    const auto backend = make_reference_backend();
    HostTensor logits = test::logits_of(found.model, input, *backend);
    if (name.ends_with("_end")) {
        to_probabilities(logits, output_kind(found.model.experiment));
        EXPECT_FALSE(found.notes.empty());
    }
    EXPECT_LE(test::distance(logits, *tensors.find(name + "/output")), 1e-5);
}

INSTANTIATE_TEST_SUITE_P(Graphs, ForeignGraph, testing::ValuesIn(graph_names()),
                         [](const auto& row) { return test_name(row.param); });

// ---- what is refused ----

/// A graph over images of 3 channels with 6×6 pixels.
onnx::Model graph_of(std::vector<onnx::Node> nodes, std::vector<onnx::Initializer> weights = {}) {
    onnx::Model model;
    model.name = "graph";
    model.inputs = {{"x", {3, 6, 6}}};
    model.outputs = {{nodes.back().output, {}}};
    model.nodes = std::move(nodes);
    model.initializers = std::move(weights);
    return model;
}

template <class... Words>
void refuses(const onnx::Model& model, ErrorCode code, const Words&... words) {
    const std::string file = onnx::encode(model);
    test::expect_error(
        code, [&] { (void)import_onnx(text_bytes(file), "net.onnx"); }, words...);
}

using Numbers = std::vector<int64_t>;

TEST(ImportOnnx, TellsOfEveryNodeThatItDoesNotUnderstand) {
    refuses(
        graph_of(
            {{"Elu", {"x"}, "a", {}},
             {"Relu", {"a"}, "b", {}},
             {"AveragePool",
              {"x"},
              "c",
              {{"kernel_shape", Numbers{2, 2}}, {"dilations", Numbers{2, 2}}, {"pads", Numbers{1, 1, 0, 0}}}},
             {"Mul", {"b", "x"}, "d", {}},
             {"Mul", {"x", "x"}, "e", {}},
             {"Concat", {"d", "e", "c"}, "f", {{"axis", int64_t{1}}}}}),
        ErrorCode::unsupported, "net.onnx", "3 nodes", "Elu \"a\"", "no layer here", "AveragePool \"c\"",
        "values that lie apart", "Mul \"e\"", "two values");
}

/// Types of the layers that these nodes become, the first and last of them apart.
std::vector<std::string> types_of(std::vector<onnx::Node> nodes) {
    nodes.push_back({"Flatten", {nodes.back().output}, "f", {}});
    nodes.push_back({"Gemm", {"f", "m"}, "g", {}});
    const std::string file =
        onnx::encode(graph_of(std::move(nodes), {{"m", {108, 2}, std::vector<float>(216, 0.5F)}}));
    std::vector<std::string> types;
    for (const LayerSpec& layer : import_onnx(text_bytes(file), "net.onnx").model.experiment.model.layers)
        types.emplace_back(layer.type());
    types.resize(types.size() - 1);
    return types;
}

TEST(ImportOnnx, HardFunctionsAreOneLayer) {
    using Types = std::vector<std::string>;
    const std::pair<std::string, onnx::AttributeValue> sixth{"alpha", 1.0F / 6};
    EXPECT_EQ(types_of({{"HardSwish", {"x"}, "y", {}}}), (Types{"hard_swish"}));
    EXPECT_EQ(types_of({{"HardSigmoid", {"x"}, "y", {sixth}}}), (Types{"hard_sigmoid"}));
    EXPECT_EQ(types_of({{"HardSigmoid", {"x"}, "h", {sixth}}, {"Mul", {"x", "h"}, "y", {}}}),
              (Types{"hard_swish"}));
    // The standard's own line is x / 5 + 1/2.
    EXPECT_EQ(types_of({{"HardSigmoid", {"x"}, "y", {}}}), (Types{"scale", "hard_sigmoid"}));
    // Who reads the gate as well gets it.
    EXPECT_EQ(types_of({{"HardSigmoid", {"x"}, "h", {sixth}}, {"Add", {"x", "h"}, "y", {}}}),
              (Types{"hard_sigmoid", "add"}));
}

TEST(ImportOnnx, SaysWhyANodeIsRefused) {
    const auto one = [](const std::string& op,
                        std::vector<std::pair<std::string, onnx::AttributeValue>> attributes,
                        const std::string& word) {
        refuses(graph_of({{op, {"x"}, "y", std::move(attributes)}}), ErrorCode::unsupported, op, word);
    };
    const Numbers two{2, 2}, pads{1, 1, 1, 1};
    one("MaxPool", {{"kernel_shape", two}, {"pads", pads}, {"auto_pad", std::string("SAME_UPPER")}},
        "no single meaning");
    one("MaxPool", {{"kernel_shape", two}, {"pads", Numbers{-1, 0, 0, 0}}}, "negative");
    one("MaxPool", {{"kernel_shape", Numbers{9, 9}}}, "does not fit");
    one("MaxPool", {{"kernel_shape", Numbers{int64_t{1} << 40U, 1}}}, "does not fit");
    one("Softmax", {{"axis", int64_t{2}}}, "channels");
    one("ReduceMean", {{"axes", Numbers{1}}}, "height and width");
    one("Flatten", {{"axis", int64_t{0}}}, "batch");
    one("Gelu", {{"approximate", std::string("tanh")}}, "tanh");
    one("Transpose", {{"perm", Numbers{0, 1, 1, 2}}}, "order");
    refuses(graph_of({{"Add", {"x", "w"}, "y", {}}}, {{"w", {3, 6, 6}, std::vector<float>(108, 1)}}),
            ErrorCode::unsupported, "each position");
    refuses(graph_of({{"Relu", {"z"}, "y", {}}}), ErrorCode::unsupported, "\"z\"");
    refuses(graph_of({{"Pad", {"x", "p"}, "y", {{"mode", std::string("reflect")}}}},
                     {{"p", {8}, Numbers{0, 0, 1, 1, 0, 0, 1, 1}}}),
            ErrorCode::unsupported, "reflect");
    refuses(
        graph_of({{"BatchNormalization", {"x", "w", "w", "w", "w"}, "y", {{"training_mode", int64_t{1}}}}},
                 {{"w", {3}, std::vector<float>(3, 1)}}),
        ErrorCode::unsupported, "training");
}

TEST(ImportOnnx, RefusesWhatIsNoClassifier) {
    refuses(graph_of({{"Relu", {"x"}, "y", {}}}), ErrorCode::unsupported, "an image instead");
    refuses(graph_of({{"Identity", {"x"}, "y", {}}}), ErrorCode::unsupported, "what it was given");
    onnx::Model open = graph_of({{"GlobalAveragePool", {"x"}, "y", {}}});
    open.inputs[0].shape = {3, -1, -1};
    refuses(open, ErrorCode::missing_data, "how large", "--size");
    onnx::Model two = graph_of({{"Add", {"x", "z"}, "y", {}}});
    two.inputs.push_back({"z", {3, 6, 6}});
    refuses(two, ErrorCode::unsupported, "2 inputs", "\"x\"", "\"z\"");
    onnx::Model large = graph_of({{"GlobalAveragePool", {"x"}, "y", {}}});
    large.inputs[0].shape = {3, 1 << 20, 1 << 20};
    refuses(large, ErrorCode::unsupported, "1048576×1048576×3");
    onnx::Model old = graph_of({{"GlobalAveragePool", {"x"}, "y", {}}});
    old.opset = 3;
    refuses(old, ErrorCode::unsupported, "opset 3");
}

TEST(ImportOnnx, ChoosesAnOutput) {
    onnx::Model model = graph_of({{"GlobalAveragePool", {"x"}, "pool", {}},
                                  {"Flatten", {"pool"}, "row", {}},
                                  {"Elu", {"row"}, "other", {}}});
    model.outputs.push_back({"row", {}});
    refuses(model, ErrorCode::unsupported, "several outputs", "\"other\"", "\"row\"", "--output");
    const std::string file = onnx::encode(model);
    const ImportedModel found = import_onnx(text_bytes(file), "net.onnx", {.output = "row"});
    EXPECT_EQ(found.model.experiment.name, "net");
    EXPECT_EQ(found.model.card.classes, (std::vector<std::string>{"0", "1", "2"}));
    test::expect_error(
        ErrorCode::unknown_name, [&] { (void)import_onnx(text_bytes(file), "net.onnx", {.output = "rows"}); },
        "\"rows\"", "row");
    test::expect_error(
        ErrorCode::shape_mismatch,
        [&] { (void)import_onnx(text_bytes(file), "net.onnx", {.output = "row", .classes = {"a"}}); }, "3",
        "1");
}

TEST(ImportOnnx, RefusesDamagedFilesBeforeItAllocates) {
    const std::string whole =
        onnx::encode(graph_of({{"Flatten", {"x"}, "f", {}}, {"Gemm", {"f", "w"}, "y", {}}},
                              {{"w", {108, 2}, std::vector<float>(216, 0.5F)}}));
    EXPECT_EQ(import_onnx(text_bytes(whole), "net.onnx").model.weights.at("y.weight").count(), 216);
    for (size_t size = 0; size < whole.size(); ++size) {
        const std::string cut = whole.substr(0, size);
        try {
            (void)import_onnx(text_bytes(cut), "net.onnx");
        } catch (const Error& error) {
            EXPECT_FALSE(error.place().empty());
            continue;
        }
        // What stands at the end may be missing whole: the version of the operators is needed.
        ADD_FAILURE() << size;
    }
    // Shapes whose product is not what the file holds, or overflows.
    for (const Numbers& shape : {Numbers{108, 3}, Numbers{int64_t{1} << 62U, 4}, Numbers{-1, 216},
                                 Numbers{1 << 30, 1 << 30, 1 << 30}})
        refuses(graph_of({{"Gemm", {"f", "w"}, "y", {}}}, {{"w", shape, std::vector<float>(216, 0.5F)}}),
                ErrorCode::bad_file, "\"w\"");
    refuses(graph_of({{"Relu", {"x"}, "y", {}}}, {{"w", Numbers(40, 1), std::vector<float>(1, 1)}}),
            ErrorCode::bad_file, "\"w\"", "40 axes");
    // One weight that a thousand nodes use.
    std::vector<onnx::Node> nodes;
    std::string last = "x";
    for (int i = 0; i < 900; ++i) {
        nodes.push_back({"Conv", {last, "w"}, "c" + std::to_string(i), {{"pads", Numbers{1, 1, 1, 1}}}});
        last = nodes.back().output;
    }
    onnx::Model many = graph_of(nodes, {{"w", {512, 512, 3, 3}, std::vector<float>(512 * 512 * 9, 0)}});
    many.inputs[0].shape = {512, 6, 6};
    many.inputs[0].name = "images";
    many.nodes.insert(many.nodes.begin(), {"Conv", {"images", "v"}, "x", {}});
    many.inputs[0].shape = {3, 6, 6};
    many.initializers.push_back({"v", {512, 3, 1, 1}, std::vector<float>(512 * 3, 0)});
    refuses(many, ErrorCode::bad_file, "uses its weights so often");
}

TEST(ImportOnnx, ANodeWithoutItsInputsIsAnError) {
    for (const char* op : {"Conv",
                           "MaxPool",
                           "AveragePool",
                           "GlobalAveragePool",
                           "GlobalMaxPool",
                           "ReduceMean",
                           "ReduceMax",
                           "Pad",
                           "Resize",
                           "Gemm",
                           "MatMul",
                           "Concat",
                           "Softmax",
                           "LogSoftmax",
                           "Relu",
                           "LeakyRelu",
                           "PRelu",
                           "Sigmoid",
                           "Tanh",
                           "Gelu",
                           "Erf",
                           "Clip",
                           "Min",
                           "Max",
                           "Add",
                           "Sub",
                           "Mul",
                           "Div",
                           "Sum",
                           "Neg",
                           "Dropout",
                           "Cast",
                           "Identity",
                           "Transpose",
                           "Reshape",
                           "Flatten",
                           "Squeeze",
                           "Unsqueeze",
                           "Constant",
                           "Shape",
                           "Gather",
                           "Slice",
                           "HardSigmoid",
                           "HardSwish",
                           "BatchNormalization"}) {
        SCOPED_TRACE(op);
        refuses(graph_of({{op, {}, "y", {}}}), ErrorCode::unsupported, std::string(op) + " \"y\"");
        refuses(graph_of({{op, {""}, "y", {}}}), ErrorCode::unsupported, std::string(op) + " \"y\"");
    }
    for (const char* op :
         {"Conv", "Gemm", "MatMul", "BatchNormalization", "PRelu", "Pad", "Reshape", "Unsqueeze"})
        refuses(graph_of({{op, {"x"}, "y", {}}}), ErrorCode::unsupported, op, "lacks an input");
    refuses(graph_of({{"Erf", {"x"}, "y", {}}}), ErrorCode::unsupported, "Erf", "no layer here");
}

TEST(ImportOnnx, ResizesToWholeNumbersOfPixels) {
    const auto resize = [](float rows, float columns) {
        return graph_of({{"Resize", {"x", "", "scales"}, "r", {{"mode", std::string("linear")}}},
                         {"GlobalAveragePool", {"r"}, "y", {}}},
                        {{"scales", {4}, std::vector<float>{1, 1, rows, columns}}});
    };
    const std::string file = onnx::encode(resize(1.5F, 1.0F / 3));
    const ImportedModel found = import_onnx(text_bytes(file), "net.onnx");
    EXPECT_EQ(std::get<layers::Resize>(found.model.experiment.model.layers.at(0).kind).size, (Pair{9, 2}));
    refuses(resize(1.25F, 1), ErrorCode::unsupported, "Resize \"r\"", "7.5 of 6 pixels");
    refuses(resize(1, 0.9F), ErrorCode::unsupported, "Resize \"r\"", "of 6 pixels");
    refuses(resize(1, -1), ErrorCode::unsupported, "Resize \"r\"", "scales");
}

TEST(ImportOnnx, ShapesHaveLimits) {
    const auto row = [](const std::string& op, std::vector<std::string> inputs, Numbers axes) {
        const auto count = static_cast<int64_t>(axes.size());
        inputs.insert(inputs.begin(), "pool");
        return graph_of({{"GlobalAveragePool", {"x"}, "pool", {}},
                         {op, std::move(inputs), "u", {}},
                         {"Reshape", {"u", "row"}, "y", {}}},
                        {{"axes", {count}, std::move(axes)}, {"row", {2}, Numbers{-1, 3}}});
    };
    const auto unsqueeze = [&](Numbers axes) { return row("Unsqueeze", {"axes"}, std::move(axes)); };
    const std::string file = onnx::encode(unsqueeze({4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, -1}));
    EXPECT_EQ(import_onnx(text_bytes(file), "net.onnx").model.card.classes.size(), 3U);
    refuses(unsqueeze({4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}), ErrorCode::unsupported, "Unsqueeze",
            "17 axes");
    refuses(unsqueeze({1, 1}), ErrorCode::unsupported, "Unsqueeze", "6 axes");
    refuses(unsqueeze({6}), ErrorCode::unsupported, "Unsqueeze", "5 axes");
    refuses(unsqueeze(Numbers(65, 1)), ErrorCode::unsupported, "Unsqueeze", "65 numbers", "up to 64");
    refuses(row("Squeeze", {"axes"}, {4}), ErrorCode::unsupported, "Squeeze", "4 axes");
    refuses(row("Reshape", {"axes"}, Numbers(17, 1)), ErrorCode::unsupported, "Reshape", "17 axes");

    // Numbers about shapes: up to 64, of which a slice takes some along their only axis.
    const auto slice = [](size_t count, int64_t axis) {
        const auto numbers = static_cast<int64_t>(count);
        Numbers shape(count, 3);
        shape[0] = -1;
        return graph_of({{"GlobalAveragePool", {"x"}, "pool", {}},
                         {"Slice", {"shape", "zero", "two", "axis"}, "row", {}},
                         {"Reshape", {"pool", "row"}, "y", {}}},
                        {{"shape", {numbers}, std::move(shape)},
                         {"zero", {1}, Numbers{0}},
                         {"two", {1}, Numbers{2}},
                         {"axis", {1}, Numbers{axis}}});
    };
    const std::string sliced = onnx::encode(slice(64, -1));
    EXPECT_EQ(import_onnx(text_bytes(sliced), "net.onnx").model.card.classes.size(), 3U);
    refuses(slice(65, 0), ErrorCode::unsupported, "Slice", "constants alone");
    refuses(slice(4, 1), ErrorCode::unsupported, "Slice", "constants alone");
}

TEST(ImportOnnx, ValuesHaveAsManyNumbersAsAnIntCounts) {
    const auto widened = [](int64_t filters) {
        onnx::Model model =
            graph_of({{"Conv", {"x", "w"}, "c", {}}, {"GlobalAveragePool", {"c"}, "y", {}}},
                     {{"w", {filters, 3, 1, 1}, std::vector<float>(static_cast<size_t>(filters) * 3, 1)}});
        model.inputs[0].shape = {3, 4096, 4096};
        return model;
    };
    const std::string file = onnx::encode(widened(127));
    EXPECT_EQ(import_onnx(text_bytes(file), "net.onnx").model.card.classes.size(), 127U);
    refuses(widened(128), ErrorCode::unsupported, "Conv \"c\"", "too large: 128×4096×4096");
    // Few numbers for many channels are told before a list of these is made.
    onnx::Model flat =
        graph_of({{"Flatten", {"x"}, "f", {}}, {"BatchNormalization", {"f", "w", "w", "w", "w"}, "y", {}}},
                 {{"w", {3}, std::vector<float>(3, 1)}});
    flat.inputs[0].shape = {16, 4096, 4096};
    refuses(flat, ErrorCode::unsupported, "BatchNormalization", "3 numbers for 268435456 channels");
}

TEST(ImportOnnx, HasUpToAMillionNodes) {
    std::string nodes;
    for (int i = 0; i <= 1000000; ++i) nodes += std::string("\x0a\x00", 2);  // each without any field
    std::string file;
    protozero::pbf_writer(file).add_message(7, nodes);
    test::expect_error(
        ErrorCode::bad_file, [&] { (void)import_onnx(text_bytes(file), "net.onnx"); }, "net.onnx",
        "more than 1000000 nodes");
}

// ---- how often weights are used ----

using protozero::pbf_writer;

TEST(ImportOnnx, WeightsThatLieAtOnePlaceCountOnce) {
    constexpr int64_t channels = 512;
    constexpr int count = 40;
    std::vector<onnx::Node> nodes{{"Conv", {"images", "first"}, "c", {}}};
    for (int i = 0; i < count; ++i) {
        const std::string number = std::to_string(i), last = nodes.back().output;
        nodes.push_back({"Conv", {last, "w" + number}, "c" + number, {{"pads", Numbers{1, 1, 1, 1}}}});
    }
    onnx::Model model = graph_of(
        nodes, {{"first", {channels, 3, 1, 1}, std::vector<float>(static_cast<size_t>(channels) * 3, 0)}});
    model.inputs[0].name = "images";
    std::string file = onnx::encode(model);
    {
        pbf_writer out(file), graph(out, 7);
        for (int i = 0; i < count; ++i) {
            pbf_writer tensor(graph, 5);
            for (const int64_t extent : {channels, channels, int64_t{3}, int64_t{3}})
                tensor.add_int64(1, extent);
            tensor.add_int32(2, StoredTensor::f32);
            tensor.add_string(8, "w" + std::to_string(i));
            {
                pbf_writer entry(tensor, 13);
                entry.add_string(1, "location");
                entry.add_string(2, i % 2 == 0 ? "weights.bin" : "./weights.bin");
            }
            tensor.add_int32(14, 1);
        }
    }
    int asked = 0;
    const auto read_beside = [&](const std::string& name) {
        EXPECT_EQ(name, "weights.bin");
        ++asked;
        return std::vector<uint8_t>(static_cast<size_t>(channels * channels) * 9 * sizeof(float));
    };
    test::expect_error(
        ErrorCode::bad_file, [&] { (void)import_onnx(text_bytes(file), "net.onnx", {}, read_beside); },
        "uses its weights so often");
    EXPECT_EQ(asked, 1);
}

TEST(ImportOnnx, ConstantNodesAreWeights) {
    // More numbers than a file without weights may make, as halves.
    constexpr int64_t inputs = 108, outputs = 170000;
    std::string file;
    {
        pbf_writer out(file), graph(out, 7), node(graph, 1);
        node.add_string(2, "w");
        node.add_string(4, "Constant");
        pbf_writer attribute(node, 5);
        attribute.add_string(1, "value");
        pbf_writer tensor(attribute, 5);
        tensor.add_int64(1, inputs);
        tensor.add_int64(1, outputs);
        tensor.add_int32(2, StoredTensor::f16);
        tensor.add_bytes(9, std::string(2 * inputs * outputs, 0));
    }
    file += onnx::encode(graph_of({{"Flatten", {"x"}, "f", {}}, {"Gemm", {"f", "w"}, "y", {}}}));
    const ImportedModel found = import_onnx(text_bytes(file), "net.onnx");
    EXPECT_EQ(found.model.weights.at("y.weight").count(), inputs * outputs);
}

TEST(ImportOnnx, NamesTheOptionOfAWrongStatistic) {
    const std::string file = onnx::encode(graph_of({{"GlobalAveragePool", {"x"}, "y", {}}}));
    const auto with = [&](std::vector<float> mean, std::vector<float> stddev) {
        return
            [=, &file] { (void)import_onnx(text_bytes(file), "net.onnx", {.mean = mean, .stddev = stddev}); };
    };
    test::expect_error(ErrorCode::shape_mismatch, with({}, {1, 1}), "--std", "2 numbers for 3 channels");
    test::expect_error(ErrorCode::shape_mismatch, with({1, 1}, {}), "--mean", "2 numbers for 3 channels");
    test::expect_error(ErrorCode::out_of_range, with({}, {0}), "--std", "1e-06");
    test::expect_error(ErrorCode::out_of_range, with({123}, {}), "--mean", "123");
}

}  // namespace
}  // namespace cnnlab
