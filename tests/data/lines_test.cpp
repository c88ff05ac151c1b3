#include "engine/data/lines.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <set>

#include "engine/core/spec.hpp"
#include "tests/errors.hpp"

namespace cnnlab {
namespace {

using Bytes = std::vector<uint8_t>;
using test::expect_error;

Bytes image_of(const Split& split, const DatasetCard& card, int64_t i) {
    const auto begin = split.images.begin() + i * card.image.count();
    return {begin, begin + card.image.count()};
}

Bytes first_line(const datasets::Lines& spec) {
    const Dataset data = make_lines(spec);
    return image_of(data.test, data.card, 0);
}

const Bytes vertical{0, 0, 200, 0, 0, 0, 0, 200, 0, 0, 0, 0, 200, 0, 0, 0, 0, 200, 0, 0, 0, 0, 200, 0, 0};
const Bytes horizontal{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 200, 200, 200, 200, 200, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};

TEST(Lines, WithoutNoiseTheyAreExactlyTheTwoLines) {
    datasets::Lines spec;
    spec.noise = 0;
    const Dataset data = make_lines(spec);
    ASSERT_EQ(data.train.count(), 100);
    for (int64_t i = 0; i < 100; ++i) {
        EXPECT_EQ(data.train.labels[static_cast<size_t>(i)], i % 2 == 0 ? 1 : 0);
        EXPECT_EQ(image_of(data.train, data.card, i), i % 2 == 0 ? vertical : horizontal);
    }
}

TEST(Lines, TheTestImagesAreCleanWhateverTheNoise) {
    const Dataset data = make_lines({});
    EXPECT_EQ(data.test.labels, (std::vector<int32_t>{1, 0}));
    EXPECT_EQ(image_of(data.test, data.card, 0), vertical);
    EXPECT_EQ(image_of(data.test, data.card, 1), horizontal);
    EXPECT_EQ(data.card.classes, (std::vector<std::string>{"horizontal", "vertical"}));
    EXPECT_NO_THROW(check_split(data.train, data.card, "train"));
    EXPECT_NO_THROW(check_split(data.test, data.card, "test"));
}

TEST(Lines, ANetworkSeesByteOver200) {
    const DatasetCard card = make_lines({}).card;
    for (float byte : {0.0F, 1.0F, 40.0F, 200.0F}) {
        EXPECT_NEAR((byte / 255.0F - card.mean[0]) / card.stddev[0], byte / 200.0F, 1e-6F);
    }
}

TEST(Lines, NoiseIsUniformFromZeroToBelowItsLimit) {
    datasets::Lines spec;
    spec.count = 1000;
    const Dataset data = make_lines(spec);
    std::array<int, 40> counts{};
    for (int64_t i = 0; i < 1000; ++i) {
        const Bytes pixels = image_of(data.train, data.card, i), clean = i % 2 == 0 ? vertical : horizontal;
        for (size_t p = 0; p < 25; ++p) {
            ASSERT_GE(pixels[p], clean[p]);
            ASSERT_LT(pixels[p], clean[p] + 40);
            ++counts[static_cast<size_t>(pixels[p] - clean[p])];
        }
    }
    // 25,000 draws in 40 cells: the standard deviation of a cell is 24.7.
    for (int count : counts) EXPECT_NEAR(count, 625, 125);
}

TEST(Lines, NoiseFollowsTheSeed) {
    datasets::Lines spec;
    const Bytes first = make_lines(spec).train.images;
    EXPECT_EQ(make_lines(spec).train.images, first);
    spec.seed = 1;
    EXPECT_NE(make_lines(spec).train.images, first);
    spec.seed = 0;
    spec.count = 10;  // fewer images are the first of many
    const Bytes fewer = make_lines(spec).train.images;
    EXPECT_TRUE(std::equal(fewer.begin(), fewer.end(), first.begin()));
}

TEST(Lines, NoNoiseIsCutOff) {
    for (float noise : {0.0F, 0.001F, 0.2F, 0.275F, 0.3F, 0.5F, 1.0F}) {
        datasets::Lines spec;
        spec.noise = noise;
        spec.count = 400;
        const Dataset data = make_lines(spec);
        const int unit = static_cast<int>(std::lround(data.card.stddev[0] * 255.0F));
        EXPECT_EQ(unit, noise < 0.276F ? 200 : static_cast<int>(255 / (1 + noise))) << noise;
        const int highest = *std::max_element(data.train.images.begin(), data.train.images.end());
        EXPECT_LE(highest, 254);
        EXPECT_NEAR(highest, unit * (1 + noise), 2) << noise;
    }
}

TEST(Lines, WholeThicknessFillsWholePixels) {
    datasets::Lines spec;
    spec.size = 6;
    const std::array<std::set<size_t>, 6> columns{
        {{3}, {2, 3}, {2, 3, 4}, {1, 2, 3, 4}, {1, 2, 3, 4, 5}, {0, 1, 2, 3, 4, 5}}};
    for (size_t thickness = 1; thickness <= columns.size(); ++thickness) {
        spec.thickness = static_cast<float>(thickness);
        const Bytes line = first_line(spec);
        for (size_t p = 0; p < line.size(); ++p) {
            EXPECT_EQ(line[p], columns[thickness - 1].contains(p % 6) ? 200 : 0) << thickness << " at " << p;
        }
    }
}

TEST(Lines, OtherThicknessIsAntiAliased) {
    datasets::Lines spec;
    spec.thickness = 0.5F;
    EXPECT_EQ(first_line(spec)[2], 100);
    spec.thickness = 1.5F;
    const Bytes line = first_line(spec);
    EXPECT_EQ((Bytes{line.begin(), line.begin() + 5}), (Bytes{0, 100, 200, 0, 0}));
    spec.thickness = 2.5F;
    const Bytes thicker = first_line(spec);
    EXPECT_EQ((Bytes{thicker.begin(), thicker.begin() + 5}), (Bytes{0, 200, 200, 100, 0}));
}

TEST(Lines, ADiagonalCoversWhatGeometrySays) {
    datasets::Lines spec;
    spec.vertical_angles = {45};
    const Bytes line = first_line(spec);
    // 45° rises to the right. On the diagonal a band of width 1 leaves two corner triangles of leg √2 / 2 · (√2 − 1)
    // uncovered; next to the diagonal it covers one corner triangle.
    const double corner = (std::sqrt(2.0) - 1) / std::sqrt(2.0), beside = 1 - corner;
    const double on_diagonal = 1 - corner * corner, next = beside * beside / 2;
    for (int row = 0; row < 5; ++row) {
        for (int column = 0; column < 5; ++column) {
            const int distance = std::abs(row + column - 4);
            const double share = distance == 0 ? on_diagonal : distance == 1 ? next : 0;
            EXPECT_EQ(line[static_cast<size_t>(row * 5 + column)], std::lround(200 * share))
                << row << ", " << column;
        }
    }
}

TEST(Lines, CoverageEqualsSampling) {
    for (float angle : {10.0F, 30.0F, 63.0F, 117.0F, 170.0F}) {
        datasets::Lines spec;
        spec.size = 9;
        spec.thickness = 3;  // odd: the band is centred
        spec.vertical_angles = {angle};
        const Bytes line = first_line(spec);
        const double radians = angle * 3.14159265358979 / 180;
        for (int row = 0; row < 9; ++row) {
            for (int column = 0; column < 9; ++column) {
                constexpr int samples = 60;
                int inside = 0;
                for (int i = 0; i < samples * samples; ++i) {
                    const double x = column - 4 + (i % samples + 0.5) / samples - 0.5,
                                 y = row - 4 + (i / samples + 0.5) / samples - 0.5;
                    if (std::abs(std::sin(radians) * x + std::cos(radians) * y) <= 1.5) ++inside;
                }
                EXPECT_NEAR(line[static_cast<size_t>(row * 9 + column)], 200.0 * inside / (samples * samples),
                            3);
            }
        }
    }
}

TEST(Lines, DirectionsWithTheSameLineGiveTheSameImage) {
    for (float thickness : {1.0F, 2.0F, 2.3F}) {
        for (float angle : {0.0F, 30.0F, 90.0F, 135.0F}) {
            datasets::Lines spec;
            spec.thickness = thickness;
            spec.vertical_angles = {angle};
            const Bytes line = first_line(spec);
            spec.vertical_angles = {angle - 180};
            EXPECT_EQ(first_line(spec), line) << angle;
        }
    }
}

TEST(Lines, AnglesAreTakenInTurn) {
    datasets::Lines spec;
    spec.noise = 0;
    spec.count = 12;
    spec.vertical_angles = {90, 75};
    spec.horizontal_angles = {0, 10, -10};
    const Dataset data = make_lines(spec);
    EXPECT_EQ(data.test.labels, (std::vector<int32_t>{1, 0, 1, 0, 0}));
    for (int64_t i = 0; i < 12; ++i) {
        const int64_t turn = i / 2 % (i % 2 == 0 ? 2 : 3);
        const int64_t clean = i % 2 == 0 ? 2 * turn : (turn == 2 ? 4 : 2 * turn + 1);
        EXPECT_EQ(image_of(data.train, data.card, i), image_of(data.test, data.card, clean)) << i;
    }
}

TEST(Lines, BadParametersAreNamed) {
    const auto with = [](auto member, auto value) {
        return [=] {
            datasets::Lines spec;
            spec.*member = value;
            make_lines(spec);
        };
    };
    const float nan = std::numeric_limits<float>::quiet_NaN();
    expect_error(ErrorCode::out_of_range, with(&datasets::Lines::noise, -0.1F), "data.noise");
    expect_error(ErrorCode::out_of_range, with(&datasets::Lines::noise, 1.1F), "data.noise", "0 to 1");
    expect_error(ErrorCode::out_of_range, with(&datasets::Lines::noise, nan), "data.noise");
    expect_error(ErrorCode::out_of_range, with(&datasets::Lines::size, 2), "data.size", "3 to 64");
    expect_error(ErrorCode::out_of_range, with(&datasets::Lines::size, 65), "data.size");
    expect_error(ErrorCode::out_of_range, with(&datasets::Lines::count, 0), "data.count");
    expect_error(ErrorCode::out_of_range, with(&datasets::Lines::thickness, 0.0F), "data.thickness");
    expect_error(ErrorCode::out_of_range, with(&datasets::Lines::thickness, nan), "data.thickness");
    expect_error(ErrorCode::out_of_range, with(&datasets::Lines::vertical_angles, std::vector<float>{}),
                 "data.vertical_angles", "empty");
    expect_error(ErrorCode::out_of_range,
                 with(&datasets::Lines::horizontal_angles, std::vector<float>{0, 361}),
                 "data.horizontal_angles");
}

TEST(Lines, AreReadFromAnExperiment) {
    datasets::Lines spec;
    read_fields(Json::parse(R"({"noise": 0.5, "vertical_angles": [80, 100]})"), spec, "data");
    EXPECT_EQ(spec.noise, 0.5F);
    EXPECT_EQ(spec.vertical_angles, (std::vector<float>{80, 100}));
    EXPECT_EQ(spec.size, 5);
}

}  // namespace
}  // namespace cnnlab
