#include <gtest/gtest.h>

#include "engine/core/error.hpp"
#include "engine/model/base.hpp"
#include "engine/model/description.hpp"
#include "tests/errors.hpp"

namespace cnnlab {
namespace {

/// An experiment on pictures of 4×4 pixels in three classes, with changes.
struct Trial {
    Json json = Json::parse(R"({"name": "trial", "dataset": "folder", "train": {"batch": 2},
        "loss": {"type": "cross_entropy"}, "optimizer": {"type": "adam"}, "model": {"layers": [
        {"type": "conv2d", "out_channels": 4, "kernel": 3}, {"type": "relu"}, {"type": "flatten"},
        {"type": "dense", "out_features": 3}]}})");
    Dataset data;

    Trial() {
        data.card.name = "folder";
        data.card.format = datasets::Folder{};
        data.card.image = {4, 4, 1};
        data.card.classes = {"a", "b", "c"};
        data.card.mean = {0.5F};
        data.card.stddev = {0.25F};
        fill(data.train, 6, 0);
        fill(data.test, 3, 100);
    }

    /// Images that differ, of the classes in turn.
    static void fill(Split& split, int count, int first) {
        split = {};
        for (int i = 0; i < count; ++i) {
            split.labels.push_back(i % 3);
            for (int pixel = 0; pixel < 16; ++pixel) split.images.push_back(static_cast<uint8_t>(first + i));
        }
    }

    Trial& set(const std::string& path, const std::string& value) {
        set_by_path(json, path, value);
        return *this;
    }
    Trial& append(const std::string& layer) {
        json["model"]["layers"].push_back(Json::parse(layer));
        return *this;
    }

