#include "engine/data/idx.hpp"

#include <gtest/gtest.h>

#include "tests/errors.hpp"

namespace cnnlab {
namespace {

using Bytes = std::vector<uint8_t>;
using test::expect_error;

DatasetCard card_of(int channels = 1) {
    DatasetCard card;
    card.name = "small";
    card.image = ImageShape(2, 3, channels);
    card.classes = {"a", "b", "c"};
    return card;
}

void append_extent(Bytes& bytes, uint32_t value) {
    for (unsigned shift : {24U, 16U, 8U, 0U}) bytes.push_back(static_cast<uint8_t>(value >> shift));
}

/// Two images of 2×3 with pixels 0, 1, 2, …
Bytes image_file(uint32_t count = 2, uint32_t channels = 1) {
    Bytes bytes{0, 0, 8, static_cast<uint8_t>(channels == 1 ? 3 : 4)};
    for (uint32_t extent : {count, 2U, 3U}) append_extent(bytes, extent);
    if (channels > 1) append_extent(bytes, channels);
    for (uint32_t i = 0; i < count * 6 * channels; ++i) bytes.push_back(static_cast<uint8_t>(i));
    return bytes;
}

Bytes label_file(const Bytes& labels = {2, 0}) {
    Bytes bytes{0, 0, 8, 1};
    append_extent(bytes, static_cast<uint32_t>(labels.size()));
    bytes.insert(bytes.end(), labels.begin(), labels.end());
    return bytes;
}

Split read(const Bytes& images, const Bytes& labels) {
    return read_idx(images, labels, card_of(), "images.gz", "labels.gz");
}

TEST(Idx, ReadsImagesAndLabels) {
    const Split split = read(image_file(), label_file());
    EXPECT_EQ(split.count(), 2);
    EXPECT_EQ(split.labels, (std::vector<int32_t>{2, 0}));
    EXPECT_EQ(split.images, (Bytes{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}));
}

TEST(Idx, ReadsSeveralChannels) {
    const Split split = read_idx(image_file(2, 3), label_file(), card_of(3));
    EXPECT_EQ(split.images.size(), 36U);
    EXPECT_EQ(split.images[35], 35);
}

TEST(Idx, KnowsItsSizeFromItsHead) {
    const Bytes images = image_file(), labels = label_file();
    EXPECT_EQ(idx_size(std::span(images).first(16)), images.size());
    EXPECT_EQ(idx_size(std::span(labels).first(8)), labels.size());
    EXPECT_EQ(idx_size(std::span(images).first(12)), 0U);
    EXPECT_EQ(idx_size(Bytes{0x1F, 0x8B, 8, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}), 0U);
    EXPECT_EQ(idx_size(Bytes{0, 0, 8, 3, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255}), 0U);
}

TEST(Idx, ReadsNoImagesAtAll) { EXPECT_EQ(read(image_file(0), label_file({})).count(), 0); }

TEST(Idx, EveryTruncationIsAnError) {
    const Bytes images = image_file(), labels = label_file();
    for (size_t length = 0; length < images.size(); ++length) {
        const Bytes cut(images.begin(), images.begin() + static_cast<ptrdiff_t>(length));
        expect_error(
            ErrorCode::bad_file, [&] { read(cut, labels); }, "images.gz");
    }
    for (size_t length = 0; length < labels.size(); ++length) {
        const Bytes cut(labels.begin(), labels.begin() + static_cast<ptrdiff_t>(length));
        expect_error(
            ErrorCode::bad_file, [&] { read(images, cut); }, "labels.gz");
    }
}

TEST(Idx, TrailingBytes) {
    Bytes images = image_file(), labels = label_file();
    images.push_back(0);
    expect_error(
        ErrorCode::bad_file, [&] { read(images, labels); }, "images.gz", "too long");
    labels.push_back(0);
    expect_error(
        ErrorCode::bad_file, [&] { read(image_file(), labels); }, "labels.gz", "too long");
}

TEST(Idx, WrongMagicNumber) {
    for (size_t at = 0; at < 4; ++at) {
        Bytes images = image_file(), labels = label_file();
        images[at] ^= 0x10;
        labels[at] ^= 0x10;
        expect_error(
            ErrorCode::bad_file, [&] { read(images, label_file()); }, "images.gz", "magic number 0x",
            "0x00000803");
        expect_error(
            ErrorCode::bad_file, [&] { read(image_file(), labels); }, "labels.gz", "0x00000801");
    }
    expect_error(
        ErrorCode::bad_file, [&] { read(label_file(), image_file()); }, "images.gz", "0x00000801");
    expect_error(
        ErrorCode::bad_file,
        [&] {
            read(Bytes{0x1F, 0x8B, 8, 0, 0}, label_file());
        },
        "compressed");
}

TEST(Idx, OtherExtentsThanTheCard) {
    Bytes images = image_file();
    images[11] = 3;
    expect_error(
        ErrorCode::bad_file, [&] { read(images, label_file()); }, "3×3×1", "2×3×1");
    expect_error(
        ErrorCode::bad_file, [&] { read_idx(image_file(2, 3), label_file(), card_of(4)); }, "2×3×3", "2×3×4");
}

TEST(Idx, CountsThatDoNotFit) {
    expect_error(
        ErrorCode::bad_file,
        [] {
            read(image_file(), label_file({0, 1, 2}));
        },
        "labels.gz", "3 labels", "2 images");
    Bytes images = image_file();
    images[4] = 0xFF;  // four thousand million images
    expect_error(
        ErrorCode::bad_file, [&] { read(images, label_file()); }, "images.gz", "truncated");
}

TEST(Idx, LabelOutOfRange) {
    expect_error(
        ErrorCode::out_of_range,
        [] {
            read(image_file(), label_file({0, 3}));
        },
        "labels.gz", "image 1", "label 3", "0 to 2");
}

TEST(CheckSplit, ImagesAndLabelsMustFit) {
    Split split{.images = Bytes(12), .labels = {0, 2}};
    EXPECT_NO_THROW(check_split(split, card_of(), "here"));
    split.images.pop_back();
    expect_error(
        ErrorCode::bad_file, [&] { check_split(split, card_of(), "here"); }, "here", "12", "11");
    split.images.push_back(0);
    split.labels[0] = -1;
    expect_error(
        ErrorCode::out_of_range, [&] { check_split(split, card_of(), "here"); }, "image 0", "label -1");
}

}  // namespace
}  // namespace cnnlab
