#include "engine/data/idx_names.hpp"

#include <gtest/gtest.h>

#include "engine/data/own_card.hpp"
#include "tests/errors.hpp"

namespace cnnlab {
namespace {

using Paths = std::vector<std::string>;
using test::expect_error;

TEST(IdxNames, TakesOffTheMarksOfCopies) {
    for (const char* name : {"x.gz", "X.gz", "x (1).gz", "x(12).gz", "x.gz (1)", "x - Copy.gz", "x copy.gz",
                             "x copy 3.gz", "x - copia.gz"})
        EXPECT_EQ(plain_name(name), "x.gz") << name;
    EXPECT_EQ(plain_name("data_batch_1.bin"), "data_batch_1.bin");
    EXPECT_EQ(plain_name("cifar-10-binary.tar (1).gz"), "cifar-10-binary.tar.gz");
    EXPECT_EQ(plain_name("copy 3"), "copy 3");
    EXPECT_EQ(plain_name("(1)"), "");
}

TEST(IdxNames, FindsFilesByRole) {
    const auto roles = [](const Paths& paths) {
        std::string text;
        for (const auto& file : find_idx_files(paths).found) text += file ? std::to_string(*file) : "-";
        return text;
    };
    EXPECT_EQ(roles({"t10k-labels.idx1-ubyte", "a.png", "train-images-idx3-ubyte.gz",
                     "T10K_images.idx3_ubyte", "train-labels-idx1-ubyte"}),
              "2430");
    EXPECT_EQ(roles({"qmnist-train-images-idx3-ubyte.gz", "qmnist-train-labels-idx2-int.gz",
                     "qmnist-test-images-idx3-ubyte.gz", "qmnist-test-labels-idx2-int.gz"}),
              "0123");
    EXPECT_EQ(roles({"train-images.png", "train-images-idx4-ubyte", "xtrain-images-idx3-ubyte", "train"}),
              "----");
    // the packed one without a mark counts
    EXPECT_EQ(
        roles({"train-images-idx3-ubyte (1).gz", "train-images-idx3-ubyte", "train-images-idx3-ubyte.gz"}),
        "2---");
    EXPECT_EQ(find_idx_files(Paths{"kmnist-train-labels-idx1-ubyte"}).name_of(IdxFiles::test_images),
              "kmnist-test-images-idx3-ubyte.gz");
    EXPECT_EQ(find_idx_files(Paths{"train-labels-idx1-ubyte"}).name_of(IdxFiles::test_images),
              "t10k-images-idx3-ubyte.gz");
}

TEST(IdxNames, DoesNotMixTwoDataSets) {
    expect_error(
        ErrorCode::bad_file,
        [] {
            (void)find_idx_files(Paths{"emnist-digits-train-images-idx3-ubyte", "train-labels-idx1-ubyte"});
        },
        "train-labels-idx1-ubyte: is of another data set than emnist-digits-train-images-idx3-ubyte");
    expect_error(
        ErrorCode::bad_file,
        [] {
            (void)find_idx_files(Paths{"a/train-images-idx3-ubyte", "b/train-images-idx3-ubyte"});
        },
        "b/train-images-idx3-ubyte");
    EXPECT_EQ(find_idx_files(Paths{"x-train-images-idx3-ubyte", "train-images-idx3-ubyte"}, "").found[0], 1U);
}

Dataset labelled(std::vector<std::string> classes, std::vector<int32_t> labels) {
    Dataset data;
    data.card.classes = std::move(classes);
    data.train.labels = std::move(labels);
    data.origin = "mine";
    return data;
}

TEST(AdoptClasses, FillsGapsByName) {
    Dataset data = labelled({"a", "c"}, {0, 1, 1});
    data.card.format = datasets::Folder{};
    adopt_classes(data, {"a", "b", "c"});
    EXPECT_EQ(data.train.labels, (std::vector<int32_t>{0, 2, 2}));
    EXPECT_EQ(data.card.classes.size(), 3U);
    Dataset other = labelled({"a", "d"}, {0, 1});
    other.card.format = datasets::Folder{};
    expect_error(
        ErrorCode::missing_data,
        [&] {
            adopt_classes(other, {"a", "b"});
        },
        "mine", "\"d\"", "a or b");
}

TEST(AdoptClasses, LabelsOfFilesAreNumbers) {
    Dataset data = labelled({"0", "1", "2"}, {2, 0});
    adopt_classes(data, {"shirt", "coat", "bag", "boot"});
    EXPECT_EQ(data.train.labels, (std::vector<int32_t>{2, 0}));
    EXPECT_EQ(data.card.classes[2], "bag");
    Dataset more = labelled({"0", "1", "2"}, {2, 0});
    expect_error(
        ErrorCode::missing_data,
        [&] {
            adopt_classes(more, {"shirt", "coat"});
        },
        "\"2\"");
}

}  // namespace
}  // namespace cnnlab
