#include "engine/model/compile.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "engine/model/base.hpp"
#include "tests/errors.hpp"

namespace cnnlab {

namespace {

using test::message_of;

Compiled compiled(const Json& json, ImageShape input, int classes, Phase phase = Phase::train,
                  bool keep_everything = false) {
    CompileOptions options;
    options.phase = phase;
    options.batch = 4;
    options.input = input;
    options.classes = classes;
    options.keep_everything = keep_everything;
    return compile(Experiment::parse(json), options);
}

Json network(const std::string& list, const std::string& rest = "{}") {
    Json json = Json::parse(R"({"name": "t", "dataset": "x", "model": {"layers": [)" + list + "]}}");
    json.update(Json::parse(rest));
    return json;
}

Compiled compiled_layers(const std::string& list, ImageShape input, int classes, Phase phase = Phase::train) {
    return compiled(network(list), input, classes, phase);
}

int64_t parameters(const Compiled& c) {
    int64_t sum = 0, from_layers = 0;
    for (const auto& spec : c.persistents) sum += spec.parameter ? spec.shape.count() : 0;
    for (const auto& layer : c.layers) from_layers += layer.parameters;
    EXPECT_EQ(sum, from_layers);
    return sum;
}

std::string shapes(const Compiled& c) {
    std::string text;
    for (const auto& layer : c.layers) text += (text.empty() ? "" : " ") + layer.output.str();
    return text;
}

std::string rejection(ErrorCode code, const std::string& list, ImageShape input = {8, 8, 3},
                      int classes = 2) {
    return message_of(code, [&] { (void)compiled_layers(list, input, classes); });
}

const std::string dense = R"({"type": "dense", "out_features": 2})";

int count_ops(const Compiled& c, std::string_view name) {
    return static_cast<int>(std::count_if(c.program.ops.begin(), c.program.ops.end(),
                                          [&](const Op& op) { return op_name(op) == name; }));
}

}  // namespace

TEST(Compile, shipped_networks_have_the_parameters_of_their_papers) {
    const auto count = [](const char* name, ImageShape input) {
        return parameters(compiled(experiment_json(name), input, 10));
    };
    EXPECT_EQ(count("cifar10-simple", {32, 32, 3}), 545098);
    EXPECT_EQ(count("fashion-augmented", {28, 28, 1}), 93322);
    EXPECT_EQ(count("fashion-dense", {28, 28, 1}), 109386);
    // [conv, batch norm] × 4, 3136 → 128 → 10: with the weight and bias of the batch norms
    EXPECT_EQ(count("fashion-cnn", {28, 28, 1}), 468202);
    EXPECT_EQ(parameters(compiled(experiment_json("lines"), {5, 5, 1}, 2)), 9 + 5);
    for (const char* name : {"cifar10-threeconv", "cifar10-batchnorm", "cifar10-resnet"})
        EXPECT_GT(count(name, {32, 32, 3}), 100000) << name;
}

TEST(Compile, shapes_follow_the_layers) {
    EXPECT_EQ(shapes(compiled(experiment_json("cifar10-simple"), {32, 32, 3}, 10)),
              "32×32×32 32×32×32 16×16×32 16×16×64 16×16×64 8×8×64 4096 128 128 128 10");
    EXPECT_EQ(
        shapes(compiled_layers(
            R"({"type": "conv2d", "out_channels": 4, "kernel": [3, 5], "stride": 2}, {"type": "avg_pool2d", "kernel": 2, "stride": 1},
        {"type": "global_max_pool"}, )" +
                dense,
            {9, 12, 3}, 2)),
        "4×4×4 3×3×4 4 2");
    EXPECT_EQ(
        shapes(compiled_layers(
            R"({"type": "conv2d", "out_channels": 1, "kernel": 4, "padding": "same"}, {"type": "conv2d", "out_channels": 1, "kernel": 3, "stride": 2, "padding": "same_upper"},
        {"type": "conv2d", "out_channels": 1, "kernel": 3, "dilation": 2, "padding": [1, 1, 1, 0]}, )" +
                dense,
            {7, 8, 3}, 2)),
        "7×8×1 4×4×1 2×1×1 2");
}

