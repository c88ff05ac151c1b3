#include <gtest/gtest.h>

#include "engine/model/experiment.hpp"
#include "tests/errors.hpp"

/// Parsing experiments: what is accepted, what is written back, and what the messages say.
namespace cnnlab {

namespace {

using test::message_of;

/// A small experiment with `part` (JSON) merged into it.
Json with(const std::string& part) {
    Json json = Json::parse(
        R"({"name": "t", "dataset": "lines", "model": {"layers": [{"type": "dense", "out_features": 2}]}})");
    json.merge_patch(Json::parse(part));
    return json;
}
Json with_layer(const std::string& layer) {
    return with(R"({"model": {"layers": [)" + layer + R"(, {"type": "dense", "out_features": 2}]}})");
}

std::string rejection(ErrorCode code, const Json& json) {
    return message_of(code, [&] { (void)Experiment::parse(json); });
}

}  // namespace

TEST(Spec, unknown_fields_are_named_with_the_nearest_known_one) {
    EXPECT_EQ(rejection(ErrorCode::unknown_name,
                        with_layer(R"({"type": "conv2d", "out_channels": 4, "strid": 2})")),
              "model.layers[0]: has no field \"strid\"; did you mean \"stride\"?");
    EXPECT_EQ(rejection(ErrorCode::unknown_name, with(R"({"optimiser": "adam"})")),
              "has no field \"optimiser\"; did you mean \"optimizer\"?");
    EXPECT_EQ(rejection(ErrorCode::unknown_name, with(R"({"train": {"epoch": 3}})")),
              "train: has no field \"epoch\"; did you mean \"epochs\"?");
    EXPECT_EQ(rejection(ErrorCode::unknown_name, with(R"({"optimizer": {"type": "sgd", "beta1": 0.5}})"))
                  .substr(0, 40),
              "optimizer: has no field \"beta1\"; use one");
    EXPECT_EQ(rejection(ErrorCode::unknown_name, with(R"({"augment": {"horizontal_flips": true}})")),
              "augment: has no field \"horizontal_flips\"; did you mean \"horizontal_flip\"?");
}

TEST(Spec, unknown_types_are_named_with_the_nearest_known_one) {
    EXPECT_EQ(rejection(ErrorCode::unknown_name, with_layer(R"({"type": "conv2", "out_channels": 4})")),
              "model.layers[0].type: \"conv2\" is not known; did you mean \"conv2d\"?");
    EXPECT_EQ(rejection(ErrorCode::unknown_name, with(R"({"loss": "crossentropy"})")),
              "loss.type: \"crossentropy\" is not known; did you mean \"cross_entropy\"?");
    EXPECT_EQ(rejection(ErrorCode::unknown_name, with(R"({"optimizer": "adamax"})")),
              "optimizer.type: \"adamax\" is not known; did you mean \"adam\"?");
    EXPECT_EQ(rejection(ErrorCode::wrong_type, with_layer(R"({"out_channels": 4})")).substr(0, 54),
              "model.layers[0]: lacks the field \"type\"; give one of c");
    EXPECT_EQ(rejection(ErrorCode::unknown_name, with(R"({"augment": {"padding": "mirror"}})")),
              "augment.padding: is \"mirror\"; use one of zero or reflect");
}

TEST(Spec, wrong_types_say_what_is_there_and_what_is_wanted) {
    EXPECT_EQ(rejection(ErrorCode::wrong_type, with_layer(R"({"type": "conv2d", "out_channels": "four"})")),
              "model.layers[0].out_channels: is the text \"four\"; give a whole number");
    EXPECT_EQ(rejection(ErrorCode::wrong_type, with_layer(R"({"type": "conv2d", "out_channels": 2.5})")),
              "model.layers[0].out_channels: is 2.5; give a whole number");
    EXPECT_EQ(
        rejection(ErrorCode::wrong_type, with_layer(R"({"type": "conv2d", "out_channels": 4, "bias": 1})")),
        "model.layers[0].bias: is 1; give true or false");
    EXPECT_EQ(rejection(ErrorCode::wrong_type, with_layer(R"({"type": "dropout", "p": null})")),
              "model.layers[0].p: is null; give a number");
    EXPECT_EQ(rejection(ErrorCode::wrong_type,
                        with_layer(R"({"type": "conv2d", "out_channels": 4, "kernel": [1, 2, 3]})")),
              "model.layers[0].kernel: is a list; give one whole number, or two as [height, width]");
    EXPECT_EQ(rejection(ErrorCode::wrong_type, with(R"({"model": {"layers": {}}})")),
              "model.layers: is an object; give a list");
    EXPECT_EQ(rejection(ErrorCode::wrong_type, with_layer("3")),
              "model.layers[0]: is 3; give an object with a \"type\"");
    EXPECT_EQ(rejection(ErrorCode::wrong_type, with(R"({"name": 5})")), "name: is 5; give a text in quotes");
    EXPECT_EQ(rejection(ErrorCode::wrong_type, Json::parse("[]")),
              "is a list; give an object with named fields");
}

TEST(Spec, missing_fields_are_explained) {
    EXPECT_EQ(rejection(ErrorCode::wrong_type, with_layer(R"({"type": "conv2d"})")),
              "model.layers[0]: lacks the field \"out_channels\"; give it: number of filters; 0: as many as "
              "inputs");
    EXPECT_EQ(rejection(ErrorCode::wrong_type, Json::parse(R"({"name": "t", "dataset": "lines"})")),
              "lacks the field \"model\"; give it: the network");
    EXPECT_EQ(rejection(ErrorCode::out_of_range, with(R"({"model": {"layers": []}})")),
              "model.layers: is empty; add at least one layer");
}

TEST(Spec, ranges_are_checked) {
    EXPECT_EQ(rejection(ErrorCode::out_of_range, with_layer(R"({"type": "dropout", "p": 1})")),
              "model.layers[0].p: is 1; give a number from 0 to 0.99");
    EXPECT_EQ(rejection(ErrorCode::out_of_range,
                        with_layer(R"({"type": "conv2d", "out_channels": 4, "kernel": [3, 0]})")),
              "model.layers[0].kernel[1]: is 0; give a number from 1 to 1024");
    EXPECT_EQ(rejection(ErrorCode::out_of_range, with(R"({"train": {"batch": 0}})")),
              "train.batch: is 0; give a number from 1 to 65536");
    EXPECT_EQ(rejection(ErrorCode::out_of_range, with(R"({"train": {"batch": 1e30}})")).substr(0, 16),
              "train.batch: is ");
    EXPECT_EQ(rejection(ErrorCode::out_of_range, with(R"({"optimizer": {"type": "adam", "lr": -0.5}})")),
              "optimizer.lr: is -0.5; give a number from 0 to 1000000");
}

TEST(Spec, layers_may_be_given_by_their_bare_name) {
    const Experiment e = Experiment::parse(with_layer(R"("relu", {"type": "add", "from": "relu_1"})"));
    EXPECT_EQ(e.model.layers[0].type(), "relu");
    EXPECT_EQ(e.model.layers[1].from, std::vector<std::string>{"relu_1"}) << "one input needs no list";
}

TEST(Spec, padding_is_read_in_all_its_forms) {
    const auto padding = [](const std::string& value) {
        const Experiment experiment = Experiment::parse(
            with_layer(R"({"type": "conv2d", "out_channels": 4, "padding": )" + value + "}"));
        return write_json(experiment.model.layers[0])["padding"].dump();
    };
    EXPECT_EQ(padding("2"), "2");
    EXPECT_EQ(padding("[1, 2]"), "[1,2]");
    EXPECT_EQ(padding("[1, 1]"), "1");
    EXPECT_EQ(padding("[1, 2, 3, 4]"), "[1,2,3,4]");
    EXPECT_EQ(padding("[3, 4, 3, 4]"), "[3,4]");
    EXPECT_EQ(padding(R"("same")"), R"("same")");
    EXPECT_EQ(padding(R"("same_upper")"), R"("same_upper")");
    EXPECT_EQ(padding(R"("valid")"), "0");
    EXPECT_EQ(rejection(ErrorCode::unknown_name,
                        with_layer(R"({"type": "conv2d", "out_channels": 4, "padding": "full"})"))
                  .substr(0, 34),
              "model.layers[0].padding: is \"full\"");
    EXPECT_EQ(rejection(ErrorCode::wrong_type,
                        with_layer(R"({"type": "conv2d", "out_channels": 4, "padding": [1, 2, 3]})"))
                  .substr(0, 34),
              "model.layers[0].padding: is a list");
    EXPECT_EQ(rejection(ErrorCode::out_of_range,
                        with_layer(R"({"type": "conv2d", "out_channels": 4, "padding": -1})")),
              "model.layers[0].padding: is -1; give a number from 0 to 1024");
}

/// Writes `json`, parsed, back; once more must give the same.
Json round_trip(const Json& json) {
    Json once = Experiment::parse(json).to_json();
    EXPECT_EQ(once, Experiment::parse(once).to_json());
    return once;
}

class SpecRoundTrip : public testing::TestWithParam<const char*> {};

/// Fields that are given come back as they were, the others with their defaults.
TEST_P(SpecRoundTrip, layer) {
    const Json given = Json::parse(GetParam()),
               back = round_trip(with_layer(GetParam()))["model"]["layers"][0];
    for (const auto& [key, value] : given.items()) EXPECT_EQ(back.at(key), value) << key;
}

INSTANTIATE_TEST_SUITE_P(
    layers, SpecRoundTrip,
    testing::Values(
        R"({"type": "conv2d", "out_channels": 4, "kernel": [3, 5], "stride": 2, "dilation": [1, 2], "padding": [0, 1, 2, 3], "groups": 2, "bias": false,
        "init": {"type": "kaiming_normal", "a": 0.25, "scale": 0.5, "deviation": 2, "images": 700, "eps": 0.125}, "name": "first", "trainable": false})",
        R"({"type": "dense", "out_features": 7, "bias": false, "init": {"type": "identity", "a": 0.0, "scale": 0.1, "deviation": 0, "images": 5000, "eps": 0.0005}})",
        R"({"type": "batch_norm", "momentum": 0.2, "eps": 0.001})", R"({"type": "relu"})",
        R"({"type": "relu6"})", R"({"type": "leaky_relu", "negative_slope": 0.3})", R"({"type": "gelu"})",
        R"({"type": "silu"})", R"({"type": "hard_swish"})", R"({"type": "hard_sigmoid"})",
        R"({"type": "sigmoid"})", R"({"type": "tanh"})", R"({"type": "softmax"})",
        R"({"type": "max_pool2d", "kernel": 3, "stride": [2, 1], "padding": "same", "dilation": [1, 2]})",
        R"({"type": "avg_pool2d", "kernel": [2, 3], "padding": 1, "count_include_pad": false})",
        R"({"type": "global_avg_pool"})", R"({"type": "global_max_pool"})",
        R"({"type": "scale", "factor": -0.5})", R"({"type": "dropout", "p": 0.3})", R"({"type": "flatten"})",
        R"({"type": "add", "from": ["a", "b"]})", R"({"type": "concat", "from": ["a", "b", "c"]})",
        R"({"type": "resize", "size": [96, 64], "antialias": true})"));

