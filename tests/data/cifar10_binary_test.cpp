#include "engine/data/cifar10_binary.hpp"

#include <gtest/gtest.h>

#include "engine/data/card.hpp"
#include "tests/errors.hpp"

namespace cnnlab {
namespace {

using Bytes = std::vector<uint8_t>;
using test::expect_error;

constexpr size_t record = 3073;

/// Records whose red plane counts 0, 1, …, whose green is 100 + label, whose blue is 200 + label.
Bytes file_of(const Bytes& labels) {
    Bytes bytes;
    for (uint8_t label : labels) {
        bytes.push_back(label);
        for (int i = 0; i < 1024; ++i) bytes.push_back(static_cast<uint8_t>(i));
        bytes.insert(bytes.end(), 1024, static_cast<uint8_t>(100 + label));
        bytes.insert(bytes.end(), 1024, static_cast<uint8_t>(200 + label));
    }
    return bytes;
}

const DatasetCard& card() { return find_card("cifar10"); }

TEST(Cifar10Binary, TurnsPlanesIntoPixels) {
    Split split;
    append_cifar10_binary(split, file_of({7, 0}), card(), "batch");
    append_cifar10_binary(split, file_of({9}), card(), "batch");
    EXPECT_EQ(split.labels, (std::vector<int32_t>{7, 0, 9}));
    ASSERT_EQ(split.images.size(), 3U * 3072U);
    for (size_t image = 0; image < 3; ++image) {
        for (size_t pixel = 0; pixel < 1024; ++pixel) {
            const uint8_t* rgb = split.images.data() + image * 3072 + pixel * 3;
            ASSERT_EQ(rgb[0], static_cast<uint8_t>(pixel));
            ASSERT_EQ(rgb[1], 100 + split.labels[image]);
            ASSERT_EQ(rgb[2], 200 + split.labels[image]);
        }
    }
}

TEST(Cifar10Binary, TruncatedRecords) {
    const Bytes whole = file_of({1, 2});
    for (size_t length : {size_t{0}, size_t{1}, size_t{1024}, record - 1, record + 1, 2 * record - 1}) {
        Split split;
        const Bytes cut(whole.begin(), whole.begin() + static_cast<ptrdiff_t>(length));
        expect_error(
            ErrorCode::bad_file, [&] { append_cifar10_binary(split, cut, card(), "data_batch_1.bin"); },
            "data_batch_1.bin");
        EXPECT_EQ(split.count(), 0);
    }
}

TEST(Cifar10Binary, LabelOutOfRangeLeavesTheSplitAsItWas) {
    Split split;
    append_cifar10_binary(split, file_of({1}), card(), "a.bin");
    expect_error(
        ErrorCode::out_of_range,
        [&] {
            append_cifar10_binary(split, file_of({3, 10}), card(), "b.bin");
        },
        "b.bin", "record 1", "label 10", "0 to 9");
    EXPECT_EQ(split.count(), 1);
    EXPECT_EQ(split.images.size(), 3072U);
}

}  // namespace
}  // namespace cnnlab