TEST(Compile, layers_are_named_by_type_and_number) {
    const Compiled c = compiled_layers(
        R"("relu", {"type": "conv2d", "out_channels": 2}, {"type": "relu", "name": "mine"}, "relu", )" +
            dense,
        {8, 8, 3}, 2);
    std::vector<std::string> names;
    for (const auto& layer : c.layers) names.push_back(layer.name);
    EXPECT_EQ(names, (std::vector<std::string>{"relu_1", "conv2d_1", "mine", "relu_3", "dense_1"}));
}

TEST(Compile, multiply_adds_are_counted) {
    const Compiled c = compiled_layers(
        R"({"type": "conv2d", "out_channels": 8, "kernel": 3, "padding": 1}, {"type": "conv2d", "out_channels": 0, "groups": 0, "kernel": 3, "padding": 1}, )" +
            dense,
        {6, 5, 3}, 2);
    EXPECT_EQ(c.layers[0].multiply_adds, 30 * 8 * 27);
    EXPECT_EQ(c.layers[1].multiply_adds, 30 * 8 * 9);
    EXPECT_EQ(c.layers[2].multiply_adds, 30 * 8 * 2);
}

TEST(Compile, a_kernel_that_does_not_fit_is_named_with_its_layer) {
    EXPECT_EQ(rejection(ErrorCode::shape_mismatch,
                        R"("relu", {"type": "conv2d", "out_channels": 2, "kernel": 7}, )" + dense, {5, 5, 3}),
              "model.layers[1] (conv2d).kernel: 7×7 does not fit a 5×5 input; use a smaller kernel, less "
              "pooling before it, or padding \"same\"");
    EXPECT_EQ(rejection(ErrorCode::shape_mismatch,
                        R"({"type": "conv2d", "out_channels": 2, "kernel": [1, 3], "dilation": 3}, )" + dense,
                        {5, 5, 3}),
              "model.layers[0] (conv2d).kernel: 1×3 with dilation reaches 1×7 and does not fit a 5×5 input; "
              "use a smaller kernel, less pooling before it, or padding \"same\"");
    EXPECT_EQ(rejection(ErrorCode::shape_mismatch, R"({"type": "max_pool2d", "kernel": 9}, )" + dense)
                  .substr(0, 37),
              "model.layers[0] (max_pool2d).kernel: ");
}

TEST(Compile, pools_may_not_look_at_padding_alone) {
    rejection(ErrorCode::out_of_range, R"({"type": "max_pool2d", "kernel": 2, "padding": 2}, )" + dense);
    rejection(ErrorCode::out_of_range,
              R"({"type": "avg_pool2d", "kernel": 2, "stride": 1, "padding": [0, 0, 3, 0]}, )" + dense);
}

TEST(Compile, groups_must_divide_the_channels) {
    EXPECT_EQ(rejection(ErrorCode::shape_mismatch,
                        R"({"type": "conv2d", "out_channels": 4, "groups": 2}, )" + dense),
              "model.layers[0] (conv2d).groups: 2 does not divide 3 input and 4 output channels; choose a "
              "number that divides both");
}

TEST(Compile, inputs_of_add_and_concat_must_agree) {
    EXPECT_EQ(
        rejection(
            ErrorCode::shape_mismatch,
            R"({"type": "conv2d", "out_channels": 4, "padding": 1}, {"type": "add", "from": ["conv2d_1", "input"]}, )" +
                dense),
        "model.layers[1] (add).from: input 1 is 8×8×4 but input 2 is 8×8×3; give them one shape, for "
        "instance with a 1×1 conv2d");
    EXPECT_EQ(
        rejection(
            ErrorCode::shape_mismatch,
            R"({"type": "conv2d", "out_channels": 4}, {"type": "concat", "from": ["conv2d_1", "input"]}, )" +
                dense)
            .substr(0, 31),
        "model.layers[1] (concat).from: ");
    EXPECT_EQ(
        rejection(ErrorCode::shape_mismatch, R"({"type": "conv2d", "out_channels": 4}, "add", )" + dense),
        "model.layers[1] (add).from: names fewer than two inputs; name the layers to add: \"from\": [\"a\", "
        "\"b\"]");
    rejection(ErrorCode::shape_mismatch,
              R"({"type": "conv2d", "out_channels": 4}, {"type": "relu", "from": ["conv2d_1", "input"]}, )" +
                  dense);
}

