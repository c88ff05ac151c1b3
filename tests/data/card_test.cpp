#include "engine/data/card.hpp"

#include <gtest/gtest.h>

#include "engine/core/embedded.hpp"
#include "engine/core/spec.hpp"
#include "tests/errors.hpp"

namespace cnnlab {
namespace {

using test::expect_error;

Json small_card() {
    return Json::parse(R"({
        "name": "small", "title": "Small", "licence": "MIT", "source": "here", "format": "idx",
        "image": {"height": 2, "width": 3, "channels": 1}, "classes": ["a", "b"], "mean": [0.5], "stddev": [0.25],
        "files": [{"name": "f.gz", "url": "http://example.org/f.gz", "bytes": 12,
                   "sha256": "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84"}]})");
}

DatasetCard parse(const Json& json) { return parse_card(json.dump(), "card.json"); }

TEST(Card, ReadsEveryField) {
    const DatasetCard card = parse(small_card());
    EXPECT_EQ(card.name, "small");
    EXPECT_EQ(card.image.height, 2);
    EXPECT_EQ(card.image.width, 3);
    EXPECT_EQ(card.image.channels, 1);
    EXPECT_EQ(card.classes, (std::vector<std::string>{"a", "b"}));
    EXPECT_EQ(card.stddev, std::vector<float>{0.25F});
    ASSERT_EQ(card.files.size(), 1U);
    EXPECT_EQ(card.files[0].bytes, 12);
}

TEST(Card, ReadsBackWhatItWrites) {
    for (const DatasetCard& card : built_in_cards()) {
        const std::string text = to_json(card);
        EXPECT_EQ(to_json(parse_card(text, card.name)), text);
        EXPECT_EQ(parse_card(text, card.name).files, card.files);
    }
}

TEST(Card, TheBuiltInOnesAreThere) {
    for (const char* name : {"fashion-mnist", "cifar10", "lines", "folder"})
        EXPECT_EQ(find_card(name).name, name);
    // A card stands in the folder of its name.
    for (const embedded::File& file : embedded::dataset_cards())
        EXPECT_EQ(parse_card(file.text, "").name, file.name);
    EXPECT_EQ(find_card("fashion-mnist").files.size(), 4U);
}

TEST(Card, UnknownNameSuggestsTheNearest) {
    expect_error(
        ErrorCode::unknown_name, [] { find_card("fashion-minst"); }, "fashion-minst", "fashion-mnist");
    expect_error(
        ErrorCode::unknown_name, [] { find_card(""); }, "cifar10");
}

TEST(Card, EveryMissingFieldIsNamed) {
    for (const char* field :
         {"name", "title", "licence", "source", "format", "image", "classes", "mean", "stddev", "files"}) {
        Json json = small_card();
        json.erase(field);
        expect_error(
            ErrorCode::wrong_type, [&] { parse(json); }, "card.json", field);
    }
}

TEST(Card, BadFieldsAreNamed) {
    const auto with = [](const char* pointer, Json value) {
        Json json = small_card();
        json[Json::json_pointer(pointer)] = std::move(value);
        return [json] { parse(json); };
    };
    expect_error(ErrorCode::unknown_name, with("/means", 1), "means");
    expect_error(ErrorCode::unknown_name, with("/files/0/md5", "x"), "files[0]", "md5");
    expect_error(ErrorCode::wrong_type, with("/name", 3), "card.json.name");
    expect_error(ErrorCode::wrong_type, with("/classes", "a, b"), "classes");
    expect_error(ErrorCode::wrong_type, with("/classes/1", 7), "classes[1]");
    expect_error(ErrorCode::wrong_type, with("/mean/0", "half"), "mean[0]");
    expect_error(ErrorCode::wrong_type, with("/image/height", 2.5), "image.height");
    expect_error(ErrorCode::wrong_type, with("/image", Json::array({2, 3, 1})), "image");
    expect_error(ErrorCode::out_of_range, with("/image/width", 0), "image.width");
    expect_error(ErrorCode::out_of_range, with("/image/width", 1e18), "image.width");
    expect_error(ErrorCode::out_of_range, with("/stddev/0", 0), "stddev[0]");
    expect_error(ErrorCode::shape_mismatch, with("/mean", Json::array({0.1, 0.2})), "card.json.mean", "2");
    expect_error(ErrorCode::out_of_range, with("/classes", Json::array({"a", "a"})), "classes", "twice");
    expect_error(ErrorCode::out_of_range, with("/files/0/sha256", "abc"), "files[0].sha256");
    expect_error(ErrorCode::out_of_range, with("/files/0/name", "../f"), "files[0].name");
    expect_error(ErrorCode::out_of_range, with("/name", ""), "card.json.name");
}

TEST(Card, TextThatIsNoJson) {
    for (const char* text : {"", "{", "{\"name\": }", "\xff\xfe"}) {
        expect_error(
            ErrorCode::bad_file, [&] { parse_card(text, "card.json"); }, "card.json");
    }
    expect_error(
        ErrorCode::wrong_type, [] { parse_card("[]", "card.json"); }, "card.json");
}

TEST(Card, ClassNamesInAnyEncodingCanBePrinted) {
    DatasetCard card = parse(small_card());
    card.classes[0] = "caf\xe9";
    EXPECT_EQ(parse_card(to_json(card), "card").classes[1], "b");
}

}  // namespace
}  // namespace cnnlab
