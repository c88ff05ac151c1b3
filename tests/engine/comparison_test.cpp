#include "engine/study/comparison.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace cnnlab {
namespace {

TEST(Comparison, SpreadOfRepeats) {
    const std::vector<double> values{1, 2, 4, 9};
    const Spread spread = spread_of(values);
    EXPECT_DOUBLE_EQ(spread.mean, 4);
    EXPECT_DOUBLE_EQ(*spread.deviation, std::sqrt(38.0 / 3));
    EXPECT_FALSE(spread_of(std::vector<double>{3}).deviation);
}

TEST(Comparison, PairsTellWhatSpreadHides) {
    // The seeds differ by 10, the variants by 1 on each seed.
    const std::vector<double> first{10, 20, 30, 40}, second{11.1, 20.9, 31.0, 41.0};
    const PairedDifference difference = paired_difference(second, first);
    EXPECT_NEAR(difference.mean, 1.0, 1e-12);
    // deviation .0816497, t(.975, 3) = 3.182, √4 = 2
    EXPECT_NEAR(*difference.low, 1 - 3.182 * 0.0816497 / 2, 1e-6);
    EXPECT_TRUE(difference.is_clear);
    EXPECT_FALSE(paired_difference(std::vector<double>{1, 3}, std::vector<double>{2, 1}).is_clear);
    EXPECT_FALSE(paired_difference(std::vector<double>{2}, std::vector<double>{1}).low);
}

TEST(Comparison, StudentsT) {
    EXPECT_DOUBLE_EQ(student_t(1), 12.706);
    EXPECT_NEAR(student_t(40), 2.021, 0.002);
    EXPECT_NEAR(student_t(120), 1.980, 0.002);
}

}  // namespace
}  // namespace cnnlab
