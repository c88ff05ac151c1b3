#include "engine/data/folder.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <set>

#include "engine/core/spec.hpp"
#include "tests/errors.hpp"
#include "tests/paths.hpp"

namespace cnnlab {
namespace {

using test::expect_error;
using Paths = std::vector<std::string>;

FolderPlan plan(const Paths& paths, const datasets::Folder& spec = {}) {
    return plan_folder(paths, spec, "pets");
}

Paths chosen(const std::vector<FolderPlan::Picture>& pictures, const Paths& paths) {
    Paths result;
    for (const auto& [path, unused] : pictures) result.push_back(paths[path]);
    return result;
}

/// The page's tests hold it to the same file, which tests/data/fixtures/folder_split.py
/// computes from the paper on Philox.
TEST(FolderPlan, DividesAsItIsWrittenDown) {
    std::ifstream file(test::source_folder() / "tests/data/fixtures/folder_split.json");
    const Json fixture = Json::parse(file);
    const auto paths = fixture.at("paths").get<Paths>();
    for (const Json& wanted : fixture.at("cases")) {
        datasets::Folder spec;
        read_fields(wanted.at("spec"), spec, "spec");
        const FolderPlan found = plan(paths, spec);
        EXPECT_EQ(found.classes, fixture.at("classes").get<Paths>());
        for (const auto& [split, pictures] : {std::pair{"train", &found.train}, {"test", &found.test}}) {
            Paths expected;
            for (const auto& path : wanted.at(split).get<Paths>())
                expected.push_back(fixture.at("root").get<std::string>() + "/" + path);
            EXPECT_EQ(chosen(*pictures, paths), expected) << wanted.at("spec") << " " << split;
        }
        for (const auto& [path, label] : found.train)
            EXPECT_NE(paths[path].find(found.classes[static_cast<size_t>(label)]), std::string::npos);
    }
}

TEST(FolderPlan, IsTheSameForPathsInAnyOrder) {
    Paths paths;
    for (const char* name : {"b", "a"})
        for (int i = 0; i < 9; ++i) paths.push_back(std::string(name) + "/" + std::to_string(i) + ".png");
    const FolderPlan first = plan(paths);
    Paths turned(paths.rbegin(), paths.rend());
    EXPECT_EQ(chosen(plan(turned).test, turned), chosen(first.test, paths));
    EXPECT_EQ(first.test.size(), 4U);
}

TEST(FolderPlan, TakesTrainAndTestAsTheyAre) {
    const Paths paths{"p/Train/a/1", "p/Train/b/2", "p/TEST/b/3", "p/TEST/a/4", "p/Train/read.me"};
    const FolderPlan found = plan(paths);
    EXPECT_EQ(found.classes, (Paths{"a", "b"}));
    EXPECT_EQ(chosen(found.train, paths), (Paths{"p/Train/a/1", "p/Train/b/2"}));
    EXPECT_EQ(chosen(found.test, paths), (Paths{"p/TEST/a/4", "p/TEST/b/3"}));
}

TEST(FolderPlan, PicturesBesideTheClassesAreNobodys) {
    const Paths paths{"pets/1.png", "pets/2.png", "pets/cats/1", "pets/cats/2", "pets/dogs/1", "pets/dogs/2"};
    EXPECT_EQ(plan(paths).classes, (Paths{"cats", "dogs"}));
}

TEST(FolderPlan, LayoutsThatItDoesNotTake) {
    const auto wrong = [](const Paths& paths, const auto&... words) {
        expect_error(
            ErrorCode::missing_data, [&] { (void)plan(paths); }, words...);
    };
    wrong({}, "pets: holds 0 class folders", "two sub-folders");
    wrong({"1.png", "2.png"}, "holds 0 class folders");
    wrong({"a/1.png", "a/2.png"}, "pets: holds 1 class folder");
    wrong({"a/1", "a/2", "b/"}, "pets/b: holds no images");
    wrong({"a/1", "a/2", "b/1"}, "pets/b: holds a single image", "test_share");
    wrong({"a/1", "a/2", "b/1", "b/inner/2"}, "pets/b/inner: is a folder inside the class \"b\"");
    wrong({"train/a/1", "train/b/1", "val/a/1", "val/b/1"},
          "train/a: is a folder inside the class \"train\"");
    wrong({"train/a/1", "train/b/1", "test/a/1", "test/c/1"}, "train/ and test/ have different classes");
    datasets::Folder spec;
    spec.size = 2;
    expect_error(
        ErrorCode::out_of_range,
        [&] {
            (void)plan({"a/1", "b/1"}, spec);
        },
        "data.size");
}

TEST(FolderCard, SaysWhatThePicturesAre) {
    datasets::Folder spec;
    spec.size = Pair(4, 5);
    spec.grey = true;
    const Split train{std::vector<uint8_t>(40, 51), {0, 1}}, test{std::vector<uint8_t>(20, 0), {1}};
    const DatasetCard card = folder_card(spec, {"a", "b"}, train, test);
    EXPECT_EQ(card.image.count(), 20);
    EXPECT_EQ(card.mean, std::vector<float>{0.2F});
    EXPECT_EQ(card.stddev, std::vector<float>{1.0F / 255.0F}) << "one flat colour has one to divide by";
    EXPECT_EQ(card.train_count, 2);
    EXPECT_EQ(card.test_count, 1);
}

}  // namespace
}  // namespace cnnlab
