#include "engine/data/imbalance.hpp"

#include <gtest/gtest.h>

#include "engine/data/card.hpp"
#include "engine/data/data_spec.hpp"

namespace cnnlab {
namespace {

using Counts = std::vector<int64_t>;

TEST(Imbalance, FallsExponentiallyFromClassToClass) {
    // 1000 · 0.01^(c / 2)
    EXPECT_EQ(long_tail_counts(Counts{1000, 1000, 1000}, 0.01), (Counts{1000, 100, 10}));
    // 6000 · 0.1^(c / 9): 6000, 4645.6, 3597.0 …
    EXPECT_EQ(long_tail_counts(Counts(10, 6000), 0.1),
              (Counts{6000, 4646, 3597, 2785, 2156, 1670, 1293, 1001, 775, 600}));
    EXPECT_EQ(long_tail_counts(Counts{5, 50, 500}, 1), (Counts{5, 50, 500}));
    EXPECT_EQ(long_tail_counts(Counts{10, 10, 0}, 0.001), (Counts{10, 1, 0}))
        << "one at least, where there was one";
    EXPECT_EQ(long_tail_counts(Counts{5, 5, 5}, 0.01), (Counts{5, 1, 1})) << "exactly half an image is one";
    EXPECT_EQ(long_tail_counts(Counts{7}, 0.5), (Counts{7})) << "the first class keeps all";
    EXPECT_TRUE(long_tail_counts({}, 0.5).empty());
}

TEST(Imbalance, KeepsImagesOfAClassAtEvenDistances) {
    std::vector<int32_t> labels;
    for (int i = 0; i < 10; ++i) labels.insert(labels.end(), {0, 1});
    // Class 1 (odd places) keeps 4 of 10: its images 0, 3, 5, 8.
    std::vector<size_t> expected;
    for (size_t i = 0; i < 20; ++i)
        if (i % 2 == 0 || i == 1 || i == 7 || i == 11 || i == 17) expected.push_back(i);
    EXPECT_EQ(long_tail_images(labels, 2, 0.4), expected);
}

TEST(Imbalance, OfAnExperimentThinsOutTheTrainingImages) {
    Dataset data;
    data.card = find_card("folder");
    data.card.image = ImageShape(1, 1, 1);
    data.card.mean = {0};
    data.card.stddev = {1};
    data.card.classes.resize(3);
    for (int i = 0; i < 30; ++i) {
        data.train.labels.push_back(i % 3);
        data.train.images.push_back(static_cast<uint8_t>(i));
    }
    data.test = data.train;
    DataSpec spec;
    spec.imbalance = 0.25F;
    spec.label_noise = 0.5F;
    apply_data_spec(spec, data);
    EXPECT_EQ(data.train.count(), 10 + 5 + 3) << "10 · 0.25^(c / 2), 2.5 rounded up";
    EXPECT_EQ(data.test.count(), 30);
    int wrong = 0;
    for (size_t i = 0; i < data.train.labels.size(); ++i)
        wrong += data.train.labels[i] != data.train.images[i] % 3 ? 1 : 0;
    EXPECT_EQ(wrong, 9) << "half of the images that remain";
}

}  // namespace
}  // namespace cnnlab
