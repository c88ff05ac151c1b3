// What `explain` writes, and what it says to a mistake.

#include "native/pictures/picture_file.hpp"
#include "tests/cli/program.hpp"

namespace cnnlab::test {
namespace {

namespace fs = std::filesystem;

/// Two classes that differ in where the picture is bright.
class Explained : public CommandLine {
  protected:
    void SetUp() override {
        CommandLine::SetUp();
        for (int i = 0; i < 12; ++i)
            for (const bool left : {true, false})
                write_png(folder_ / "pictures" / (left ? "left" : "right") / (std::to_string(i) + ".png"),
                          bright(left, i));
        write(
            "own.json",
            R"({"name": "sides", "dataset": {"name": "folder", "directory": "pictures", "size": 12, "grey": true},
              "model": {"layers": [{"type": "conv2d", "out_channels": 6, "padding": 1, "name": "map"}, {"type": "relu"},
                {"type": "max_pool2d"}, {"type": "flatten"}, {"type": "dense", "out_features": 2}]},
              "optimizer": {"type": "adam", "lr": 0.01}, "train": {"epochs": 40, "batch": 6}})");
        succeed({"train", "own.json", "--run", "sides"});
    }

    static Image bright(bool left, int i) {
        Image image(12, 12, 1, 30);
        for (int y = 2; y < 10; ++y)
            for (int x = 0; x < 4; ++x)
                *image.at(y, left ? x + 1 : x + 7) = static_cast<uint8_t>(200 + 4 * i);
        return image;
    }
};

TEST_F(Explained, PicturesAndUnitsAreOnOnePage) {
    write_png(folder_ / "one.png", bright(true, 3));
    const Json json = succeed({"explain", "sides", "one.png", "pictures/right/2.png", "--units", "map",
                               "--count", "4", "--json"})
                          .json();
    EXPECT_EQ(json["layer"], "max_pool2d_1");
    ASSERT_EQ(json["pictures"].size(), 2U);
    EXPECT_EQ(json["pictures"][0]["class"], "left");
    EXPECT_EQ(json["pictures"][1]["explained"], "right");
    // what speaks for "left" lies in the left half of the map of 6 × 6
    double left = 0, right = 0;
    for (const Json& row : json["pictures"][0]["map"])
        for (size_t x = 0; x < row.size(); ++x) (x < 3 ? left : right) += row[x].get<double>();
    EXPECT_GT(left, right);
    ASSERT_EQ(json["units"].size(), 4U);
    EXPECT_EQ(json["units"][3]["images"].size(), 4U) << "all test images: there are four";
    EXPECT_EQ(json["report"], "sides/explain.html");
    const std::string page = read("sides/explain.html");
    for (const char* word :
         {"What sides looks at", "one.png", "speaks for left", "What excites the units of map"})
        EXPECT_TRUE(contains(page, word)) << word;
    EXPECT_FALSE(contains(page, "http://")) << "it needs no other file";
    EXPECT_FALSE(contains(page, "https://"));
}

TEST_F(Explained, AnotherClassAndAnotherLayerAreFinal) {
    write_png(folder_ / "one.png", bright(true, 3));
    const Json json = succeed({"explain", "sides/model.safetensors", "one.png", "--class", "right", "--layer",
                               "map", "--out", "page.html", "--json"})
                          .json();
    EXPECT_EQ(json["pictures"][0]["class"], "left");
    EXPECT_EQ(json["pictures"][0]["explained"], "right");
    EXPECT_EQ(json["pictures"][0]["map"].size(), 12U);
    EXPECT_TRUE(fs::exists(folder_ / "page.html"));
    EXPECT_FALSE(fs::exists(folder_ / "sides/explain.html"));
}

TEST_F(Explained, MistakesAreNamedAndWriteNothing) {
    write_png(folder_ / "one.png", bright(false, 1));
    fail(2, {"explain", "sides"}, {"IMAGE or --units"});
    fail(2, {"explain", "sides", "--class", "left", "--units"}, {"IMAGE", "--class"});
    fail(1, {"explain", "sides", "one.png", "--class", "lft"}, {"--class lft", "left"});
    fail(1, {"explain", "sides", "one.png", "--layer", "mop"}, {"mop", "map"});
    fail(1, {"explain", "sides", "one.png", "--layer", "dense_1"}, {"dense_1", "no map"});
    fail(1, {"explain", "sides", "one.png", "--out", "page.png"}, {"--out page.png", ".html"});
    fail(1, {"explain", "sides/model.safetensors", "one.png"}, {"--out"});
    EXPECT_FALSE(fs::exists(folder_ / "sides/explain.html"));
    write("text.png", "no picture");
    fail(1, {"explain", "sides", "one.png", "text.png"}, {"text.png"});
    EXPECT_TRUE(fs::exists(folder_ / "sides/explain.html")) << "the good picture is explained";
}

}  // namespace
}  // namespace cnnlab::test
