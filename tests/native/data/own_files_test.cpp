#include "native/data/own_files.hpp"

#include <gtest/gtest.h>

#include "engine/data/array.hpp"
#include "engine/data/npy.hpp"
#include "native/data/dataset_store.hpp"
#include "native/data/matlab.hpp"
#include "native/pictures/picture_file.hpp"
#include "tests/errors.hpp"
#include "tests/native/data/packed.hpp"
#include "tests/native/temporary_folder.hpp"
#include "tests/paths.hpp"

namespace cnnlab {
namespace {

namespace fs = std::filesystem;
using test::Bytes;
using test::expect_error;
using test::TemporaryFolder;

/// Files that tests/data/fixtures/make_matlab.py and make_arrays.py have written.
fs::path written(const std::string& name) { return test::source_folder() / "tests/data/fixtures" / name; }

/// The images of an experiment whose data set is `folder`.
Dataset load(const fs::path& place) {
    DataOptions options;
    options.directory = place;
    return load_dataset(DataSpec::named("folder"), options);
}

TEST(OwnFiles, ArraysOfNumPyAreAFolderOfOnesOwn) {
    const TemporaryFolder folder;
    const Bytes images = read_file(written("arrays/u1.npy")),
                labels = read_file(written("arrays/labels.npy"));
    write_file(folder / "mine.npz", test::zip({{"x_train.npy", images},
                                               {"y_train.npy", labels},
                                               {"x_test.npy", images},
                                               {"y_test.npy", labels},
                                               {"notes.txt", {1}}}));
    const Dataset data = load(folder / "mine.npz");
    EXPECT_EQ(data.card.name, "folder");
    EXPECT_EQ(data.card.image, ImageShape(2, 2, 1));
    EXPECT_EQ(data.train.labels, (std::vector<int32_t>{0, 1, 1, 2}));
    ASSERT_EQ(data.report.unused.size(), 1U);
    EXPECT_EQ(data.report.unused[0].path, "mine.npz/notes.txt");
    EXPECT_TRUE(are_own_files(folder.path(), {}));
    // a second set beside it: nobody knows which one is meant
    fs::copy_file(folder / "mine.npz", folder / "other.npz");
    expect_error(
        ErrorCode::bad_file, [&] { (void)load(folder.path()); }, "other.npz/x_train.npy", "another data set");
}

TEST(OwnFiles, PicturesStayAFolderOfPictures) {
    const TemporaryFolder folder;
    for (const char* name : {"a/1.png", "a/2.png", "b/1.png", "b/2.png"})
        write_png(folder / name, Image(4, 4, 3, name[0] == 'a' ? 10 : 200));
    // what lies beside them is not opened
    write_file(folder / "broken.zip", std::string_view("PK but no more"));
    write_file(folder / "labels.mat", std::string_view("no MATLAB"));
    EXPECT_FALSE(are_own_files(folder.path(), {}));
    EXPECT_EQ(load(folder.path()).card.classes, (std::vector<std::string>{"a", "b"}));
}

TEST(OwnFiles, CifarForPythonLiesWhereTheBinaryVersionMay) {
    const TemporaryFolder folder;
    std::vector<std::pair<std::string, Bytes>> files;
    for (const std::string name : {"batches.meta", "data_batch_1", "test_batch"})
        files.emplace_back("cifar-10-batches-py/" + name, read_file(written("arrays/" + name)));
    const fs::path archive = folder / "cifar10" / "cifar-10-python.tar.gz";
    write_file(archive, test::gzip(test::tar(files)));
    DataOptions options;
    options.usual = folder.path();
    options.offline = true;
    const auto counts = [&] {
        const Dataset data = load_dataset(DataSpec::named("cifar10"), options);
        return std::pair(data.train.count(), data.test.count());
    };
    const auto packed = counts();
    EXPECT_GT(packed.first, 0);
    EXPECT_GT(packed.second, 0);
    // unpacked, as torchvision leaves it
    fs::remove(archive);
    for (const auto& [name, bytes] : files) write_file(folder / "cifar10" / name, bytes);
    EXPECT_EQ(counts(), packed);
}

class Matlab : public testing::Test {
  protected:
    void SetUp() override {
        if (!reads_matlab) GTEST_SKIP() << "built without matio";
    }
};

TEST_F(Matlab, EveryTypeOfNumbersAndNothingElse) {
    const std::vector<std::string> names = matlab_arrays(written("matlab/kinds.mat"));
    EXPECT_EQ(names, (std::vector<std::string>{"a_u1", "a_i1", "a_u2", "a_i2", "a_u4", "a_i4", "a_u8", "a_i8",
                                               "a_f4", "a_f8"}));
    const Bytes small{0, 1, 2, 3, 10, 11, 12, 13, 20, 21, 22, 23, 30, 31, 32, 33};
    for (const std::string& name : names) {
        PixelRange range;
        const Array array = read_npy(matlab_as_npy(written("matlab/kinds.mat"), name), name);
        const ImageArray images = images_of(array, 4, range, name);
        EXPECT_EQ(images.shape, ImageShape(2, 2, 1)) << name;
        EXPECT_EQ(images.pixels, small) << name;
    }
    expect_error(
        ErrorCode::missing_data, [] { (void)matlab_as_npy(written("matlab/kinds.mat"), "a_u3"); }, "a_u3");
}

TEST_F(Matlab, SvhnHasItsDigitsUpright) {
    const TemporaryFolder folder;
    for (const char* name : {"train_32x32.mat", "test_32x32.mat"})
        fs::copy_file(written("matlab") / name, folder / name);
    const Dataset data = load(folder.path());
    EXPECT_EQ(data.card.title, "SVHN");
    EXPECT_EQ(data.card.image, ImageShape(32, 32, 3));
    EXPECT_EQ(data.card.classes[0], "0");
    // 10 is the digit 0; images lie in the order of their classes
    EXPECT_EQ(data.train.labels, (std::vector<int32_t>{0, 1, 3}));
    EXPECT_EQ(data.test.labels, (std::vector<int32_t>{0, 2}));
    const auto pixel = [&](int64_t n, int64_t row, int64_t column, int64_t channel) {
        return data.train.images[static_cast<size_t>(((n * 32 + row) * 32 + column) * 3 + channel)];
    };
    EXPECT_EQ(pixel(1, 0, 0, 0), 7);  // the file's first image
    EXPECT_EQ(pixel(1, 5, 0, 2), 5 + 128 + 7);
    EXPECT_EQ(pixel(1, 0, 5, 2), 128);
    EXPECT_EQ(pixel(0, 31, 1, 1), 40 + 31 + 64);
    fs::remove(folder / "test_32x32.mat");
    expect_error(
        ErrorCode::missing_data, [&] { (void)load(folder.path()); }, "test_32x32.mat", "is missing");
}

TEST_F(Matlab, ThatOfVersion4HasRowsOfLabels) {
    const Dataset data = load(written("matlab/old.mat"));
    EXPECT_EQ(data.card.title, "old");
    EXPECT_EQ(data.card.classes, (std::vector<std::string>{"1", "2"}));
    EXPECT_EQ(data.train.count() + data.test.count(), 4);
}

TEST_F(Matlab, ThatOfCifar10IsRefusedByName) {
    const TemporaryFolder folder;
    fs::copy_file(written("matlab/kinds.mat"), folder / "batches.meta.mat");
    expect_error(
        ErrorCode::bad_file, [&] { (void)load(folder.path()); }, "batches.meta.mat", "Matlab version");
}

TEST_F(Matlab, WhatIsNoneOrCutIsRefused) {
    const TemporaryFolder folder;
    write_file(folder / "a.mat", std::string_view("a text"));
    expect_error(
        ErrorCode::bad_file, [&] { (void)load(folder / "a.mat"); }, "a.mat", "no MATLAB file");
    const Bytes whole = read_file(written("matlab/train_32x32.mat"));
    const auto refused = [&](const Bytes& bytes) {
        write_file(folder / "cut.mat", bytes);
        expect_error(
            ErrorCode::bad_file, [&] { (void)matlab_as_npy(folder / "cut.mat", "X"); }, "cut.mat", "damaged");
    };
    refused({whole.begin(), whole.begin() + 400});
    // What is listed is all there: an array that was cut off is not called missing.
    expect_error(
        ErrorCode::bad_file, [&] { (void)matlab_arrays(folder / "cut.mat"); }, "cut.mat", "damaged");
    write_file(folder / "cut.mat", whole);
    EXPECT_EQ(matlab_arrays(folder / "cut.mat"), (std::vector<std::string>{"X", "y"}));
    Bytes wrong = whole;
    wrong[450] ^= 1U;
    refused(wrong);
}

}  // namespace
}  // namespace cnnlab