TEST(Compile, from_names_an_earlier_layer) {
    EXPECT_EQ(
        rejection(
            ErrorCode::unknown_name,
            R"({"type": "conv2d", "out_channels": 4, "name": "stem"}, {"type": "relu", "from": ["sten"]}, )" +
                dense),
        "model.layers[1] (relu).from[0]: \"sten\" is no layer before this one; did you mean \"stem\"?");
    rejection(ErrorCode::unknown_name, R"({"type": "relu", "from": ["dense_1"]}, )" + dense);
    rejection(
        ErrorCode::unknown_name,
        R"({"type": "conv2d", "out_channels": 4, "name": "a"}, {"type": "relu", "name": "a"}, )" + dense);
    rejection(ErrorCode::unknown_name, R"({"type": "conv2d", "out_channels": 4, "name": "input"}, )" + dense);
}

TEST(Compile, the_last_layer_gives_the_classes) {
    EXPECT_EQ(rejection(ErrorCode::shape_mismatch, R"({"type": "conv2d", "out_channels": 2})"),
              "model.layers[0] (conv2d): ends in a map of 6×6×2; end with dense, global_avg_pool or flatten");
    EXPECT_EQ(rejection(ErrorCode::shape_mismatch, dense, {8, 8, 3}, 10),
              "model.layers[0] (dense): gives 2 outputs for 10 classes; let the last layer have 10 outputs");
    rejection(ErrorCode::shape_mismatch, R"({"type": "dense", "out_features": 1})");
    EXPECT_NO_THROW((void)compiled(
        network(R"({"type": "dense", "out_features": 1})", R"({"loss": "binary_cross_entropy"})"), {8, 8, 3},
        2));
}

TEST(Compile, something_must_learn) {
    rejection(ErrorCode::out_of_range, R"("global_avg_pool")", {8, 8, 2});
    rejection(ErrorCode::out_of_range, R"({"type": "dense", "out_features": 2, "trainable": false})");
    EXPECT_NO_THROW((void)compiled_layers(R"("global_avg_pool")", {8, 8, 2}, 2, Phase::evaluate));
}

TEST(Compile, parameter_groups_must_match_something) {
    EXPECT_EQ(message_of(ErrorCode::unknown_name,
                         [] {
                             (void)compiled(
                                 network(dense,
                                         R"({"optimizer": {"type": "sgd", "groups": [{"match": "conv*"}]}})"),
                                 {8, 8, 3}, 2);
                         }),
              "optimizer.groups[0].match: \"conv*\" matches no parameter that learns; `describe` lists their "
              "names");
    EXPECT_TRUE(matches("*", "anything"));
    EXPECT_TRUE(matches("*.bias", "conv2d_1.bias"));
    EXPECT_TRUE(matches("conv*_1.*", "conv2d_1.weight"));
    EXPECT_FALSE(matches("conv", "conv2d_1.weight"));
    EXPECT_FALSE(matches("*.bias", "conv2d_1.weight"));
}