    [[nodiscard]] std::vector<Concern> concerns() const {
        const Description d = describe(Experiment::parse(json), data.card);
        std::vector<Concern> all = d.concerns;
        for (Concern& concern : data_concerns(d, data)) all.push_back(std::move(concern));
        return all;
    }
};

/// The trial has one concern: its severity, its place, and words of what is wrong.
void expect_one(const Trial& trial, Severity severity, const std::string& place, const std::string& words) {
    const std::vector<Concern> found = trial.concerns();
    ASSERT_EQ(found.size(), 1U) << (found.empty() ? "none" : english(found.back()));
    EXPECT_EQ(found[0].severity, severity);
    EXPECT_EQ(found[0].place, place);
    EXPECT_NE(found[0].problem.english().find(words), std::string::npos) << english(found[0]);
    EXPECT_FALSE(found[0].remedy.empty());
    if (severity == Severity::warn)
        EXPECT_NO_THROW(check(found));
    else
        test::expect_error(
            ErrorCode::out_of_range, [&] { check(found); }, place, words);
}

TEST(Concerns, NoneAboutAnOrdinaryTraining) { EXPECT_TRUE(Trial().concerns().empty()); }

TEST(Concerns, StepsThatNeverFadeOrTurnWeightsRound) {
    expect_one(Trial().set("optimizer", R"({"type": "sgd", "momentum": 1})"), Severity::warn,
               "optimizer.momentum", "no step ever fades");
    EXPECT_TRUE(Trial().set("optimizer", R"({"type": "sgd", "momentum": 0.99})").concerns().empty());
    expect_one(Trial().set("optimizer", R"({"type": "sgd", "nesterov": true})"), Severity::warn,
               "optimizer.nesterov", "no effect");
    EXPECT_TRUE(
        Trial().set("optimizer", R"({"type": "sgd", "nesterov": true, "momentum": 0.9})").concerns().empty());
    expect_one(Trial().set("optimizer", R"({"type": "sgd", "lr": 1e-30})"), Severity::warn, "optimizer.lr",
               "hardly one of them");
    expect_one(Trial().set("optimizer", R"({"type": "sgd", "clip_norm": 1e-12})"), Severity::warn,
               "optimizer.clip_norm", "hardly move");
    expect_one(Trial().set("optimizer", R"({"type": "sgd", "lr": 0.1, "weight_decay": 20})"), Severity::warn,
               "optimizer.weight_decay", "times the learning rate is 2");
    EXPECT_TRUE(
        Trial().set("optimizer", R"({"type": "sgd", "lr": 0.1, "weight_decay": 0.5})").concerns().empty());
}

TEST(Concerns, DenseLayersWithNothingBetweenThem) {
    expect_one(Trial().append(R"({"type": "dense", "out_features": 3})"), Severity::warn,
               "model.layers[4] (dense)", "follows dense_1 without an activation");
    EXPECT_TRUE(Trial()
                    .append(R"({"type": "tanh"})")
                    .append(R"({"type": "dense", "out_features": 3})")
                    .concerns()
                    .empty());
}

TEST(Concerns, TheLossTakesLogits) {
    for (const char* type :
         {"softmax", "sigmoid", "tanh", "relu", "relu6", "gelu", "silu", "hard_swish", "hard_sigmoid"}) {
        const std::string layer = std::string(R"({"type": ")") + type + "\"}",
                          place = std::string("model.layers[4] (") + type + ")";
        expect_one(Trial().append(layer), Severity::warn, place, "cross_entropy takes logits");
        expect_one(Trial().append(layer).set("loss", "binary_cross_entropy"), Severity::warn, place,
                   "applies a sigmoid");
        EXPECT_TRUE(Trial().append(layer).set("loss", "mean_squared_error").concerns().empty());
        // Behind it stands what changes no number.
        expect_one(Trial().append(layer).append(R"({"type": "flatten"})"), Severity::warn, place, "logits");
    }
    EXPECT_TRUE(Trial().append(R"({"type": "leaky_relu"})").concerns().empty());
    // The activation is not what the loss reads.
    Trial aside;
    aside.append(R"({"type": "softmax", "name": "shares"})")
        .append(R"({"type": "dense", "out_features": 3, "from": "flatten_1"})");
    EXPECT_TRUE(aside.concerns().empty());
}

TEST(Concerns, DropoutOfOutputs) {
    expect_one(Trial().append(R"({"type": "dropout"})"), Severity::warn, "model.layers[4] (dropout)",
               "at random");
    EXPECT_TRUE(Trial().append(R"({"type": "dropout", "p": 0})").concerns().empty());
    Trial much;
    much.json["model"]["layers"][2] = Json::parse(R"({"type": "dropout", "p": 0.95})");
    much.json["model"]["layers"].insert(much.json["model"]["layers"].begin() + 3, Json{{"type", "flatten"}});
    expect_one(much, Severity::warn, "model.layers[2] (dropout).p", "one value in ten");
}

TEST(Concerns, BatchNormOverOneValue) {
    const auto with_norm = [](const std::string& batch) {
        Trial trial;
        trial.append(R"({"type": "batch_norm"})").set("train.batch", batch);
        return trial;
    };
    expect_one(with_norm("1"), Severity::refuse, "model.layers[4] (batch_norm)", "single value");
    EXPECT_TRUE(with_norm("2").concerns().empty());
    // Six images in batches of five leave one.
    expect_one(with_norm("5"), Severity::warn, "model.layers[4] (batch_norm)", "6 images in batches of 5");
    EXPECT_TRUE(with_norm("5").set("train.drop_last", "true").concerns().empty());
    EXPECT_TRUE(with_norm("1").set("model.layers[4].trainable", "false").concerns().empty());
    // A map of one position, and one of several.
    Trial pooled;
    pooled.json["model"]["layers"][1] = Json::parse(R"({"type": "avg_pool2d", "kernel": 2})");
    pooled.json["model"]["layers"][2] = Json::parse(R"({"type": "batch_norm"})");
    expect_one(pooled.set("train.batch", "1"), Severity::refuse, "model.layers[2] (batch_norm)",
               "single value");
    Trial map;
    map.json["model"]["layers"][1] = Json::parse(R"({"type": "batch_norm"})");
    EXPECT_TRUE(map.set("train.batch", "1").concerns().empty());
    expect_one(map.set("model.layers[1].momentum", "0"), Severity::warn,
               "model.layers[1] (batch_norm).momentum", "stay at 0 and 1");
}

TEST(Concerns, NothingThatMoves) {
    expect_one(Trial().set("optimizer.lr", "0"), Severity::refuse, "optimizer.lr", "no weight would move");
    expect_one(Trial().set("optimizer.groups", R"([{"match": "*", "trainable": false}])"), Severity::refuse,
               "optimizer.groups", "no parameter");
    expect_one(Trial().set("optimizer.groups", R"([{"match": "*", "lr_scale": 0}])"), Severity::refuse,
               "optimizer.groups", "no parameter");
    EXPECT_TRUE(
        Trial().set("optimizer.groups", R"([{"match": "*.bias", "trainable": false}])").concerns().empty());
    Trial frozen;
    frozen.set("model.layers[0].trainable", "false").set("model.layers[3].trainable", "false");
    test::expect_error(
        ErrorCode::out_of_range, [&] { (void)frozen.concerns(); }, "model.layers");
}

TEST(Concerns, NothingToLearn) {
    expect_one(Trial().set("loss.label_smoothing", "1"), Severity::refuse, "loss.label_smoothing",
               "nothing to learn");
    expect_one(Trial().set("loss.label_smoothing", "0.999"), Severity::warn, "loss.label_smoothing",
               "takes 0.999 of the target");
    EXPECT_TRUE(Trial().set("loss.label_smoothing", "0.5").concerns().empty());
    expect_one(Trial().set("augment.cutout", "8"), Severity::refuse, "augment.cutout",
               "every training image");
    expect_one(Trial().set("augment.cutout", "4"), Severity::warn, "augment.cutout", "may blank");
    expect_one(Trial().set("augment.crop", "4"), Severity::warn, "augment.crop", "out of sight");
    expect_one(Trial().append(R"({"type": "scale", "factor": 0})"), Severity::warn,
               "model.layers[4] (scale).factor", "is 0");
    Trial single;
    single.data.card.classes = {"a", "b"};
    single.set("loss", "mean_squared_error")
        .set("model.layers[3].out_features", "1")
        .append(R"({"type": "softmax"})");
    for (int32_t& label : single.data.train.labels) label %= 2;
    for (int32_t& label : single.data.test.labels) label %= 2;
    expect_one(single, Severity::refuse, "model.layers[4] (softmax)", "always 1");
}

TEST(Concerns, ClassesWithoutImages) {
    Trial one;
    std::fill(one.data.train.labels.begin(), one.data.train.labels.end(), 1);
    expect_one(one, Severity::refuse, "dataset", "one class (b)");
    Trial gap;
    for (int32_t& label : gap.data.train.labels) label %= 2;
    expect_one(gap, Severity::warn, "dataset", "no training image is of c");
    Trial untested;
    for (int32_t& label : untested.data.test.labels) label %= 2;
    expect_one(untested, Severity::warn, "dataset", "no test image is of c");
    untested.data.test = {};
    expect_one(untested, Severity::warn, "dataset", "there are no test images");
}

TEST(Concerns, ZerosInARow) {
    Trial one;
    one.set("model.layers[0].init", R"({"type": "zeros"})");
    EXPECT_TRUE(one.concerns().empty());  // it gets a gradient at once, and those before it at the next step
    one.set("model.layers[3].init", R"({"type": "zeros"})");
    expect_one(one, Severity::warn, "model.layers[3] (dense).init", "no gradient ever reaches either");
}

TEST(Concerns, ImagesThatAreTheSame) {
    Trial same;
    std::fill(same.data.train.images.begin(), same.data.train.images.end(), uint8_t{7});
    expect_one(same, Severity::refuse, "dataset", "all 6 training images are the same");
    Trial tests;
    std::fill(tests.data.test.images.begin(), tests.data.test.images.end(), uint8_t{7});
    expect_one(tests, Severity::warn, "dataset", "all 3 test images are the same");
    Trial seen;
    std::copy_n(seen.data.train.images.begin() + 16, 16, seen.data.test.images.begin());
    expect_one(seen, Severity::warn, "dataset", "1 of 3 test images");
}

TEST(Concerns, ABatchOfAllImages) {
    expect_one(Trial().set("train.batch", "64"), Severity::warn, "train.batch", "only 6 training images");
    EXPECT_TRUE(Trial().set("train.batch", "6").concerns().empty());
}

TEST(Concerns, ExperimentsThatComeWithTheLibraryHaveNone) {
    for (const std::string& name : experiment_names()) {
        const Experiment e = with_known_base(Experiment::parse(experiment_json(name), name));
        for (const Concern& concern : describe(e, card_of(e.dataset)).concerns)
            ADD_FAILURE() << name << ": " << english(concern);
    }
}

}  // namespace
}  // namespace cnnlab