TEST(Spec, every_layer_has_a_round_trip_test) {
    EXPECT_EQ(std::variant_size_v<AnyLayer>, 23U) << "a new layer needs a row in SpecRoundTrip";
}

TEST(Spec, everything_else_makes_the_round_trip) {
    const Json back = round_trip(with(R"({
        "title": "a title", "dataset": {"name": "lines", "train_limit": 10, "permute_pixels": true, "size": 7, "mean": [0.5], "std": [0.25]},
        "loss": {"type": "cross_entropy", "label_smoothing": 0.1},
        "optimizer": {"type": "adamw", "lr": 0.003, "groups": [{"match": "*.bias", "lr_scale": 2.0, "weight_decay": 0.0, "trainable": false}], "clip_norm": 1.5, "clip_value": 0.25, "average_decay": 0.99},
        "schedule": {"type": "one_cycle", "rise": 0.2, "warmup": 0.05},
        "augment": {"horizontal_flip": true, "crop": 4, "padding": "reflect", "rotation": 10.5, "translation": 0.1, "scaling": 0.2, "brightness": 0.3, "contrast": 0.4, "cutout": 8},
        "train": {"epochs": 7.65, "batch": 7, "eval_batch": 9, "seed": 123456789012345, "shuffle": false, "drop_last": true, "eval_views": "translate",
            "resolutions": [{"epoch": 0, "size": 24}, {"epoch": 3, "size": [28, 26]}]}})"));
    EXPECT_EQ(back["optimizer"]["lr"].dump(), "0.003") << "the shortest text of a float";
    EXPECT_EQ(back["optimizer"]["beta1"].dump(), "0.9") << "defaults are filled in";
    EXPECT_EQ(back["optimizer"]["groups"][0]["match"], "*.bias");
    EXPECT_EQ(back["schedule"]["warmup"].dump(), "0.05");
    EXPECT_EQ(back["dataset"]["size"], 7) << "the data set's own fields pass through";
    EXPECT_EQ(back["train"]["seed"].dump(), "123456789012345");
    EXPECT_EQ(back["augment"]["cutout"], 8);
    EXPECT_EQ(back["train"]["epochs"].dump(), "7.65");
    EXPECT_EQ(back["train"]["eval_views"], "translate");
    EXPECT_EQ(back["train"]["resolutions"].dump(), R"([{"epoch":0,"size":24},{"epoch":3,"size":[28,26]}])");
}

