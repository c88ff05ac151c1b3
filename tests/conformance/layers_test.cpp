#include "tests/conformance/harness.hpp"

/// Every layer but conv2d (conv2d_test.cpp has that), alone between a 1×1 convolution and a dense layer.
namespace cnnlab::test {

namespace {

struct Row {
    const char* name;
    int height, width, channels, batch;
    const char* layers;
    double slack = 1;
};

std::vector<Case> cases(const std::vector<Row>& rows) {
    std::vector<Case> found;
    for (const Row& row : rows)
        found.push_back({row.name,
                         network_behind_conv(row.channels, row.layers),
                         {row.height, row.width, 3},
                         row.batch,
                         {},
                         row.slack});
    return found;
}

/// The first layer itself, on the image.
std::vector<Case> on_the_image(const std::vector<Row>& rows) {
    std::vector<Case> found;
    for (const Row& row : rows)
        found.push_back({row.name,
                         network("[" + std::string(row.layers) + "]"),
                         {row.height, row.width, row.channels},
                         row.batch});
    return found;
}

/// The same Row for each activation, at batch sizes and channel counts of their own.
std::vector<Case> activations() {
    const std::vector<std::pair<int, int>> sizes{{8, 8}, {5, 13}, {1, 1}, {17, 27}, {33, 3}};
    std::vector<Case> found;
    for (const std::string type :
         {"relu", "relu6", "leaky_relu", "gelu", "silu", "sigmoid", "tanh", "softmax"})
        for (const auto& [channels, batch] : sizes) {
            // weights of about 3 reach the flat ends of the curves, and relu6's upper kink
            const std::string wide =
                R"({"type": "conv2d", "kernel": 1, "out_channels": 0, "init": {"type": "uniform", "scale": 3}}, )";
            found.push_back({type + "_" + std::to_string(channels) + "_channels_b" + std::to_string(batch),
                             network_behind_conv(channels, wide + R"({"type": ")" + type + R"("})"),
                             {4, 5, 3},
                             batch});
        }
    return found;
}

}  // namespace

CNNLAB_CONFORMANCE(
    dense,
    cases({
        {"image_to_1", 3, 3, 8, 8, R"({"type": "dense", "out_features": 1})"},
        {"image_to_10", 4, 5, 5, 13, R"({"type": "dense", "out_features": 10})"},
        {"image_to_70", 5, 5, 17, 16, R"({"type": "dense", "out_features": 70})"},
        {"image_to_33_no_bias", 3, 4, 8, 27, R"({"type": "dense", "out_features": 33, "bias": false})"},
        {"image_to_128", 6, 6, 16, 64, R"({"type": "dense", "out_features": 128})"},
        {"one_image", 4, 4, 8, 1, R"({"type": "dense", "out_features": 16})"},
        {"flattened", 4, 5, 5, 13, R"({"type": "flatten"}, {"type": "dense", "out_features": 31})"},
        {"dense_behind_dense", 3, 3, 8, 16,
         R"({"type": "dense", "out_features": 48}, {"type": "dense", "out_features": 64})"},
        {"behind_flatten_and_tanh", 3, 3, 5, 8,
         R"({"type": "flatten"}, {"type": "tanh"}, {"type": "dense", "out_features": 17})"},
    }));

CNNLAB_CONFORMANCE(dense_on_the_image, on_the_image({
                                           {"to_10", 7, 7, 1, 13, R"({"type": "dense", "out_features": 10})"},
                                           {"to_128", 9, 9, 3, 16,
                                            R"({"type": "flatten"}, {"type": "dense", "out_features": 128})"},
                                       }));

CNNLAB_CONFORMANCE(activation, activations());

CNNLAB_CONFORMANCE(scale, cases({
                              {"rows", 1, 1, 17, 13, R"({"type": "scale", "factor": 0.00390625})"},
                              {"map", 5, 3, 5, 8, R"({"type": "scale", "factor": -2.5}, {"type": "relu"})"},
                          }));

CNNLAB_CONFORMANCE(
    batch_norm,
    cases({
        {"map", 5, 5, 8, 8, R"({"type": "batch_norm"})"},
        {"odd_channels", 4, 3, 5, 13, R"({"type": "batch_norm"})"},
        {"many_channels", 3, 3, 33, 27, R"({"type": "batch_norm"})"},
        {"one_image", 5, 6, 10, 1, R"({"type": "batch_norm"})"},
        {"big_batch", 4, 4, 16, 64, R"({"type": "batch_norm"})"},
        {"vector", 3, 3, 4, 16,
         R"({"type": "dense", "out_features": 17, "bias": false}, {"type": "batch_norm"})"},
        {"momentum_and_eps", 4, 4, 8, 8, R"({"type": "batch_norm", "momentum": 0.6, "eps": 0.1})"},
        {"frozen", 4, 4, 8, 8, R"({"type": "batch_norm", "trainable": false})"},
        {"frozen_and_odd", 3, 5, 17, 13, R"({"type": "batch_norm", "trainable": false, "eps": 0.5})"},
        // what the second one takes out again is most of what the first one adds
        {"two", 4, 4, 8, 16,
         R"({"type": "batch_norm"}, {"type": "conv2d", "out_channels": 8, "kernel": 3, "padding": 1, "bias": false}, {"type": "batch_norm"})",
         4},
    }));

CNNLAB_CONFORMANCE(batch_norm_on_the_image,
                   on_the_image({
                       {"colours", 6, 6, 3, 8,
                        R"({"type": "batch_norm"}, {"type": "conv2d", "out_channels": 8, "kernel": 3})"},
                   }));

CNNLAB_CONFORMANCE(
    max_pool2d,
    cases({
        {"halves", 6, 6, 8, 8, R"({"type": "max_pool2d"})"},
        {"odd_size", 7, 5, 8, 8, R"({"type": "max_pool2d"})"},
        {"thirds", 9, 7, 5, 13, R"({"type": "max_pool2d", "kernel": 3})"},
        {"overlapping", 7, 7, 8, 8, R"({"type": "max_pool2d", "kernel": 3, "stride": 2})"},
        {"stride_1", 5, 6, 17, 8, R"({"type": "max_pool2d", "kernel": 2, "stride": 1})"},
        {"gaps", 8, 8, 8, 8, R"({"type": "max_pool2d", "kernel": 2, "stride": 3})"},
        {"padded", 6, 7, 8, 3, R"({"type": "max_pool2d", "kernel": 3, "stride": 2, "padding": 1})"},
        {"padded_on_one_side", 6, 7, 8, 8,
         R"({"type": "max_pool2d", "kernel": 3, "stride": 2, "padding": [0, 1, 2, 0]})"},
        {"same", 6, 5, 8, 8, R"({"type": "max_pool2d", "kernel": 3, "stride": 1, "padding": "same"})"},
        {"same_upper", 7, 7, 8, 8, R"({"type": "max_pool2d", "kernel": 2, "padding": "same_upper"})"},
        {"rectangular", 8, 9, 10, 16, R"({"type": "max_pool2d", "kernel": [1, 3], "stride": [2, 1]})"},
        {"large_window", 9, 9, 8, 8, R"({"type": "max_pool2d", "kernel": 7, "stride": 2})"},
        {"one_image", 6, 6, 5, 1, R"({"type": "max_pool2d"})"},
        {"global", 5, 6, 8, 8, R"({"type": "global_max_pool"})"},
        {"global_many_channels", 4, 3, 33, 13, R"({"type": "global_max_pool"})"},
    }));

CNNLAB_CONFORMANCE(
    avg_pool2d,
    cases({
        {"halves", 6, 6, 8, 8, R"({"type": "avg_pool2d"})"},
        {"odd_size", 7, 5, 5, 13, R"({"type": "avg_pool2d"})"},
        {"overlapping", 7, 7, 8, 8, R"({"type": "avg_pool2d", "kernel": 3, "stride": 2})"},
        {"gaps", 8, 8, 8, 8, R"({"type": "avg_pool2d", "kernel": 2, "stride": 3})"},
        {"padded", 6, 7, 8, 3, R"({"type": "avg_pool2d", "kernel": 3, "stride": 2, "padding": 1})"},
        {"padding_not_counted", 6, 7, 8, 8,
         R"({"type": "avg_pool2d", "kernel": 3, "stride": 2, "padding": 1, "count_include_pad": false})"},
        {"one_side_not_counted", 6, 7, 17, 8,
         R"({"type": "avg_pool2d", "kernel": 3, "stride": 1, "padding": [2, 0, 0, 1], "count_include_pad": false})"},
        {"same_upper", 7, 7, 8, 8, R"({"type": "avg_pool2d", "kernel": 2, "padding": "same_upper"})"},
        {"rectangular", 8, 9, 10, 16, R"({"type": "avg_pool2d", "kernel": [3, 2], "stride": [1, 3]})"},
        {"one_image", 6, 6, 5, 1, R"({"type": "avg_pool2d"})"},
        {"global", 5, 6, 8, 8, R"({"type": "global_avg_pool"})"},
        {"global_many_channels", 4, 3, 33, 13, R"({"type": "global_avg_pool"})"},
    }));

CNNLAB_CONFORMANCE(
    pool_on_the_image,
    on_the_image({
        {"max", 7, 7, 3, 8, R"({"type": "max_pool2d"}, {"type": "conv2d", "out_channels": 8, "kernel": 2})"},
        {"avg", 7, 7, 10, 13,
         R"({"type": "avg_pool2d", "kernel": 3, "stride": 2}, {"type": "conv2d", "out_channels": 8, "kernel": 2})"},
    }));

CNNLAB_CONFORMANCE(
    dropout,
    cases({
        {"half", 4, 4, 8, 8, R"({"type": "dropout"})"},
        {"few", 5, 3, 5, 13, R"({"type": "dropout", "p": 0.1})"},
        {"most", 3, 4, 17, 27, R"({"type": "dropout", "p": 0.9})"},
        {"none", 4, 4, 8, 8, R"({"type": "dropout", "p": 0})"},
        {"vector", 3, 3, 4, 16, R"({"type": "dense", "out_features": 33}, {"type": "dropout"})"},
        {"two", 3, 3, 8, 3,
         R"({"type": "dropout"}, {"type": "conv2d", "out_channels": 8, "kernel": 2}, {"type": "dropout", "p": 0.3})"},
    }));

CNNLAB_CONFORMANCE(
    dropout_on_the_image,
    on_the_image({
        {"colours", 5, 5, 3, 8,
         R"({"type": "dropout", "p": 0.2}, {"type": "conv2d", "out_channels": 8, "kernel": 3})"},
    }));

}  // namespace cnnlab::test
