#include <gtest/gtest.h>

#include <algorithm>

#include "engine/core/philox.hpp"
#include "engine/core/spec.hpp"
#include "engine/data/data_spec.hpp"
#include "engine/look/augmented.hpp"
#include "engine/look/classes.hpp"
#include "engine/look/flaws.hpp"
#include "engine/look/near_duplicates.hpp"
#include "engine/look/neighbours.hpp"

namespace cnnlab {
namespace {

DatasetCard small_card(ImageShape image, size_t classes) {
    DatasetCard card;
    card.image = image;
    card.classes.resize(classes);
    card.mean.assign(static_cast<size_t>(image.channels), 0.2F);
    return card;
}

TEST(ClassLook, CountsMeansAndPixels) {
    // Two pixels of two channels: classes 1, 0, 1.
    const Split split{.images = {0, 10, 20, 30, /**/ 1, 2, 3, 4, /**/ 10, 10, 255, 31}, .labels = {1, 0, 1}};
    const std::vector<ClassLook> looks = look_at_classes(split, small_card({1, 2, 2}, 3));
    ASSERT_EQ(looks.size(), 3U);
    EXPECT_EQ(looks[0].count, 1);
    EXPECT_EQ(looks[1].count, 2);
    EXPECT_EQ(looks[2].count, 0);
    EXPECT_EQ(looks[1].mean, (std::vector<double>{5, 10, 137.5, 30.5}));
    EXPECT_EQ(looks[2].mean, (std::vector<double>{0, 0, 0, 0}));
    EXPECT_EQ(looks[1].histogram[0][0], 1);
    EXPECT_EQ(looks[1].histogram[0][255], 1);
    EXPECT_EQ(looks[1].histogram[1][10], 2);
    EXPECT_DOUBLE_EQ(looks[1].channel_mean(1), (10 + 30 + 10 + 31) / 4.0);
    EXPECT_DOUBLE_EQ(looks[0].channel_deviation(0), 1);
    EXPECT_DOUBLE_EQ(looks[2].channel_deviation(0), 0);
}

TEST(ClassLook, SamplesAreTheNextOfEachClass) {
    const std::vector<int32_t> labels{0, 1, 0, 0, 1, 0};
    using Samples = std::vector<std::vector<size_t>>;
    EXPECT_EQ(samples_of_classes(labels, 3, 0, 2), (Samples{{0, 2}, {1, 4}, {}}));
    EXPECT_EQ(samples_of_classes(labels, 3, 2, 2), (Samples{{3, 5}, {}, {}}));
}

TEST(ClassLook, FiguresAreOfItsPixels) {
    const Split split{.images = {0, 10, 3, 30, 255, 4}, .labels = {1, 0, 1}};
    const std::vector<ClassLook> looks = look_at_classes(split, small_card({1, 1, 2}, 3));
    const ClassFigures figures = figures_of(looks[1]);
    EXPECT_EQ(figures.count, 2);
    EXPECT_EQ(figures.mean, (std::vector<double>{127.5, 7}));
    EXPECT_EQ(figures.deviation, (std::vector<double>{127.5, 3}));
    ASSERT_EQ(figures.bars.size(), 2U);
    ASSERT_EQ(figures.bars[0].size(), value_bars);
    EXPECT_EQ(figures.bars[0].front(), 0.5);
    EXPECT_EQ(figures.bars[0].back(), 0.5);
    EXPECT_EQ(figures.bars[1][1], 0.5);
    EXPECT_EQ(figures.bars[1][2], 0.5);
    EXPECT_EQ(looks[1].mean_picture(), (std::vector<uint8_t>{128, 7}));
    EXPECT_EQ(figures_of(looks[2]).bars[0], std::vector<double>(value_bars, 0)) << "a class without images";
}

TEST(ClassLook, BlackAndWhiteDoNotFlattenAChart) {
    ClassFigures dark{.count = 1, .bars = {std::vector<double>(value_bars, 0)}};
    dark.bars[0][0] = 0.9;
    dark.bars[0][5] = 0.1;
    const auto highest = [](const ClassFigures& one) { return highest_bar(std::span(&one, 1)); };
    EXPECT_DOUBLE_EQ(highest(dark), 1.5 * 0.1);
    dark.bars[0][5] = 0.4;
    EXPECT_DOUBLE_EQ(highest(dark), 0.9);
    dark.bars[0][5] = 0;
    EXPECT_DOUBLE_EQ(highest(dark), 0.9) << "there is nothing between";
    EXPECT_GT(highest(ClassFigures{}), 0) << "one divides by it";
}

TEST(Flaws, AreWhatADataSpecMakes) {
    Dataset data;
    data.card = small_card({1, 1, 1}, 3);
    for (int i = 0; i < 300; ++i) {
        data.train.labels.push_back(i % 3);
        // A pixel tells the class that an image shows.
        data.train.images.push_back(static_cast<uint8_t>(i % 3));
    }
    DataSpec spec;
    spec.label_noise = 0.25F;
    spec.imbalance = 0.1F;
    const std::vector<FlawedClass> looked =
        look_at_flaws(data.train.labels, 3, spec.label_noise, spec.imbalance);
    apply_data_spec(spec, data);
    std::vector<FlawedClass> expected(3);
    for (size_t i = 0; i < data.train.labels.size(); ++i) {
        const uint8_t shown = data.train.images[i];
        const int32_t label = data.train.labels[i];
        ++expected[shown].kept;
        expected[shown].wrong += label == shown ? 0 : 1;
        ++expected[static_cast<size_t>(label)].labelled;
    }
    EXPECT_EQ(looked, expected);
    EXPECT_EQ(looked[0].kept, 100);
    EXPECT_EQ(looked[2].kept, 10);
    EXPECT_GT(looked[0].wrong, 10);
    EXPECT_EQ(look_at_flaws(std::vector<int32_t>{0, 1, 1}, 2, 0, 1),
              (std::vector<FlawedClass>{{1, 0, 1}, {2, 0, 2}}));
}

TEST(Neighbours, DistanceIsTheRootMeanSquare) {
    const std::vector<uint8_t> black(4, 0), white(4, 255), one{0, 0, 0, 51};
    const auto distance = [](const auto& a, const auto& b) {
        return pixel_distance(squared_distance(a.data(), b.data(), a.size()), a.size());
    };
    EXPECT_DOUBLE_EQ(distance(black, white), 1);
    EXPECT_DOUBLE_EQ(distance(black, black), 0);
    EXPECT_DOUBLE_EQ(distance(black, one), 0.1) << "one pixel in four differs by a fifth";
    const std::vector<uint8_t> large(200000, 0), other(200000, 255);
    EXPECT_EQ(squared_distance(large.data(), other.data(), large.size()), uint64_t{200000} * 65025)
        << "more than 32 bits hold";
}

TEST(Neighbours, NearestFirstAndNotItself) {
    const Split split{.images = {10, 20, 30, 21, 20}, .labels = {0, 0, 0, 0, 0}};
    const std::vector<uint8_t> asked{20};
    const auto images = [](const std::vector<Neighbour>& found) {
        std::vector<int64_t> numbers;
        for (const Neighbour& one : found) numbers.push_back(one.image);
        return numbers;
    };
    EXPECT_EQ(images(nearest_images(asked, split, 4)), (std::vector<int64_t>{1, 4, 3, 0}));
    EXPECT_EQ(images(nearest_images(asked, split, 9, 1)), (std::vector<int64_t>{4, 3, 0, 2}));
    EXPECT_DOUBLE_EQ(nearest_images(asked, split, 3)[2].distance, 1 / 255.0);
}

Split random_images(size_t count, size_t size, uint64_t seed) {
    const Philox random{.seed = seed, .stream = 1, .step = 0};
    Split split;
    for (size_t i = 0; i < count; ++i) {
        // An image's own level, and little about it: many are near each other.
        const uint32_t level = random.word(i) >> 25U;
        for (size_t p = 0; p < size; ++p)
            split.images.push_back(
                static_cast<uint8_t>(level + bounded(random.word(1000 + i * size + p), 60)));
        split.labels.push_back(0);
    }
    return split;
}

TEST(NearDuplicates, AreThoseOfComparingAllPairs) {
    const ImageShape image(5, 7, 3);
    const auto size = static_cast<size_t>(image.count());
    Split train = random_images(300, size, 1), test = random_images(80, size, 2);
    // Copies, exact and nearly.
    std::copy_n(train.images.data() + 7 * size, size, test.images.data() + 3 * size);
    std::copy_n(train.images.data() + 7 * size, size, train.images.data() + 200 * size);
    std::copy_n(train.images.data() + 8 * size, size, test.images.data() + 4 * size);
    test.images[4 * size] ^= 1U;
    for (const double most : {0.0, 0.01, 0.08, 0.1, 1.0}) {
        std::vector<NearDuplicate> expected;
        for (int64_t i = 0; i < test.count(); ++i) {
            const std::span<const uint8_t> pixels(test.images.data() + static_cast<size_t>(i) * size, size);
            const Neighbour best = nearest_images(pixels, train, 1)[0];
            if (best.distance <= most) expected.push_back({i, best.image, best.distance});
        }
        std::stable_sort(expected.begin(), expected.end(),
                         [](const auto& a, const auto& b) { return a.distance < b.distance; });
        NearDuplicates search(train, test, image, most);
        int parts = 1;
        while (search.run(7)) ++parts;
        EXPECT_EQ(parts, 12);
        EXPECT_EQ(search.done(), 80);
        EXPECT_EQ(search.found(), expected) << most;
        if (most == 0) {
            ASSERT_EQ(expected.size(), 1U);
            EXPECT_EQ(expected[0], (NearDuplicate{3, 7, 0})) << "the first of two";
        }
        if (most == 0.08) {
            EXPECT_GT(expected.size(), 4U) << "the test tests something";
        }
    }
}

TEST(NearDuplicates, DisagreeWhereLabelsDiffer) {
    const Split train{.images = {5, 9}, .labels = {0, 1}}, test{.images = {5, 9}, .labels = {0, 0}};
    NearDuplicates search(train, test, {1, 1, 1}, 0);
    search.run(2);
    EXPECT_EQ(search.found().size(), 2U);
    EXPECT_EQ(disagreeing(search.found(), train, test), 1);
}

TEST(NearDuplicates, OfNoImages) {
    const Split none, one{.images = {5}, .labels = {0}};
    NearDuplicates no_train(none, one, {1, 1, 1}, 1), no_test(one, none, {1, 1, 1}, 1);
    EXPECT_FALSE(no_train.run(10));
    EXPECT_FALSE(no_test.run(10));
    EXPECT_TRUE(no_train.found().empty());
}

TEST(AugmentedPicture, IsTheDrawRounded) {
    const DatasetCard card = small_card({1, 3, 1}, 1);
    const std::vector<uint8_t> pixels{10, 20, 30};
    Augmentation flip{.horizontal_flip = true};
    int flipped = 0;
    for (uint32_t draw = 0; draw < 40; ++draw) {
        const std::vector<uint8_t> picture = augmented_picture(pixels.data(), card, flip, 1, draw);
        const bool is_flipped = picture == std::vector<uint8_t>{30, 20, 10};
        EXPECT_TRUE(is_flipped || picture == pixels);
        flipped += is_flipped ? 1 : 0;
    }
    EXPECT_GT(flipped, 10);
    EXPECT_LT(flipped, 30);
    // A square larger than the image covers all or part of it with the mean colour, 0.2 · 255 = 51.
    const std::vector<uint8_t> cut = augmented_picture(pixels.data(), card, {.cutout = 1}, 1, 0);
    EXPECT_EQ(std::count(cut.begin(), cut.end(), 51), 1);
}

TEST(AugmentedPicture, ExamplesNameFieldsAndChangeSomething) {
    const Json fields = write_json(Augmentation{});
    const std::vector<uint8_t> pixels = random_images(1, 12 * 12, 3).images;
    const DatasetCard card = small_card({12, 12, 1}, 1);
    for (const AugmentationExample& example : augmentation_examples(card.image)) {
        EXPECT_TRUE(fields.contains(std::string(example.field))) << example.field;
        bool changes = false;
        for (uint32_t draw = 0; draw < 8; ++draw)
            changes |= augmented_picture(pixels.data(), card, example.augment, 1, draw) != pixels;
        EXPECT_TRUE(changes) << example.field;
    }
}

}  // namespace
}  // namespace cnnlab
