// Programs for Keras, as text. CNNLAB_GOLDEN=1 writes the files of programs/ anew.

#include "engine/exchange/keras_code.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>

#include "engine/model/compile.hpp"
#include "tests/errors.hpp"
#include "tests/paths.hpp"

namespace cnnlab {
namespace {

SavedModel model_of(const std::string& layers) {
    SavedModel saved;
    saved.experiment = Experiment::parse(
        Json::parse(R"({"name": "small", "dataset": "cifar10", "model": {"layers": [)" + layers + "]}}"));
    saved.card.image = {8, 8, 3};
    saved.card.classes = {"cat", "dog"};
    for (const PersistentSpec& spec : compile(saved.experiment, compile_options(saved.card)).persistents)
        saved.weights.emplace(spec.name, HostTensor(spec.shape, 0.5F));
    return saved;
}

void expect_program(const std::string& name, const std::string& layers) {
    const std::string code = keras_code(model_of(layers), name + ".npz").code;
    const auto path = test::source_folder() / "tests/exchange/programs" / (name + ".py");
    if (std::getenv("CNNLAB_GOLDEN") != nullptr) std::ofstream(path) << code;
    std::ifstream stream(path);
    EXPECT_EQ(code, std::string(std::istreambuf_iterator<char>(stream), {}));
}

TEST(KerasProgram, OfAChainIsSequential) {
    expect_program("chain", R"({"type": "conv2d", "out_channels": 4, "padding": 1}, {"type": "batch_norm"},
        {"type": "relu6"}, {"type": "conv2d", "out_channels": 8, "stride": 2, "padding": 1, "bias": false},
        {"type": "leaky_relu"}, {"type": "conv2d", "groups": 0, "out_channels": 16, "kernel": [1, 3]}, {"type": "gelu"},
        {"type": "max_pool2d"}, {"type": "dropout", "p": 0.2}, {"type": "flatten"},
        {"type": "dense", "out_features": 2})");
}

TEST(KerasProgram, OfAGraphNamesItsValues) {
    expect_program("residual", R"({"type": "resize", "size": 16, "name": "class"},
        {"type": "conv2d", "out_channels": 4, "padding": 1, "name": "stem.1"}, {"type": "relu", "name": "stem_1"},
        {"type": "conv2d", "out_channels": 4, "padding": "same"}, {"type": "add", "from": ["stem_1", "conv2d_2"]},
        {"type": "silu"}, {"type": "hard_swish"}, {"type": "hard_sigmoid"}, {"type": "global_avg_pool"}, {"type": "dense", "out_features": 2},
        {"type": "scale", "factor": 0.125})");
}

TEST(KerasProgram, HasArraysInKerasLayouts) {
    SavedModel saved = model_of(R"({"type": "conv2d", "out_channels": 2, "kernel": [1, 2]},
        {"type": "conv2d", "out_channels": 4, "groups": 0, "kernel": 1}, {"type": "dense", "out_features": 2})");
    for (auto& [name, tensor] : saved.weights)
        for (int64_t i = 0; i < tensor.count(); ++i) tensor[i] = static_cast<float>(i);
    const TensorFile weights = keras_code(saved, "w.npz").weights;
    const HostTensor& kernel = *weights.find("conv2d_1/kernel");
    EXPECT_EQ(kernel.shape(), (Shape{1, 2, 3, 2}));  // rows, columns, channels, filters
    EXPECT_EQ((std::vector<float>{kernel.span().begin(), kernel.span().end()}),
              (std::vector<float>{0, 6, 1, 7, 2, 8, 3, 9, 4, 10, 5, 11}));
    const HostTensor& depthwise = *weights.find("conv2d_2/depthwise_kernel");
    EXPECT_EQ(depthwise.shape(), (Shape{1, 1, 2, 2}));
    EXPECT_EQ((std::vector<float>{depthwise.span().begin(), depthwise.span().end()}),
              (std::vector<float>{0, 1, 2, 3}));
    const HostTensor& matrix = *weights.find("dense_1/kernel");
    EXPECT_EQ(matrix.shape(), (Shape{8 * 7 * 4, 2}));  // a row for each value of the map
    EXPECT_EQ(matrix[1], 8 * 7 * 4);
    const HostTensor& factor = *weights.find("normalised/depthwise_kernel");
    EXPECT_FLOAT_EQ(factor[0], 1.0F / 255);
}

TEST(KerasProgram, RefusesByLayerAndReason) {
    const auto refuses = [](const std::string& layers, const char* word) {
        const SavedModel saved = model_of(layers + R"(, {"type": "dense", "out_features": 2})");
        test::expect_error(
            ErrorCode::unsupported, [&] { (void)keras_code(saved, "w.npz"); }, word, "onnx");
    };
    refuses(R"({"type": "conv2d", "out_channels": 4}, {"type": "conv2d", "out_channels": 4, "groups": 2})",
            "conv2d_2");
    refuses(R"({"type": "conv2d", "out_channels": 3, "groups": 0, "dilation": 2})", "dilations");
    refuses(R"({"type": "conv2d", "out_channels": 3, "groups": 0, "stride": [1, 2]})", "other steps");
    refuses(R"({"type": "max_pool2d", "kernel": 3, "padding": [0, 0, 2, 0]})", "padding that never wins");
    refuses(R"({"type": "max_pool2d", "dilation": 2})", "no pool of Keras");
    test::expect_error(
        ErrorCode::unsupported,
        [&] {
            (void)keras_code(model_of(R"({"type": "dense", "out_features": 2, "name": "a b"})"), "w.npz");
        },
        "\"a b\"", "TensorFlow");
}

}  // namespace
}  // namespace cnnlab
