#include <gtest/gtest.h>

#include "tests/gradients/gradient_check.hpp"

/// The backward pass of every layer and loss against central differences.
namespace cnnlab::test {

namespace {

struct Row {
    const char* name;
    ImageShape input;
    int channels;  ///< into the layers
    const char* layers;
    int batch = 3, count = 0;
};

struct LossRow {
    const char* name;
    int outputs;
    const char* loss;
    int batch = 5, count = 0;
};

class Gradients : public testing::TestWithParam<Row> {};
class LossGradients : public testing::TestWithParam<LossRow> {};

template <class R>
std::string name_of(const testing::TestParamInfo<R>& info) {
    return info.param.name;
}
void PrintTo(const Row& row, std::ostream* out) { *out << row.layers; }
void PrintTo(const LossRow& row, std::ostream* out) { *out << row.loss; }

}  // namespace

TEST_P(Gradients, match_central_differences) {
    const Row& row = GetParam();
    check_gradients(sandwich(row.channels, row.layers), row.input, row.batch, row.count);
}

INSTANTIATE_TEST_SUITE_P(
    conv2d, Gradients,
    testing::ValuesIn(std::vector<Row>{
        {"kernel_3", {4, 5, 2}, 2, R"({"type": "conv2d", "out_channels": 3})"},
        {"kernel_1", {3, 3, 2}, 3, R"({"type": "conv2d", "out_channels": 2, "kernel": 1})"},
        {"rectangular", {4, 5, 2}, 2, R"({"type": "conv2d", "out_channels": 2, "kernel": [2, 3]})"},
        {"stride",
         {5, 6, 2},
         2,
         R"({"type": "conv2d", "out_channels": 2, "kernel": 3, "stride": [2, 3], "padding": 1})"},
        {"asymmetric_padding",
         {4, 4, 2},
         2,
         R"({"type": "conv2d", "out_channels": 2, "kernel": 3, "padding": [0, 2, 1, 0]})"},
        {"same_upper",
         {4, 5, 2},
         2,
         R"({"type": "conv2d", "out_channels": 2, "kernel": 2, "stride": 2, "padding": "same_upper"})"},
        {"dilation",
         {5, 6, 2},
         2,
         R"({"type": "conv2d", "out_channels": 2, "kernel": 2, "dilation": [2, 3], "padding": 1})"},
        {"groups", {4, 4, 2}, 4, R"({"type": "conv2d", "out_channels": 6, "kernel": 2, "groups": 2})"},
        {"depthwise",
         {4, 4, 2},
         3,
         R"({"type": "conv2d", "out_channels": 0, "kernel": 3, "groups": 0, "padding": "same"})"},
        {"no_bias", {4, 4, 2}, 2, R"({"type": "conv2d", "out_channels": 2, "kernel": 3, "bias": false})"},
        {"partial_batch", {4, 4, 2}, 2, R"({"type": "conv2d", "out_channels": 2, "kernel": 3})", 5, 3},
    }),
    name_of<Row>);

INSTANTIATE_TEST_SUITE_P(
    dense, Gradients,
    testing::ValuesIn(std::vector<Row>{
        {"image", {3, 3, 2}, 2, R"({"type": "dense", "out_features": 4})"},
        {"flattened",
         {3, 3, 2},
         2,
         R"({"type": "flatten"}, {"type": "dense", "out_features": 4, "bias": false})"},
        {"behind_flatten_and_tanh",
         {3, 3, 2},
         2,
         R"({"type": "flatten"}, {"type": "tanh"}, {"type": "dense", "out_features": 4})"},
    }),
    name_of<Row>);

INSTANTIATE_TEST_SUITE_P(
    batch_norm, Gradients,
    testing::ValuesIn(std::vector<Row>{
        {"map", {3, 3, 2}, 3, R"({"type": "batch_norm"}, {"type": "tanh"})"},
        {"partial_batch", {3, 3, 2}, 3, R"({"type": "batch_norm"}, {"type": "tanh"})", 6, 4},
        {"eps", {3, 3, 2}, 3, R"({"type": "batch_norm", "eps": 0.5}, {"type": "tanh"})"},
        {"vector",
         {2, 2, 2},
         2,
         R"({"type": "dense", "out_features": 4}, {"type": "batch_norm"}, {"type": "tanh"})",
         6},
        {"frozen", {3, 3, 2}, 3, R"({"type": "batch_norm", "trainable": false}, {"type": "tanh"})"},
    }),
    name_of<Row>);

INSTANTIATE_TEST_SUITE_P(
    activation, Gradients,
    testing::ValuesIn(std::vector<Row>{
        {"relu", {3, 4, 2}, 3, R"({"type": "relu"})"},
        {"relu6",
         {3, 4, 2},
         3,
         R"({"type": "conv2d", "kernel": 1, "out_channels": 3, "init": {"type": "uniform", "scale": 8}}, {"type": "relu6"})"},
        {"leaky_relu", {3, 4, 2}, 3, R"({"type": "leaky_relu", "negative_slope": 0.2})"},
        {"gelu", {3, 4, 2}, 3, R"({"type": "gelu"})"},
        {"silu", {3, 4, 2}, 3, R"({"type": "silu"})"},
        {"sigmoid", {3, 4, 2}, 3, R"({"type": "sigmoid"})"},
        {"tanh", {3, 4, 2}, 3, R"({"type": "tanh"})"},
        {"softmax", {3, 4, 2}, 3, R"({"type": "softmax"})"},
    }),
    name_of<Row>);

INSTANTIATE_TEST_SUITE_P(
    pool, Gradients,
    testing::ValuesIn(std::vector<Row>{
        {"max", {4, 5, 2}, 2, R"({"type": "max_pool2d"})"},
        {"max_overlapping",
         {5, 5, 2},
         2,
         R"({"type": "max_pool2d", "kernel": 3, "stride": 2, "padding": 1})"},
        {"max_rectangular", {4, 6, 2}, 2, R"({"type": "max_pool2d", "kernel": [1, 3], "stride": [2, 1]})"},
        {"max_global", {3, 4, 2}, 4, R"({"type": "global_max_pool"})"},
        {"avg", {4, 5, 2}, 2, R"({"type": "avg_pool2d"})"},
        {"avg_overlapping",
         {5, 5, 2},
         2,
         R"({"type": "avg_pool2d", "kernel": 3, "stride": 2, "padding": 1})"},
        {"avg_padding_not_counted",
         {5, 4, 2},
         2,
         R"({"type": "avg_pool2d", "kernel": 3, "stride": 2, "padding": [1, 0, 2, 1], "count_include_pad": false})"},
        {"avg_global", {3, 4, 2}, 4, R"({"type": "global_avg_pool"})"},
    }),
    name_of<Row>);

INSTANTIATE_TEST_SUITE_P(
    graph, Gradients,
    testing::ValuesIn(std::vector<Row>{
        {"dropout", {3, 3, 2}, 3, R"({"type": "dropout", "p": 0.4}, {"type": "tanh"})"},
        {"scale", {3, 3, 2}, 3, R"({"type": "scale", "factor": -1.5}, {"type": "tanh"})"},
        {"flatten", {3, 3, 2}, 2, R"({"type": "flatten"}, {"type": "sigmoid"})"},
        {"residual",
         {4, 4, 2},
         3,
         R"({"type": "conv2d", "out_channels": 3, "padding": 1}, {"type": "tanh", "name": "t"}, {"type": "add", "from": ["t", "front"]})"},
        {"added_to_itself",
         {3, 3, 2},
         2,
         R"({"type": "tanh", "name": "t"}, {"type": "add", "from": ["t", "t", "front"]})"},
        {"concat",
         {3, 3, 2},
         2,
         R"({"type": "conv2d", "out_channels": 3, "kernel": 1, "name": "c"}, {"type": "concat", "from": ["c", "front", "input", "c"]}, {"type": "tanh"})"},
        {"diamond",
         {4, 4, 2},
         2,
         R"({"type": "conv2d", "out_channels": 2, "kernel": 1, "name": "left"}, {"type": "avg_pool2d", "kernel": 3, "stride": 1, "padding": 1, "name": "right", "from": "front"},
        {"type": "add", "name": "sum", "from": ["left", "right"]}, {"type": "concat", "from": ["sum", "front"]}, {"type": "batch_norm"}, {"type": "silu"})"},
        {"through_frozen_layers",
         {4, 4, 2},
         2,
         R"({"type": "conv2d", "out_channels": 2, "trainable": false}, {"type": "tanh"}, {"type": "dense", "out_features": 4, "trainable": false})"},
    }),
    name_of<Row>);

TEST_P(LossGradients, match_central_differences) {
    const LossRow& row = GetParam();
    check_gradients(sandwich(2, R"({"type": "tanh"})", row.outputs, row.loss), {3, 3, 2}, row.batch,
                    row.count);
}

INSTANTIATE_TEST_SUITE_P(loss, LossGradients,
                         testing::ValuesIn(std::vector<LossRow>{
                             {"cross_entropy", 4, R"("cross_entropy")"},
                             {"cross_entropy_partial_batch", 4, R"("cross_entropy")", 7, 4},
                             {"label_smoothing", 4, R"({"type": "cross_entropy", "label_smoothing": 0.3})"},
                             {"binary_cross_entropy_of_one", 1, R"("binary_cross_entropy")"},
                             {"binary_cross_entropy", 3, R"("binary_cross_entropy")", 7, 5},
                             {"mean_squared_error_of_one", 1, R"("mean_squared_error")"},
                             {"mean_squared_error", 3, R"("mean_squared_error")", 7, 5},
                         }),
                         name_of<LossRow>);

}  // namespace cnnlab::test
