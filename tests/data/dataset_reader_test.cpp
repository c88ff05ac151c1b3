#include "engine/data/dataset_reader.hpp"

#include <gtest/gtest.h>

#include "engine/data/card.hpp"
#include "tests/errors.hpp"

namespace cnnlab {
namespace {

using Bytes = std::vector<uint8_t>;
using Paths = std::vector<std::string>;
using test::expect_error;

/// An IDX file of bytes: its extents, then `values`.
Bytes idx(const std::vector<uint32_t>& extents, const Bytes& values) {
    Bytes bytes{0, 0, 8, static_cast<uint8_t>(extents.size())};
    for (const uint32_t extent : extents)
        for (const unsigned shift : {24U, 16U, 8U, 0U})
            bytes.push_back(static_cast<uint8_t>(extent >> shift));
    bytes.insert(bytes.end(), values.begin(), values.end());
    return bytes;
}

const Paths idx_paths{"mine/t10k-labels.idx1-ubyte", "read.me", "mine/train-images-idx3-ubyte.gz",
                      "mine/t10k-images.idx3-ubyte", "mine/train-labels-idx1-ubyte"};

TEST(DatasetReader, ReadsIdxOfAnySizeInTheOrderOfItsClasses) {
    const auto reader = DatasetReader::recognise(idx_paths);
    ASSERT_NE(reader, nullptr);
    EXPECT_EQ(reader->files(), (std::vector<size_t>{2, 4, 3, 0}));
    reader->add(idx({3, 1, 2}, {9, 9, 1, 1, 5, 5}));
    reader->add(idx({3}, {11, 0, 2}));
    reader->add(idx({1, 1, 2}, {7, 7}));
    reader->add(idx({1}, {3}));
    const Dataset data = reader->finish();
    EXPECT_EQ(data.train.images, (Bytes{1, 1, 5, 5, 9, 9}));
    EXPECT_EQ(data.train.labels, (std::vector<int32_t>{0, 2, 11}));
    EXPECT_EQ(data.test.labels, std::vector<int32_t>{3});
    EXPECT_EQ(data.card.name, "folder");
    EXPECT_EQ(data.card.title, "IDX");
    ASSERT_EQ(data.card.classes.size(), 12U);
    EXPECT_EQ(data.card.classes[2], "02");
    EXPECT_EQ(data.card.train_count, 3);
    EXPECT_NEAR(data.card.mean[0], 5.0 / 255, 1e-6);
    EXPECT_EQ(data.card.image.width, 2);
}

// The images change places where they lie: several circles, one of a single place, and equal labels keep their order.
TEST(DatasetReader, KeepsTheOrderWithinAClass) {
    const auto reader = DatasetReader::recognise(idx_paths);
    reader->add(idx({8, 1, 1}, {20, 0, 10, 1, 21, 11, 2, 22}));
    reader->add(idx({8}, {2, 0, 1, 0, 2, 1, 0, 2}));
    reader->add(idx({4, 1, 1}, {30, 20, 10, 0}));
    reader->add(idx({4}, {3, 2, 1, 0}));
    const Dataset data = reader->finish();
    EXPECT_EQ(data.train.images, (Bytes{0, 1, 2, 10, 11, 20, 21, 22}));
    EXPECT_EQ(data.train.labels, (std::vector<int32_t>{0, 0, 0, 1, 1, 2, 2, 2}));
    EXPECT_EQ(data.test.images, (Bytes{0, 10, 20, 30}));
    EXPECT_EQ(data.test.labels, (std::vector<int32_t>{0, 1, 2, 3}));
}

TEST(DatasetReader, KnowsABuiltInDataSetByItsImages) {
    const DatasetCard& card = find_card("fashion-mnist");
    const auto reader = DatasetReader::recognise(idx_paths);
    const size_t pixels = 784;
    // two values whose mean and deviation are the card's
    Bytes images(60000 * pixels, 0);
    for (size_t i = 0; i < images.size(); ++i) images[i] = i % 10000 < 3963 ? 184 : 0;
    reader->add(idx({60000, 28, 28}, images));
    reader->add(idx({60000}, Bytes(60000, 4)));
    reader->add(idx({1, 28, 28}, Bytes(pixels, 0)));
    reader->add(idx({1}, {9}));
    const Dataset data = reader->finish();
    EXPECT_EQ(data.card.name, card.name);
    EXPECT_EQ(data.card.classes, card.classes);
    EXPECT_EQ(data.card.mean, card.mean);
    EXPECT_EQ(data.card.test_count, 1);
}

TEST(DatasetReader, IdxFilesThatDoNotBelongTogether) {
    const auto given = [](const std::vector<Bytes>& files) {
        return [files] {
            const auto reader = DatasetReader::recognise(idx_paths);
            for (const Bytes& file : files) reader->add(file);
        };
    };
    const Bytes images = idx({1, 1, 2}, {7, 7}), labels = idx({1}, {3});
    expect_error(ErrorCode::bad_file, given({images, idx({2}, {3, 3})}), "mine/train-labels-idx1-ubyte",
                 "2 labels for the 1 images of mine/train-images-idx3-ubyte.gz");
    expect_error(ErrorCode::bad_file, given({images, labels, idx({1, 2, 1}, {7, 7})}),
                 "mine/t10k-images.idx3-ubyte", "of 2×1×1", "1×2×1");
    expect_error(ErrorCode::bad_file, given({idx({1, 1, 2}, {7})}), "mine/train-images-idx3-ubyte.gz",
                 "is truncated");
    expect_error(ErrorCode::bad_file, given({idx({1, 0, 2}, {})}), "holds images of 0×2×1");
    expect_error(ErrorCode::bad_file, given({labels}), "magic number");
    expect_error(
        ErrorCode::missing_data, [&] { (void)DatasetReader::recognise(idx_paths)->finish(); },
        "mine/train-images-idx3-ubyte.gz", "has not been given");
}

Bytes cifar_file(std::initializer_list<uint8_t> labels) {
    Bytes bytes;
    for (const uint8_t label : labels) {
        bytes.push_back(label);
        bytes.insert(bytes.end(), 3072, static_cast<uint8_t>(label + 1));
    }
    return bytes;
}

TEST(DatasetReader, ReadsCifar10) {
    const Paths paths{"test_batch.bin", "data_batch_2.bin", "batches.meta.txt", "data_batch_1.bin"};
    const auto reader = DatasetReader::recognise(paths);
    ASSERT_NE(reader, nullptr);
    EXPECT_EQ(reader->files(), (std::vector<size_t>{3, 1, 0}));
    reader->add(cifar_file({3, 4}));
    expect_error(
        ErrorCode::bad_file,
        [&] {
            reader->add({1, 2, 3});
        },
        "data_batch_2.bin", "ends within a record");
    reader->add(cifar_file({5}));
    reader->add(cifar_file({6}));
    const Dataset data = reader->finish();
    EXPECT_EQ(data.train.labels, (std::vector<int32_t>{3, 4, 5}));
    EXPECT_EQ(data.test.labels, std::vector<int32_t>{6});
    EXPECT_EQ(data.card.classes, find_card("cifar10").classes);
    ASSERT_EQ(data.report.notes.size(), 1U);
    EXPECT_EQ(data.report.notes[0].english(), "only 2 of its 5 files of training images are there");
}

TEST(DatasetReader, NamesTheFileThatLacks) {
    const auto recognise = [](const Paths& paths) {
        return [paths] { (void)DatasetReader::recognise(paths); };
    };
    expect_error(ErrorCode::missing_data, recognise({"train-images-idx3-ubyte", "t10k-labels-idx1-ubyte"}),
                 "train-labels-idx1-ubyte.gz: is missing", "while t10k-labels-idx1-ubyte is there");
    expect_error(ErrorCode::missing_data, recognise({"data_batch_1.bin"}), "test_batch.bin: is missing");
    expect_error(ErrorCode::missing_data, recognise({"test_batch.bin"}), "data_batch_1.bin: is missing");
    EXPECT_EQ(DatasetReader::recognise(Paths{"a/1.png", "train-images.png", "train-images-idx4-ubyte"}),
              nullptr);
    EXPECT_EQ(DatasetReader::recognise({}), nullptr);
}

}  // namespace
}  // namespace cnnlab
