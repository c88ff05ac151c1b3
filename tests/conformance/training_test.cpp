#include <algorithm>

#include "tests/cases.hpp"
#include "tests/conformance/harness.hpp"

/// Losses, optimizers and the batch-loading op with its augmentations.
namespace cnnlab::test {

namespace {

std::vector<Case> losses() {
    std::vector<Case> found;
    for (const LossCase& row : case_table().losses)
        if (row.outputs > 0)
            found.push_back({row.name,
                             network(R"([{"type": "conv2d", "out_channels": 8}])", row.outputs,
                                     R"({"loss": )" + row.loss + "}"),
                             {5, 5, 3},
                             row.batch});
    return found;
}

/// Four steps, the third one with a partial batch.
std::vector<Case> optimizers() {
    std::vector<Case> found;
    for (const OptimizerCase& row : case_table().optimizers)
        found.push_back(
            {row.name,
             network(
                 R"([{"type": "conv2d", "out_channels": 10, "bias": false}, {"type": "batch_norm"}, {"type": "tanh"}, {"type": "dense", "out_features": 17}, {"type": "silu"}])",
                 3, R"({"optimizer": )" + row.optimizer + "}"),
             {5, 6, 3},
             13,
             {13, 13, 5, 13},
             row.slack});
    return found;
}

/// Training images of another size; a convolution before the pool that makes the sizes equal again.
std::vector<Case> resolutions(const std::vector<std::pair<const char*, Pair>>& sizes) {
    std::vector<Case> found;
    for (const auto& [name, size] : sizes)
        found.push_back(
            {name,
             network(
                 R"([{"type": "conv2d", "out_channels": 9, "kernel": 2}, {"type": "gelu"}, {"type": "global_max_pool"}])",
                 3, R"({"augment": {"crop": 1, "horizontal_flip": true, "cutout": 3}})"),
             {8, 9, 3},
             13,
             {13, 9},
             1,
             size});
    return found;
}

/// Evaluation with several views of each image.
std::vector<Case> views(const std::vector<std::pair<const char*, ImageShape>>& rows,
                        const std::string& kind) {
    std::vector<Case> found;
    for (const auto& [name, image] : rows)
        found.push_back(
            {kind + "_" + name,
             network(
                 R"([{"type": "conv2d", "out_channels": 7, "kernel": 2, "bias": false}, {"type": "batch_norm"}, {"type": "relu"}, {"type": "max_pool2d"}])",
                 3, R"({"train": {"eval_views": ")" + kind + R"("}})"),
             image, 13});
    return found;
}

struct AugmentRow {
    const char* name;
    int height, width, channels, batch;
    const char* augment;
};

std::vector<Case> augmentations(const std::vector<AugmentRow>& rows) {
    std::vector<Case> found;
    for (const AugmentRow& row : rows)
        found.push_back({row.name,
                         network(R"([{"type": "conv2d", "out_channels": 5, "kernel": 2}])", 3,
                                 R"({"augment": )" + std::string(row.augment) + "}"),
                         {row.height, row.width, row.channels},
                         row.batch,
                         {row.batch, row.batch, std::max(1, row.batch - 2)}});
    return found;
}

/// Batches that are only partly full, down to one image: the rest must leave no trace.
std::vector<Case> partial_batches() {
    const Json net = network(
        R"([{"type": "conv2d", "out_channels": 8, "bias": false}, {"type": "batch_norm"}, {"type": "silu"}, {"type": "max_pool2d"},
            {"type": "dropout", "p": 0.2}, {"type": "dense", "out_features": 12}, {"type": "tanh"}])",
        3,
        R"({"augment": {"horizontal_flip": true, "crop": 1}, "optimizer": {"type": "sgd", "momentum": 0.9}})");
    return {
        {"one_image_of_27", net, {6, 7, 3}, 27, {27, 1}},
        {"one_block_of_two", net, {6, 7, 3}, 16, {16, 8}},
        {"one_more_than_a_block", net, {6, 7, 3}, 64, {9}},
        {"one_less_than_a_block", net, {6, 7, 3}, 13, {7, 13, 7}},
        {"one_less_than_the_batch", net, {6, 7, 3}, 64, {63}},
        {"first_partial_then_full", net, {6, 7, 3}, 16, {3, 16}},
    };
}

}  // namespace

CNNLAB_CONFORMANCE(partial_batch, partial_batches());