TEST(Spec, an_optimizer_may_hold_another) {
    const Json given = Json::parse(
        R"({"type": "muon", "lr": 0.25, "momentum": 0.5, "weight_decay": 0.125, "nesterov": false, "norm_every": 2, "norm_slowing": 15, "newton_steps": 3,
            "a": 3.5, "b": -4.75, "c": 2, "other": {"type": "sgd", "lr": 0.0625, "momentum": 0.75, "weight_decay": 0, "nesterov": true},
            "groups": [{"match": "*.bias", "lr_scale": 1, "lr": 0.5, "weight_decay": -1, "until": 0.375, "trainable": true, "other": true}],
            "clip_norm": 0, "clip_value": 0, "average_decay": 0, "lookahead": {"every": 5, "decay": 0.75, "power": 3, "start": 0.5}})");
    EXPECT_EQ(round_trip(with(R"({"optimizer": )" + given.dump() + "}"))["optimizer"], given);
    EXPECT_EQ(round_trip(with(
                  R"({"optimizer": {"type": "muon", "other": "rmsprop"}})"))["optimizer"]["other"]["alpha"]
                  .dump(),
              "0.99");
    EXPECT_EQ(rejection(ErrorCode::unknown_name, with(R"({"optimizer": {"type": "muon", "other": "muon"}})")),
              "optimizer.other.type: \"muon\" is not known; use one of sgd, adam, adamw or rmsprop");
    EXPECT_EQ(
        rejection(ErrorCode::out_of_range, with(R"({"optimizer": {"type": "muon", "newton_steps": 0}})")),
        "optimizer.newton_steps: is 0; give a number from 1 to 100");
    EXPECT_EQ(rejection(ErrorCode::out_of_range,
                        with(R"({"optimizer": {"type": "sgd", "lookahead": {"decay": 2}}})")),
              "optimizer.lookahead.decay: is 2; give a number from 0 to 1");
    EXPECT_EQ(rejection(ErrorCode::unknown_name, with(R"({"train": {"eval_views": "mirrored"}})")),
              "train.eval_views: is \"mirrored\"; did you mean \"mirror\"?");
}

TEST(Spec, shipped_experiments_make_the_round_trip) {
    for (const auto& name : experiment_names()) {
        SCOPED_TRACE(name);
        EXPECT_EQ(round_trip(experiment_json(name))["name"], name);
    }
}

TEST(Spec, floats_are_written_as_short_as_they_read_back) {
    EXPECT_EQ(short_float(0.1F), "0.1");
    EXPECT_EQ(short_float(1e-8F), "1e-08");
    EXPECT_EQ(short_float(16777216.0F), "16777216");
    for (const float value : {0.30000001F, 1.0F / 3, 3.4e38F, 1.2e-38F})
        EXPECT_EQ(std::stof(short_float(value)), value);
}

}  // namespace cnnlab
