#include "engine/data/statistics.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

namespace cnnlab {
namespace {

DatasetCard card_of(ImageShape shape) {
    DatasetCard card;
    card.image = shape;
    card.classes = {"a", "b", "c"};
    return card;
}

TEST(Statistics, CountsClassesAndPixels) {
    const Split split{.images = {0, 255, 10, 255, 20, 255, 30, 255}, .labels = {2, 0}};
    const Statistics s = compute_statistics(split, card_of({2, 1, 2}));
    EXPECT_EQ(s.class_counts, (std::vector<int64_t>{1, 0, 1}));
    ASSERT_EQ(s.histogram.size(), 2U);
    EXPECT_EQ(s.histogram[0][20], 1);
    EXPECT_EQ(s.histogram[1][255], 4);
    EXPECT_EQ(std::accumulate(s.histogram[0].begin(), s.histogram[0].end(), int64_t{0}), 4);
    EXPECT_DOUBLE_EQ(s.mean[0], 15.0 / 255);
    EXPECT_DOUBLE_EQ(s.stddev[0], std::sqrt(125.0) / 255);
    EXPECT_DOUBLE_EQ(s.mean[1], 1);
    EXPECT_DOUBLE_EQ(s.stddev[1], 0);
}

TEST(Statistics, OfNothing) {
    const Statistics s = compute_statistics({}, card_of({2, 2, 1}));
    EXPECT_EQ(s.class_counts, (std::vector<int64_t>{0, 0, 0}));
    EXPECT_EQ(s.mean, std::vector<double>{0});
    EXPECT_EQ(s.stddev, std::vector<double>{0});
}

}  // namespace
}  // namespace cnnlab