/// The convolution's weights stay, its bias learns: the weight gradient is not computed.
CNNLAB_CONFORMANCE(
    frozen_weight,
    std::vector<Case>({{"map",
                        network(R"([{"type": "conv2d", "out_channels": 10, "kernel": 2}, {"type": "gelu"}])",
                                3,
                                R"({"optimizer": {"type": "sgd", "momentum": 0.8, "groups": [
                                   {"match": "conv2d_1.weight", "trainable": false}]}})"),
                        {7, 6, 3},
                        27}}));

CNNLAB_CONFORMANCE(resolution,
                   resolutions({{"smaller", {6, 5}}, {"larger", {11, 12}}, {"one_pixel", {2, 2}}}));

CNNLAB_CONFORMANCE(mirror, views({{"square", {6, 6, 3}}, {"grey", {5, 8, 1}}}, "mirror"));
CNNLAB_CONFORMANCE(translate, views({{"square", {6, 6, 3}}, {"tall", {9, 4, 5}}}, "translate"));

CNNLAB_CONFORMANCE(loss, losses());

/// Adam and RMSProp divide gradients by their own size: a rounding error of a small gradient becomes one of a whole
/// step. Their rows have an `eps` so large that this does not drown the comparison; tests/gradients checks the formulas
/// with the usual ones.
CNNLAB_CONFORMANCE(optimizer, optimizers());

CNNLAB_CONFORMANCE(
    load_batch,
    augmentations({
        {"plain", 5, 5, 3, 8, "{}"},
        {"plain_grey", 7, 4, 1, 13, "{}"},
        {"plain_many_channels", 4, 4, 17, 3, "{}"},
        {"plain_big_batch", 4, 5, 3, 64, "{}"},
        {"flip", 5, 6, 3, 16, R"({"horizontal_flip": true})"},
        {"alternating_flip", 5, 6, 3, 16, R"({"alternating_flip": true})"},
        {"alternating_flip_and_crop", 6, 5, 3, 13,
         R"({"alternating_flip": true, "horizontal_flip": true, "crop": 2, "padding": "reflect"})"},
        {"crop", 6, 5, 3, 16, R"({"crop": 2})"},
        {"crop_reflect", 6, 5, 3, 16, R"({"crop": 2, "padding": "reflect"})"},
        {"crop_wider_than_the_image", 3, 2, 3, 16, R"({"crop": 7})"},
        {"reflect_wider_than_the_image", 3, 2, 3, 16, R"({"crop": 7, "padding": "reflect"})"},
        {"reflect_one_column", 5, 2, 1, 8, R"({"crop": 2, "padding": "reflect", "rotation": 90})"},
        {"flip_and_crop", 8, 8, 3, 13, R"({"horizontal_flip": true, "crop": 4})"},
        {"rotation", 7, 8, 3, 13, R"({"rotation": 20})"},
        {"rotation_all_round", 7, 8, 1, 8, R"({"rotation": 180, "padding": "reflect"})"},
        {"translation", 7, 8, 3, 8, R"({"translation": 0.3})"},
        {"scaling", 7, 8, 3, 8, R"({"scaling": 0.4})"},
        {"all_warps", 9, 8, 1, 27,
         R"({"horizontal_flip": true, "crop": 1, "rotation": 30, "translation": 0.2, "scaling": 0.3})"},
        {"all_warps_reflect", 9, 8, 3, 8,
         R"({"horizontal_flip": true, "crop": 1, "rotation": 30, "translation": 0.2, "scaling": 0.3, "padding": "reflect"})"},
        {"brightness", 5, 5, 3, 8, R"({"brightness": 0.5})"},
        {"contrast", 5, 5, 3, 8, R"({"contrast": 0.8})"},
        {"brightness_and_contrast", 5, 5, 1, 13, R"({"brightness": 1, "contrast": 1})"},
        {"recoloured_crop", 6, 6, 3, 8, R"({"crop": 3, "brightness": 0.2, "contrast": 0.5})"},
        {"cutout", 8, 7, 3, 16, R"({"cutout": 3})"},
        {"cutout_even", 6, 6, 1, 16, R"({"cutout": 4})"},
        {"cutout_of_everything", 4, 4, 3, 8, R"({"cutout": 40})"},
        {"everything", 9, 10, 3, 27,
         R"({"horizontal_flip": true, "crop": 2, "padding": "reflect", "rotation": 15, "translation": 0.1, "scaling": 0.2, "brightness": 0.2, "contrast": 0.3, "cutout": 4})"},
    }));

}  // namespace cnnlab::test
