#include "native/data/image_folder.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "native/data/dataset_store.hpp"
#include "native/pictures/picture_file.hpp"
#include "tests/errors.hpp"
#include "tests/native/data/packed.hpp"
#include "tests/native/temporary_folder.hpp"

namespace cnnlab {
namespace {

namespace fs = std::filesystem;
using test::expect_error;
using test::fixture;
using test::TemporaryFolder;

class ImageFolder : public testing::Test {
  public:
    TemporaryFolder folder;
    datasets::Folder spec;

    /// `count` flat images whose value is `base` + their number.
    void add_class(const fs::path& name, int count, int base) const {
        for (int i = 0; i < count; ++i) {
            const std::string number = std::to_string(1000 + i);
            write_png(folder / name / (number + ".png"), Image(6, 9, 3, static_cast<uint8_t>(base + i)));
        }
    }
    Dataset read() const { return read_image_folder(folder.path(), spec); }

    /// The first value of every image.
    static std::vector<int> values(const Split& split, const DatasetCard& card) {
        std::vector<int> result;
        for (int64_t i = 0; i < split.count(); ++i)
            result.push_back(split.images[static_cast<size_t>(i * card.image.count())]);
        return result;
    }
};

TEST_F(ImageFolder, DividesEveryClassBySeed) {
    add_class("dogs", 20, 100);
    add_class("cats", 10, 10);
    const Dataset data = read();
    EXPECT_EQ(data.card.classes, (std::vector<std::string>{"cats", "dogs"}));
    EXPECT_EQ(data.card.image.height, 32);
    EXPECT_EQ(data.card.image.channels, 3);
    EXPECT_EQ(data.train.count(), 24);
    EXPECT_EQ(data.test.count(), 6);
    EXPECT_EQ(std::count(data.test.labels.begin(), data.test.labels.end(), 0), 2);
    const auto train = values(data.train, data.card), test = values(data.test, data.card);
    EXPECT_TRUE(std::is_sorted(train.begin(), train.end()));
    std::set<int> all(train.begin(), train.end());
    all.insert(test.begin(), test.end());
    EXPECT_EQ(all.size(), 30U);  // no image is in both
    for (size_t i = 0; i < train.size(); ++i) EXPECT_EQ(data.train.labels[i], train[i] >= 100 ? 1 : 0);

    EXPECT_EQ(values(read().test, data.card), test);
    spec.seed = 1;
    EXPECT_NE(values(read().test, data.card), test);
}

TEST_F(ImageFolder, TakesTrainAndTestAsTheyAre) {
    add_class("train/a", 3, 10);
    add_class("train/b", 2, 50);
    add_class("test/a", 1, 90);
    add_class("test/b", 2, 120);
    const Dataset data = read();
    EXPECT_EQ(values(data.train, data.card), (std::vector<int>{10, 11, 12, 50, 51}));
    EXPECT_EQ(data.test.labels, (std::vector<int32_t>{0, 1, 1}));
    fs::remove_all(folder / "test/b");
    add_class("test/c", 2, 120);
    expect_error(
        ErrorCode::missing_data, [&] { read(); }, folder.path().string(), "train/ has what test/ lacks: b",
        "test/ has a, c");
}

TEST_F(ImageFolder, MeanAndStddevAreThoseOfTheTrainingImages) {
    add_class("train/a", 1, 0);
    add_class("train/b", 1, 255);
    add_class("test/a", 1, 7);
    add_class("test/b", 1, 7);
    const DatasetCard card = read().card;
    EXPECT_EQ(card.mean, (std::vector<float>{0.5F, 0.5F, 0.5F}));
    EXPECT_EQ(card.stddev, (std::vector<float>{0.5F, 0.5F, 0.5F}));
}

TEST_F(ImageFolder, AFlatSetHasAStddevToDivideBy) {
    add_class("train/a", 1, 9);
    add_class("train/b", 1, 9);
    add_class("test/a", 1, 9);
    add_class("test/b", 1, 9);
    EXPECT_GT(read().card.stddev[0], 0);
}

TEST_F(ImageFolder, MixesFormatsSizesAndColours) {
    fs::create_directories(folder / "a");
    fs::create_directories(folder / "b");
    for (const auto& file : fs::directory_iterator(fixture("images"))) fs::copy(file.path(), folder / "a");
    fs::copy(fixture("images") / "grey.png", folder / "b/1.png");
    fs::copy(fixture("images") / "rgb.png", folder / "b/2.png");
    for (const bool grey : {false, true}) {
        spec.grey = grey;
        spec.size = Pair(12, 20);
        const Dataset data = read();
        EXPECT_EQ(data.card.image.count(), 240 * (grey ? 1 : 3));
        EXPECT_NO_THROW(check_split(data.train, data.card, "train"));
        EXPECT_NO_THROW(check_split(data.test, data.card, "test"));
        EXPECT_EQ(data.card.mean.size(), grey ? 1U : 3U);
    }
}

TEST_F(ImageFolder, SmallClassesKeepAnImageOnEitherSide) {
    add_class("a", 2, 0);
    add_class("b", 3, 50);
    spec.test_share = 0.01F;
    EXPECT_EQ(read().test.labels, (std::vector<int32_t>{0, 1}));
    spec.test_share = 0.9F;
    EXPECT_EQ(read().train.labels, (std::vector<int32_t>{0, 1}));
    spec.test_share = 0;
    EXPECT_EQ(read().train.count(), 5);
    EXPECT_EQ(read().test.count(), 0);
}

TEST_F(ImageFolder, PassesOverWhatSystemsLeave) {
    add_class("a", 2, 0);
    add_class("b", 2, 50);
    for (const char* name :
         {".DS_Store", "a/.DS_Store", "a/Thumbs.db", "b/desktop.ini", ".git/config", "README.txt"}) {
        write_file(folder / name, std::string_view("x"));
    }
    EXPECT_EQ(read().train.count() + read().test.count(), 4);
}

TEST_F(ImageFolder, FoldersThatAreNoDataSet) {
    expect_error(
        ErrorCode::missing_data, [&] { read_image_folder(folder / "none", spec); }, "none", "no such folder");
    expect_error(
        ErrorCode::missing_data, [&] { read(); }, folder.path().string(), "holds 0 class folders");
    add_class("a", 2, 0);
    expect_error(
        ErrorCode::missing_data, [&] { read(); }, "one class only, \"a\"", "two sub-folders");
    fs::create_directory(folder / "b");
    expect_error(
        ErrorCode::missing_data, [&] { read(); }, (folder / "b").string(), "no images");
    add_class("b", 1, 0);
    expect_error(
        ErrorCode::missing_data, [&] { read(); }, (folder / "b").string(), "single image", "test_share");
}

TEST_F(ImageFolder, FoldersInsideAClassBelongToIt) {
    add_class("a", 2, 0);
    add_class("b/inner", 2, 50);
    const Dataset data = read();
    EXPECT_EQ(data.card.classes, (std::vector<std::string>{"a", "b"}));
    ASSERT_EQ(data.report.notes.size(), 2U);
    EXPECT_NE(data.report.notes[0].english().find("inner"), std::string::npos);
}

TEST_F(ImageFolder, LinksThatLeadRoundInACircleEnd) {
    add_class("a", 2, 0);
    add_class("b", 2, 50);
    fs::create_directory_symlink(folder.path(), folder / "b" / "again");
    EXPECT_EQ(read().train.count(), 2);
}

TEST_F(ImageFolder, FilesThatAreNotUsedAreListed) {
    add_class("a", 2, 0);
    add_class("b", 2, 0);
    write_file(folder / "b/notes.txt", std::string_view("these are notes"));
    write_file(folder / "b/IMG_1.HEIC", std::string_view("of a telephone"));
    add_class(".", 1, 7);
    const Dataset data = read();
    std::string list;
    for (const UnusedFiles& one : data.report.unused) list += one.path + ": " + one.reason.english() + "\n";
    for (const char* words : {"b/notes.txt: is no picture", "b/IMG_1.HEIC: is HEIC", "1000.png: lies beside"})
        EXPECT_NE(list.find(words), std::string::npos) << list;
}

TEST_F(ImageFolder, ArchivesAreReadWhereThereIsNothingElse) {
    const auto picture = [](uint8_t value) { return encode_png(Image(6, 9, 3, value)); };
    const auto pets = test::zip({{"pets/cats/1.png", picture(10)},
                                 {"pets/cats/2.png", picture(11)},
                                 {"pets/dogs/1.png", picture(100)},
                                 {"pets/dogs/2.png", picture(101)}});
    write_file(folder / "train.zip", pets);
    write_file(folder / "test.zip", pets);
    const Dataset data = read();
    EXPECT_EQ(data.card.classes, (std::vector<std::string>{"cats", "dogs"}));
    EXPECT_EQ(data.train.count(), 4);
    EXPECT_EQ(values(data.test, data.card), (std::vector<int>{10, 11, 100, 101}));

    add_class("cats", 2, 10);
    add_class("dogs", 2, 100);
    const Dataset beside = read();
    EXPECT_EQ(beside.train.count() + beside.test.count(), 4);
    ASSERT_EQ(beside.report.unused.size(), 2U);
    EXPECT_EQ(beside.report.unused[0].path, "test.zip");
    EXPECT_NE(beside.report.unused[0].reason.english().find("is an archive"), std::string::npos);
}

TEST_F(ImageFolder, FilesThatAreNoFolderSayWhatTheyAre) {
    const auto refuses = [&](const std::string& name, const std::string& words) {
        expect_error(
            ErrorCode::unsupported, [&] { (void)read_image_folder(folder / name, spec); }, name, words);
    };
    write_png(folder / "cat.png", Image(6, 9, 3, 1));
    refuses("cat.png", "is a single picture");
    write_file(folder / "pets.rar", std::string_view("Rar!\x1A\x07\x01"));
    refuses("pets.rar", "is a RAR archive");
    write_file(folder / "notes.txt", std::string_view("notes"));
    refuses("notes.txt", "is no file of images that is known");
    write_file(folder / "outer.zip", test::zip({{"inner.zip", test::zip({{"a", {1}}})}}));
    refuses("outer.zip", "outer.zip/inner.zip");
}

TEST_F(ImageFolder, ClassesWhoseNamesAreNoUtf8StayDifferent) {
    add_class("rat\xF3n", 2, 10);
    add_class("rat\xE1n", 2, 100);
    EXPECT_EQ(read().card.classes, (std::vector<std::string>{"rat\\xE1n", "rat\\xF3n"}));
}

TEST_F(ImageFolder, BadPicturesAreNamedAllAtOnceOrLeftOut) {
    add_class("a", 4, 0);
    add_class("b", 4, 50);
    write_file(folder / "a/1001.png", std::string_view("no PNG"));
    write_file(folder / "b/1000.png", std::string_view(""));
    fs::remove(folder / "b/1003.png");
    fs::create_directory_symlink("nowhere", folder / "b/1003.png");
    const std::string text = expect_error(
        ErrorCode::bad_file, [&] { read(); }, folder.path().string() + ": 3 pictures cannot be read",
        "a/1001.png", "b/1000.png is empty", "b/1003.png", "skip_bad");
    spec.skip_bad = true;
    const Dataset data = read();
    EXPECT_EQ(data.train.count() + data.test.count(), 5);
    EXPECT_EQ(data.report.unused.size(), 3U);
    for (const char* name : {"a/1000.png", "a/1002.png", "a/1003.png"})
        write_file(folder / name, std::string_view("x"));
    expect_error(
        ErrorCode::missing_data, [&] { read(); }, (folder / "a").string(), "no picture left");
}

TEST_F(ImageFolder, ALayoutIsShownWithoutReadingPictures) {
    write_file(folder / "train/a/1.png", std::string_view("not read"));
    write_file(folder / "train/b/1.jpg", std::string_view("not read"));
    write_file(folder / "val/a/1.png", std::string_view("not read"));
    write_file(folder / "val/b/1.jfif", std::string_view("not read"));
    const FolderListing found = list_image_folder(folder.path(), spec);
    EXPECT_EQ(found.plan.train.size(), 2U);
    EXPECT_EQ(found.plan.test.size(), 2U);
}

TEST_F(ImageFolder, BadParametersAreNamed) {
    add_class("a", 2, 0);
    add_class("b", 2, 0);
    spec.size = 2;
    expect_error(
        ErrorCode::out_of_range, [&] { read(); }, "data.size");
    spec.size = 32;
    spec.test_share = 1;
    expect_error(
        ErrorCode::out_of_range, [&] { read(); }, "data.test_share");
}

TEST_F(ImageFolder, IsADataSetByName) {
    add_class("a", 5, 0);
    add_class("b", 5, 0);
    DataOptions options;
    const DataSpec by_name =
        DataSpec::from_json(Json::parse(R"({"name": "folder", "size": [16, 8], "grey": true})"), "dataset");
    expect_error(
        ErrorCode::missing_data, [&] { load_dataset(by_name, options); }, "folder", "--data");
    options.directory = folder.path();
    const Dataset data = load_dataset(by_name, options);
    EXPECT_EQ(data.card.image.count(), 128);
    EXPECT_EQ(data.origin, folder.path().string());
}

}  // namespace
}  // namespace cnnlab
