#include <algorithm>

#include "engine/model/experiment.hpp"
#include "tests/conformance/harness.hpp"

/// Networks with several paths, and the chains of layers that a fast backend is tempted to fuse.
namespace cnnlab::test {

namespace {

struct Row {
    const char* name;
    int height, width, batch;
    const char* layers;  ///< a whole list, before the dense layer at the end
    double slack = 1;
};

std::vector<Case> cases(const std::vector<Row>& rows) {
    std::vector<Case> found;
    for (const Row& row : rows)
        found.push_back({row.name,
                         network("[" + std::string(row.layers) + "]"),
                         {row.height, row.width, 3},
                         row.batch,
                         {},
                         row.slack});
    return found;
}

/// The networks of shipped experiments, with their losses and optimizers, on small images.
std::vector<Case> shipped() {
    std::vector<Case> found;
    const auto add = [&](const std::string& name, ImageShape input, int batch, double slack,
                         double norm_slack = 1) {
        Case c{name, experiment_json(name), input, batch, {batch, batch - 3}, slack};
        c.norm_slack = norm_slack;
        std::replace(c.name.begin(), c.name.end(), '-', '_');
        // plain gradient steps: Adam's first ones divide each gradient by its own size, rounding errors included
        c.experiment["optimizer"] = Json{{"type", "sgd"}, {"momentum", 0.9}};
        c.experiment.erase("schedule");
        // Wider black borders would fill pooling windows with equal values, of which any may be the largest.
        if (c.experiment.contains("augment") && c.experiment["augment"].value("crop", 0) > 1)
            c.experiment["augment"]["crop"] = 1;
        found.push_back(std::move(c));
    };
    add("cifar10-simple", {8, 8, 3}, 16, 1);
    add("fashion-dense", {7, 7, 1}, 13, 1);
    add("fashion-augmented", {18, 18, 1}, 8, 1);
    // Each batch norm divides by a standard deviation with its own rounding errors, one after the other. In half
    // precision they reach 3.4, 1.6 and 1.4 times the tolerance after the first step.
    add("fashion-cnn", {8, 8, 1}, 11, 8, 6);
    // 10 images: with some other numbers two values of a pooling window are so near that either may be the largest
    add("cifar10-batchnorm", {16, 16, 3}, 10, 4, 3);
    add("cifar10-resnet", {8, 8, 3}, 11, 8, 3);
    return found;
}

}  // namespace

CNNLAB_CONFORMANCE(
    graph,
    cases({
        {"residual", 5, 5, 8,
         R"({"type": "conv2d", "out_channels": 8, "name": "a"}, {"type": "conv2d", "out_channels": 8, "padding": 1},
        {"type": "add", "from": ["conv2d_2", "a"]})"},
        {"residual_with_batch_norm", 5, 5, 13, R"({"type": "conv2d", "out_channels": 8, "name": "a"},
        {"type": "conv2d", "out_channels": 8, "padding": 1, "bias": false}, {"type": "batch_norm", "name": "b"},
        {"type": "add", "from": ["b", "a"]}, {"type": "relu"}, {"type": "global_avg_pool"})"},
        {"residual_of_one_image", 5, 5, 1,
         R"({"type": "conv2d", "out_channels": 13, "padding": 1, "name": "a"}, {"type": "leaky_relu"},
        {"type": "conv2d", "out_channels": 13, "padding": 1}, {"type": "add", "from": ["conv2d_2", "a"]}, {"type": "relu"})"},
        {"residual_of_three_images", 5, 6, 3,
         R"({"type": "conv2d", "out_channels": 33, "padding": 1, "name": "a"}, {"type": "tanh"},
        {"type": "conv2d", "out_channels": 33, "padding": 1}, {"type": "add", "from": ["conv2d_2", "a"]}, {"type": "relu"}, {"type": "max_pool2d"})"},
        {"value_added_to_itself", 4, 4, 8,
         R"({"type": "conv2d", "out_channels": 5, "name": "a"}, {"type": "add", "from": ["a", "a"]})"},
        {"sum_of_four", 5, 6, 8,
         R"({"type": "conv2d", "out_channels": 5, "name": "a"}, {"type": "tanh", "name": "b"}, {"type": "sigmoid", "name": "c", "from": "a"},
        {"type": "silu", "name": "d", "from": "b"}, {"type": "add", "from": ["a", "b", "c", "d"]})"},
        {"concat", 5, 5, 8,
         R"({"type": "conv2d", "out_channels": 8, "name": "a"}, {"type": "conv2d", "out_channels": 5, "name": "b", "kernel": 1},
        {"type": "concat", "from": ["a", "b"]}, {"type": "conv2d", "out_channels": 10, "kernel": 2})"},
        {"concat_of_three_with_the_image", 4, 5, 13,
         R"({"type": "conv2d", "out_channels": 3, "padding": 1, "name": "a"}, {"type": "tanh", "name": "b"},
        {"type": "concat", "from": ["b", "input", "a"]}, {"type": "conv2d", "out_channels": 17})"},
        {"concat_of_vectors", 4, 4, 16,
         R"({"type": "dense", "out_features": 9, "name": "a"}, {"type": "dense", "out_features": 16, "name": "b", "from": "input"},
        {"type": "concat", "from": ["a", "b", "a"]}, {"type": "tanh"})"},
        {"diamond", 6, 6, 8,
         R"({"type": "conv2d", "out_channels": 8, "name": "top", "bias": false}, {"type": "conv2d", "out_channels": 8, "name": "left", "kernel": 1, "bias": false},
        {"type": "max_pool2d", "kernel": 3, "stride": 1, "padding": "same", "name": "right", "from": "top"}, {"type": "add", "name": "sum", "from": ["left", "right"]},
        {"type": "concat", "from": ["sum", "top"]}, {"type": "batch_norm"})"},
        {"frozen_start", 6, 6, 8,
         R"({"type": "conv2d", "out_channels": 8, "trainable": false}, {"type": "relu"}, {"type": "conv2d", "out_channels": 5})"},
        {"frozen_middle", 6, 6, 8,
         R"({"type": "conv2d", "out_channels": 8}, {"type": "tanh"}, {"type": "conv2d", "out_channels": 5, "trainable": false})"},
        {"flatten_used_twice", 3, 4, 8,
         R"({"type": "conv2d", "out_channels": 5, "kernel": 1}, {"type": "flatten", "name": "f"}, {"type": "dense", "out_features": 60, "name": "d"},
        {"type": "tanh", "name": "t", "from": "f"}, {"type": "add", "from": ["t", "f", "d"]})"},
    }));

CNNLAB_CONFORMANCE(
    chain,
    cases({
        {"conv_relu_pool", 8, 8, 13,
         R"({"type": "conv2d", "out_channels": 17, "padding": 1}, {"type": "relu"}, {"type": "max_pool2d"}, {"type": "conv2d", "out_channels": 8})"},
        {"conv_relu_pool_on_an_odd_map", 7, 9, 8,
         R"({"type": "conv2d", "out_channels": 8, "padding": 1}, {"type": "relu"}, {"type": "max_pool2d"}, {"type": "conv2d", "out_channels": 8, "padding": 1})"},
        {"conv_pool_relu", 8, 8, 8,
         R"({"type": "conv2d", "out_channels": 10, "padding": 1}, {"type": "max_pool2d"}, {"type": "relu"}, {"type": "conv2d", "out_channels": 8})"},
        {"conv_relu_overlapping_pool", 8, 8, 8,
         R"({"type": "conv2d", "out_channels": 8}, {"type": "relu"}, {"type": "max_pool2d", "kernel": 3, "stride": 2}, {"type": "dense", "out_features": 10})"},
        {"conv_gelu_avg_pool", 8, 8, 8,
         R"({"type": "conv2d", "out_channels": 8}, {"type": "gelu"}, {"type": "avg_pool2d"}, {"type": "dense", "out_features": 10})"},
        {"conv_norm_relu_pool", 8, 8, 13,
         R"({"type": "conv2d", "out_channels": 8, "bias": false}, {"type": "batch_norm"}, {"type": "relu"}, {"type": "max_pool2d"}, {"type": "conv2d", "out_channels": 8})"},
        // ReLU leaves some channels with little variance, which batch norm divides by
        {"conv_relu_norm", 6, 6, 16,
         R"({"type": "conv2d", "out_channels": 8}, {"type": "relu"}, {"type": "batch_norm"}, {"type": "conv2d", "out_channels": 8})",
         4},
        {"relu_read_twice", 6, 6, 8,
         R"({"type": "conv2d", "out_channels": 8, "name": "a"}, {"type": "relu", "name": "r"}, {"type": "max_pool2d", "name": "p"}, {"type": "dense", "out_features": 9, "name": "d"},
        {"type": "dense", "out_features": 9, "name": "e", "from": "r"}, {"type": "add", "from": ["d", "e"]})"},
        {"conv_read_before_its_relu", 5, 5, 8,
         R"({"type": "conv2d", "out_channels": 8, "name": "a"}, {"type": "relu", "name": "r"}, {"type": "add", "from": ["a", "r"]})"},
        {"dense_relu_dropout_dense", 4, 4, 27,
         R"({"type": "dense", "out_features": 48}, {"type": "relu"}, {"type": "dropout"}, {"type": "dense", "out_features": 16}, {"type": "relu"})"},
        {"depthwise_separable", 7, 7, 8,
         R"({"type": "conv2d", "out_channels": 10}, {"type": "conv2d", "out_channels": 0, "groups": 0, "padding": 1}, {"type": "relu6"}, {"type": "conv2d", "out_channels": 17, "kernel": 1}, {"type": "relu6"})"},
    }));

CNNLAB_CONFORMANCE(experiment, shipped());

}  // namespace cnnlab::test
