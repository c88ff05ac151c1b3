#include <gtest/gtest.h>

#include <vector>

#include "engine/data/picture_fit.hpp"

namespace cnnlab {
namespace {

using Bytes = std::vector<uint8_t>;

/// A picture of `width`, whose rows come `at_once`.
Bytes fit(const Bytes& pixels, int width, int channels, const ImageShape& shape, int orientation = 1,
          int at_once = 1) {
    const int height = static_cast<int>(pixels.size()) / width / channels;
    PictureFit fit(height, width, orientation, shape);
    const size_t step = static_cast<size_t>(width * channels * at_once);
    for (size_t at = 0; at < pixels.size(); at += step)
        fit.add(std::span(pixels).subspan(at, std::min(step, pixels.size() - at)), channels);
    return fit.finish();
}

TEST(PictureFit, AreaMeansWhenShrinking) {
    EXPECT_EQ(fit({0, 100, 10, 20, 200, 100, 30, 40}, 4, 1, {1, 2, 1}), (Bytes{100, 25}));
    // 3 → 2: the middle pixel counts half on either side
    EXPECT_EQ(fit({0, 60, 240, 0, 60, 240, 0, 60, 240}, 3, 1, {2, 2, 1}), (Bytes{20, 180, 20, 180}));
}

TEST(PictureFit, LinearWhenEnlarging) {
    EXPECT_EQ(fit({0, 100}, 2, 1, {2, 4, 1}), (Bytes{0, 25, 75, 100, 0, 25, 75, 100}));
    const Bytes big = fit({1, 2, 3}, 1, 3, {5, 5, 3});
    ASSERT_EQ(big.size(), 75U);
    for (size_t i = 0; i < big.size(); ++i) EXPECT_EQ(big[i], i % 3 + 1);
    EXPECT_EQ(fit({1, 2, 3, 4}, 2, 1, {2, 2, 1}), (Bytes{1, 2, 3, 4}));
}

TEST(PictureFit, KeepsTheMean) {
    Bytes pixels(60 * 90 * 3);
    for (size_t i = 0; i < pixels.size(); ++i) pixels[i] = static_cast<uint8_t>(i * i % 251);
    const auto mean = [](const Bytes& values) {
        double sum = 0;
        for (const uint8_t value : values) sum += value;
        return sum / static_cast<double>(values.size());
    };
    EXPECT_NEAR(mean(fit(pixels, 90, 3, {8, 12, 3})), mean(pixels), 0.3);
    // A fourth channel is not looked at, and rows may come in any number.
    Bytes with_fourth;
    for (size_t i = 0; i < pixels.size(); i += 3)
        with_fourth.insert(with_fourth.end(), {pixels[i], pixels[i + 1], pixels[i + 2], 255});
    EXPECT_EQ(fit(with_fourth, 90, 4, {8, 12, 3}, 1, 7), fit(pixels, 90, 3, {8, 12, 3}));
    EXPECT_EQ(fit(with_fourth, 90, 4, {8, 12, 1}, 1, 60), fit(pixels, 90, 3, {8, 12, 1}));
}

TEST(PictureFit, CutsTheLongerSideAtItsEnds) {
    const Bytes wide{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};
    EXPECT_EQ(fit(wide, 6, 1, {2, 2, 1}), (Bytes{2, 3, 8, 9}));
    EXPECT_EQ(fit(wide, 6, 1, {1, 6, 1}), (Bytes{0, 1, 2, 3, 4, 5}));
    EXPECT_EQ(fit(wide, 1, 1, {1, 1, 1}), (Bytes{5}));
}

TEST(PictureFit, GreyAndColours) {
    EXPECT_EQ(fit({255, 0, 0}, 1, 3, {1, 1, 1}), (Bytes{76}));
    EXPECT_EQ(fit({0, 255, 0, 9}, 1, 4, {1, 1, 1}), (Bytes{150}));
    EXPECT_EQ(fit({7}, 1, 1, {1, 1, 3}), (Bytes{7, 7, 7}));
}

TEST(PictureFit, TurnsByExif) {
    // Three wide, two high, as it is seen: 1 2 3 / 4 5 6. How it lies in the file for each orientation.
    const Bytes upright{1, 2, 3, 4, 5, 6};
    const struct {
        int orientation, width;
        Bytes stored;
    } cases[] = {
        {1, 3, {1, 2, 3, 4, 5, 6}}, {2, 3, {3, 2, 1, 6, 5, 4}}, {3, 3, {6, 5, 4, 3, 2, 1}},
        {4, 3, {4, 5, 6, 1, 2, 3}}, {5, 2, {1, 4, 2, 5, 3, 6}}, {6, 2, {3, 6, 2, 5, 1, 4}},
        {7, 2, {6, 3, 5, 2, 4, 1}}, {8, 2, {4, 1, 5, 2, 6, 3}},
    };
    for (const auto& [orientation, width, stored] : cases) {
        SCOPED_TRACE(orientation);
        EXPECT_EQ(fit(stored, width, 1, {2, 3, 1}, orientation), upright);
        // An odd column more is cut away at the same end.
        EXPECT_EQ(fit(stored, width, 1, {2, 2, 1}, orientation), (Bytes{1, 2, 4, 5}));
        EXPECT_EQ(fit(stored, width, 1, {4, 6, 1}, orientation), fit(upright, 3, 1, {4, 6, 1}));
    }
}

}  // namespace
}  // namespace cnnlab