TEST(Compile, nothing_is_computed_that_nobody_reads) {
    // the image wants no gradient, so the first convolution has none by its input
    const Compiled c =
        compiled_layers(R"({"type": "conv2d", "out_channels": 4}, "relu", )" + dense, {8, 8, 3}, 2);
    EXPECT_EQ(count_ops(c, "conv2d_backward_input"), 1);
    EXPECT_EQ(count_ops(c, "conv2d_backward_weight"), 2);
    // a branch that leads nowhere is not run
    const Compiled dead = compiled_layers(
        R"({"type": "conv2d", "out_channels": 4, "name": "a"}, {"type": "tanh", "name": "unused"}, {"type": "dense", "out_features": 2, "from": "a"})",
        {8, 8, 3}, 2);
    EXPECT_EQ(count_ops(dead, "activation"), 0);
    // below frozen layers nothing is needed at all
    const Compiled frozen = compiled_layers(
        R"({"type": "conv2d", "out_channels": 4, "trainable": false}, "relu", )" + dense, {8, 8, 3}, 2);
    EXPECT_EQ(count_ops(frozen, "conv2d_backward_input"), 0);
    EXPECT_EQ(count_ops(frozen, "activation_backward"), 0);
    EXPECT_EQ(count_ops(frozen, "conv2d_backward_weight"), 1);
}

TEST(Compile, evaluation_neither_drops_out_nor_learns) {
    const Compiled c = compiled_layers(
        R"({"type": "conv2d", "out_channels": 4}, "batch_norm", {"type": "dropout"}, )" + dense, {8, 8, 3}, 2,
        Phase::evaluate);
    for (const char* op : {"dropout", "batch_norm_statistics", "adam_update", "conv2d_backward_weight"})
        EXPECT_EQ(count_ops(c, op), 0) << op;
    EXPECT_EQ(count_ops(c, "batch_norm"), 1);
}

TEST(Compile, a_dense_layer_sees_through_flatten) {
    const Compiled c = compiled_layers(R"("flatten", )" + dense, {3, 4, 5}, 2);
    EXPECT_EQ(c.persistents[0].shape, (Shape{2, 3, 4, 5}));
    EXPECT_EQ(count_ops(c, "reshape"), 0) << "and the flatten itself is dead";
}

TEST(Compile, every_op_reads_what_was_written_before) {
    for (const auto& name : experiment_names()) {
        SCOPED_TRACE(name);
        const bool grey = name.starts_with("fashion"), lines = name == "lines";
        const ImageShape input = lines  ? ImageShape(5, 5, 1)
                                 : grey ? ImageShape(28, 28, 1)
                                        : ImageShape(32, 32, 3);
        for (const Phase phase : {Phase::train, Phase::evaluate}) {
            const Json json = with_known_base(Experiment::parse(experiment_json(name))).to_json();
            const Compiled c = compiled(json, input, lines ? 2 : 10, phase, true);
            const Program& p = c.program;
            ASSERT_EQ(p.ops.size(), p.layer_of_op.size());
            std::set<int32_t> written;
            for (size_t i = 0; i < p.values.size(); ++i)
                if (p.values[i].role == Role::persistent) written.insert(static_cast<int32_t>(i));
            for (const Op& op : p.ops) {
                const Operands operands = operands_of(op);
                for (const ValueId id : operands.reads)
                    EXPECT_TRUE(written.contains(id.index)) << op_name(op) << " reads " << p.info(id).name;
                for (const ValueId id : operands.writes) written.insert(id.index);
            }
            for (const ValueId id : p.kept) EXPECT_TRUE(written.contains(id.index)) << p.info(id).name;
        }
    }
}

TEST(Compile, only_what_is_kept_is_named) {
    CompileOptions options;
    options.input = {8, 8, 3};
    options.phase = Phase::train;
    options.keep = {"conv2d_1", "d_conv2d_1"};
    const Experiment experiment =
        Experiment::parse(network(R"({"type": "conv2d", "out_channels": 4}, )" + dense));
    EXPECT_EQ(compile(experiment, options).program.kept.size(), 3U) << "these two and the logits";
    options.keep = {"conv2d_9"};
    EXPECT_EQ(message_of(ErrorCode::unknown_name, [&] { (void)compile(experiment, options); }),
              "keep: no value is called \"conv2d_9\"; use a layer's name, or d_ and a layer's name");
}

}  // namespace cnnlab
