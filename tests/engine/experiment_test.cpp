#include "engine/model/experiment.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/errors.hpp"

namespace cnnlab {

using test::message_of;

TEST(Experiments, are_all_there_and_in_order) {
    const auto names = experiment_names();
    EXPECT_TRUE(std::is_sorted(names.begin(), names.end()));
    for (const char* name :
         {"cifar10-simple", "cifar10-threeconv", "cifar10-batchnorm", "cifar10-resnet", "fashion-augmented",
          "fashion-dense", "fashion-cnn", "fashion-cnn-k5", "fashion-cnn-k7", "lines"})
        EXPECT_NE(std::find(names.begin(), names.end(), name), names.end()) << name;
}

TEST(Experiments, an_unknown_one_is_answered_with_the_nearest_name) {
    EXPECT_EQ(message_of(ErrorCode::unknown_name, [] { (void)experiment_json("fashion-cn"); }),
              "experiment: \"fashion-cn\" is not known; did you mean \"fashion-cnn\"?");
}

TEST(Experiments, broken_json_is_located) {
    EXPECT_EQ(message_of(ErrorCode::bad_file,
                         [] { (void)parse_json("{\n  \"a\": 1,\n  \"b\": }\n}", "mine.json"); }),
              "mine.json: is not JSON at line 3; look there for a missing comma, quote or bracket");
    EXPECT_EQ(message_of(ErrorCode::bad_file, [] { (void)parse_json("", "mine.json"); }).substr(0, 31),
              "mine.json: is not JSON at line ");
}

TEST(Experiments, json_nested_beyond_all_reason_is_refused) {
    const auto nested = [](size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
    EXPECT_NO_THROW((void)parse_json(nested(deepest_json), "mine.json"));
    for (const size_t depth : {size_t{deepest_json} + 1, size_t{1000000}})
        EXPECT_EQ(
            message_of(ErrorCode::bad_file, [&] { (void)parse_json("\n" + nested(depth), "mine.json"); }),
            "mine.json: is nested more than 100 deep at line 2; look there for brackets that are not closed");
    const std::string text = R"({"a": ")" + std::string(500, '[') + R"(\"{"})";
    EXPECT_NO_THROW((void)parse_json(text, "mine.json")) << "brackets in a text are none";
}

TEST(Experiments, json_that_is_none_of_the_usual_is_named) {
    const auto refusal = [](const std::string& text) {
        return message_of(ErrorCode::bad_file, [&] { (void)parse_json(text, "mine.json"); });
    };
    EXPECT_EQ(refusal("{\n\"a\": [1e400]}"),
              "mine.json: has the number 1e400 at line 2, which is too large; give a number");
    EXPECT_EQ(refusal(std::string("\xFE\xFF\0{", 4)), "mine.json: is text in UTF-16; save it as UTF-8");
    EXPECT_EQ(refusal(std::string("{\0}\0", 4)), "mine.json: is text in UTF-16; save it as UTF-8");
    EXPECT_EQ(refusal("{\"a\":\n\"\xE1\"}"), "mine.json: is no UTF-8 at line 2; save it as UTF-8");
    std::string fields = "{";
    for (int i = 0; i < most_json_fields; ++i) fields += "\"" + std::to_string(i) + "\": {\"a\": 1},";
    EXPECT_EQ(refusal(fields + "\"x\": 1}"),
              "mine.json: has an object with more than 1000 fields at line 1; give an object only the fields "
              "that it "
              "has");
    EXPECT_NO_THROW((void)parse_json(fields.substr(0, fields.size() - 1) + "}", "mine.json"));
    EXPECT_NO_THROW((void)parse_json("\xEF\xBB\xBF{\"a\": \"r\xC3\xA1\"}", "mine.json"));
}

TEST(Experiments, thousands_of_layers_are_refused_before_memory_is_taken) {
    Json json = Json::parse(R"({"name": "x", "dataset": "lines", "model": {"layers": []}})");
    for (size_t i = 0; i < ModelSpec::most_layers + 1; ++i) json["model"]["layers"].push_back("relu");
    EXPECT_EQ(message_of(ErrorCode::out_of_range, [&] { (void)Experiment::parse(json, "mine"); }),
              "mine.model.layers: has 1001 layers; give at most 1000");
}

