#include "native/run/unused_fields.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "engine/data/data_spec.hpp"
#include "engine/model/experiment.hpp"

namespace cnnlab {
namespace {

/// Places of the fields that are said to be of no use, after some are set in a small experiment.
std::vector<std::string> unused_after(const std::vector<std::pair<std::string, std::string>>& settings) {
    Json json = Json::parse(R"({"name": "x", "dataset": {"name": "lines", "size": 9},
        "model": {"layers": [{"type": "conv2d", "out_channels": 18}, {"type": "avg_pool2d"}, "flatten",
                             {"type": "dense", "out_features": 2}]},
        "optimizer": {"type": "sgd", "groups": [{"match": "*"}], "lookahead": {}},
        "train": {"resolutions": []}})");
    for (const auto& [path, value] : settings) set_by_path(json, path, value);
    const Experiment experiment = Experiment::parse(json);
    std::vector<std::string> places;
    for (const Concern& concern : unused_fields(describe(experiment, card_of(experiment.dataset))))
        places.push_back(concern.place);
    return places;
}

TEST(UnusedFields, AreSaidUntilTheOtherFieldHasAUseForThem) {
    struct Row {
        std::string path, value, other, use;
    };
    const std::string conv = "model.layers[0].", dense = "model.layers[3].", group = "optimizer.groups[0].";
    const std::vector<Row> rows{
        {conv + "init.scale", "0.5", conv + "init.type", "normal"},
        {conv + "init.images", "100", conv + "init.type", "whitening"},
        {conv + "init.eps", "0.1", conv + "init.type", "whitening"},
        {conv + "bias_init.scale", "0.5", conv + "bias_init.type", "uniform"},
        {conv + "dilation", "2", conv + "kernel", "3"},
        {dense + "init.scale", "0.5", dense + "init.type", "uniform"},
        {"model.layers[1].count_include_pad", "false", "model.layers[1].padding", "1"},
        {"optimizer.lookahead.decay", "0.5", "optimizer.lookahead.every", "5"},
        {"optimizer.lookahead.power", "2", "optimizer.lookahead.every", "5"},
        {"optimizer.lookahead.start", "0.5", "optimizer.lookahead.every", "5"},
        {"augment.padding", "reflect", "augment.rotation", "5"},
        {"augment.padding", "reflect", "augment.crop", "1"},
        {"augment.horizontal_flip", "true", "augment.alternating_flip", "false"},
        {"dataset.seed", "3", "dataset.noise", "0.1"},
        {group + "lr_scale", "2", group + "lr", "-1"},
        {group + "weight_decay", "0.1", group + "trainable", "true"},
        {group + "until", "0.5", group + "trainable", "true"},
    };
    // What makes each of no use, where the defaults do not.
    const std::vector<std::pair<std::string, std::string>> idle{
        {conv + "kernel", "1"}, {"augment.alternating_flip", "true"}, {"dataset.noise", "0"},
        {group + "lr", "0.1"},  {group + "trainable", "false"},
    };
    for (const Row& row : rows) {
        std::vector<std::pair<std::string, std::string>> settings{{row.path, row.value}};
        for (const auto& [path, value] : idle)
            if (path == row.other) settings.emplace_back(path, value);
        const auto found = unused_after(settings);
        EXPECT_NE(std::find(found.begin(), found.end(), row.path), found.end()) << row.path;
        EXPECT_EQ(unused_after({{row.path, row.value}, {row.other, row.use}}), std::vector<std::string>{})
            << row.path;
    }
}

TEST(UnusedFields, OfStartsThatDrawNothing) {
    const std::string conv = "model.layers[0].";
    using Places = std::vector<std::string>;
    EXPECT_EQ(unused_after({{conv + "init.type", "xavier_normal"}, {conv + "init.a", "0"}}),
              Places{conv + "init.a"});
    EXPECT_EQ(unused_after({{conv + "init.type", "kaiming_normal"}, {conv + "init.a", "0"}}), Places{});
    EXPECT_EQ(unused_after({{conv + "init.type", "ones"}, {conv + "init.deviation", "1"}}),
              Places{conv + "init.deviation"});
    EXPECT_EQ(unused_after({{conv + "bias", "false"}, {conv + "bias_init.type", "ones"}}),
              Places{conv + "bias_init"});
    EXPECT_EQ(unused_after({{conv + "bias", "false"}}), Places{});
}

TEST(UnusedFields, OfATraining) {
    using Places = std::vector<std::string>;
    const std::string sizes = R"([{"epoch": 0, "size": 9}, {"epoch": 5, "size": 8}])";
    EXPECT_EQ(unused_after({{"train.resolutions", sizes}, {"train.epochs", "5"}}),
              Places{"train.resolutions[1].epoch"});
    EXPECT_EQ(unused_after({{"train.resolutions", sizes}, {"train.epochs", "6"}}), Places{});
    EXPECT_EQ(unused_after({{"train.frozen_features", "once"}}), Places{"train.frozen_features"});
    EXPECT_EQ(unused_after({{"train.local_statistics", "2"}}), Places{"train.local_statistics"});
}

TEST(UnusedFields, NoneInTheExperimentsThatComeWithTheLibrary) {
    for (const std::string& name : experiment_names()) {
        const Experiment experiment = Experiment::parse(experiment_json(name));
        if (experiment.base) continue;  // needs a file
        for (const Concern& concern : unused_fields(describe(experiment, card_of(experiment.dataset))))
            ADD_FAILURE() << name << ": " << english(concern);
    }
}

}  // namespace
}  // namespace cnnlab
