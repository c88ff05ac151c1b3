#include "engine/core/philox.hpp"

#include <gtest/gtest.h>

namespace cnnlab {

namespace {

/// The generator with the given counter and key: counter = {index low, index high, step, stream}, key = {seed low,
/// seed high}.
Philox::Words block(const Philox::Words& counter, uint32_t key0, uint32_t key1) {
    const Philox random{uint64_t{key1} << 32U | key0, counter[3], counter[2]};
    return random(uint64_t{counter[1]} << 32U | counter[0]);
}

}  // namespace

/// The vectors that the authors publish with their library for philox4x32-10.
TEST(Philox, gives_the_published_vectors) {
    EXPECT_EQ(block({0, 0, 0, 0}, 0, 0), (Philox::Words{0x6627e8d5U, 0xe169c58dU, 0xbc57ac4cU, 0x9b00dbd8U}));
    EXPECT_EQ(block({~0U, ~0U, ~0U, ~0U}, ~0U, ~0U),
              (Philox::Words{0x408f276dU, 0x41c83b0eU, 0xa20bc7c6U, 0x6d5451fdU}));
    EXPECT_EQ(block({0x243f6a88U, 0x85a308d3U, 0x13198a2eU, 0x03707344U}, 0xa4093822U, 0x299f31d0U),
              (Philox::Words{0xd16cfe09U, 0x94fdccebU, 0x5001e420U, 0x24126ea1U}));
}

TEST(Philox, numbers_words_four_to_a_block) {
    const Philox random{42, 3, 7};
    for (uint64_t i = 0; i < 20; ++i) EXPECT_EQ(random.word(i), random(i / 4)[i % 4]);
}

TEST(Philox, differs_by_seed_stream_and_step) {
    const auto first = Philox{1, 2, 3}(0);
    EXPECT_NE(first, (Philox{4, 2, 3}(0)));
    EXPECT_NE(first, (Philox{1, 4, 3}(0)));
    EXPECT_NE(first, (Philox{1, 2, 4}(0)));
    EXPECT_NE(first, (Philox{uint64_t{1} << 32U | 1, 2, 3}(0)));
}

TEST(Philox, unit_floats_stay_below_one) {
    EXPECT_EQ(unit_float(0), 0.0F);
    EXPECT_LT(unit_float(~0U), 1.0F);
    EXPECT_EQ(unit_float(0x80000000U), 0.5F);
}

TEST(Philox, bounded_integers_cover_their_range) {
    EXPECT_EQ(bounded(0, 10), 0U);
    EXPECT_EQ(bounded(~0U, 10), 9U);
    EXPECT_EQ(bounded(~0U, 1), 0U);
    int counts[5] = {};
    const Philox random{1, 1, 1};
    for (uint64_t i = 0; i < 10000; ++i) ++counts[bounded(random.word(i), 5)];
    for (const int count : counts) EXPECT_NEAR(count, 2000, 160);  // four standard deviations
}

TEST(Philox, normal_numbers_have_mean_0_and_deviation_1) {
    const Philox random{9, 8, 7};
    double sum = 0, squares = 0;
    constexpr int count = 20000;
    for (uint64_t i = 0; i < count; ++i) {
        const auto words = random(i);
        const double v = normal_float(words[0], words[1]);
        ASSERT_TRUE(std::isfinite(v));
        sum += v;
        squares += v * v;
    }
    EXPECT_NEAR(sum / count, 0, 0.03);
    EXPECT_NEAR(squares / count, 1, 0.04);
    EXPECT_TRUE(std::isfinite(normal_float(0, 0)));
    EXPECT_TRUE(std::isfinite(normal_float(~0U, ~0U)));
}

TEST(Philox, streams_are_named_by_fnv_1a) {
    EXPECT_EQ(stream_of(""), 0x811c9dc5U);
    EXPECT_EQ(stream_of("a"), 0xe40c292cU);
    EXPECT_EQ(stream_of("foobar"), 0xbf9cf968U);
}

}  // namespace cnnlab