namespace {

Json after(const std::string& path, const std::string& text) {
    Json json = Json::parse(
        R"({"optimizer": "adam", "train": {"epochs": 3}, "model": {"layers": [{"type": "relu"}, {"type": "conv2d", "kernel": 3}]}})");
    set_by_path(json, path, text);
    return json;
}

std::string parse_rejection(ErrorCode code, const std::string& path) {
    return message_of(code, [&] { (void)after(path, "1"); });
}

}  // namespace

TEST(SetByPath, reads_numbers_as_people_write_them) {
    for (const char* text : {".5", "+.5", "+0.5", "00.50", "5e-1", "0.5", "5.E-1"})
        EXPECT_EQ(after("train.epochs", text)["train"]["epochs"], 0.5) << text;
    EXPECT_EQ(after("train.epochs", "-.5")["train"]["epochs"], -0.5);
    EXPECT_EQ(after("train.epochs", "+007")["train"]["epochs"], 7);
    EXPECT_TRUE(after("train.epochs", "null")["train"]["epochs"].is_null());
    for (const char* text : {".", "+", "1e", "e5", "1.2.3", "0x10", "nan", "1 2", "--5"})
        EXPECT_EQ(after("train.epochs", text)["train"]["epochs"], text);
    EXPECT_EQ(message_of(ErrorCode::wrong_type, [] { (void)after("name", "r\xE1t"); }),
              "name: is given a text that is no UTF-8; write it in UTF-8");
}

TEST(SetByPath, sets_what_a_path_names) {
    EXPECT_EQ(after("train.epochs", "5")["train"]["epochs"], 5);
    EXPECT_EQ(after("model.layers[1].kernel", "[3, 5]")["model"]["layers"][1]["kernel"],
              Json::parse("[3, 5]"));
    EXPECT_EQ(after("model.layers.1.kernel", "5")["model"]["layers"][1]["kernel"], 5);
    EXPECT_EQ(after("model.layers[0]", R"({"type": "tanh"})")["model"]["layers"][0]["type"], "tanh");
    EXPECT_EQ(after("augment.padding", "reflect")["augment"]["padding"], "reflect")
        << "text needs no quotes, missing objects appear";
    EXPECT_EQ(after("train.shuffle", "false")["train"]["shuffle"], false);
    EXPECT_EQ(after("optimizer.lr", "0.01")["optimizer"], Json::parse(R"({"type": "adam", "lr": 0.01})"))
        << "a bare name gains fields";
    EXPECT_EQ(after("train", R"({"epochs": 9})")["train"], Json::parse(R"({"epochs": 9})"));
}

TEST(SetByPath, says_what_is_wrong_with_a_path) {
    EXPECT_EQ(parse_rejection(ErrorCode::out_of_range, "model.layers[2].kernel"),
              "model.layers[2].kernel: points past a list of 2; count from 0");
    EXPECT_EQ(parse_rejection(ErrorCode::unknown_name, "model.layers[one].kernel"),
              "model.layers[one].kernel: has no whole number between brackets; write a path such as "
              "optimizer.lr or model.layers[3].kernel");
    for (const char* path : {"", ".", "train..epochs", "model.layers[", "model.layers[]", "model.layers[-1]",
                             "model.layers[99999999999999999999]", "train.epochs.more"})
        parse_rejection(ErrorCode::unknown_name, path);
    parse_rejection(ErrorCode::out_of_range, "train[0]");
}

TEST(SetByPath, what_it_set_is_checked_by_parsing) {
    Json json = experiment_json("fashion-cnn");
    set_by_path(json, "optimizer.lrr", "0.1");
    EXPECT_EQ(message_of(ErrorCode::unknown_name, [&] { (void)Experiment::parse(json); }),
              "optimizer: has no field \"lrr\"; did you mean \"lr\"?");
}

TEST(Names, are_listed_as_people_write_them) {
    EXPECT_EQ(list_of({}), "");
    EXPECT_EQ(list_of({"a"}), "a");
    EXPECT_EQ(list_of({"a", "b"}), "a or b");
    EXPECT_EQ(list_of({"a", "b", "c"}), "a, b or c");
}

TEST(Names, the_nearest_one_is_suggested) {
    EXPECT_EQ(suggest("strid", {"padding", "stride"}).english(), "did you mean \"stride\"?");
    EXPECT_EQ(suggest("xyzxyz", {"padding", "stride"}).english(), "use one of padding or stride");
    EXPECT_EQ(suggest("x", {}).english(), "there are none");
}

}  // namespace cnnlab
