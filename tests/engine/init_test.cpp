#include "engine/core/init.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace cnnlab {

namespace {

struct Moments {
    double mean = 0, stddev = 0, largest = 0;
};

Moments moments_of(const HostTensor& tensor) {
    Moments m;
    for (const float v : tensor.span()) {
        m.mean += v;
        m.stddev += double{v} * v;
        m.largest = std::max(m.largest, std::abs(double{v}));
    }
    const auto count = static_cast<double>(tensor.count());
    m.mean /= count;
    m.stddev = std::sqrt(m.stddev / count - m.mean * m.mean);
    return m;
}

constexpr Fan fan{72, 288};
const Shape shape{64, 3, 3, 32};

Moments drawn(InitSpec init) { return moments_of(initial_values("w", shape, init, fan, 3)); }

/// A uniform distribution fills its bounds and has deviation bound / √3.
void expect_uniform(const Moments& m, double bound) {
    EXPECT_LE(m.largest, bound);
    EXPECT_GT(m.largest, 0.99 * bound);
    EXPECT_NEAR(m.mean, 0, 0.02 * bound);
    EXPECT_NEAR(m.stddev, bound / std::sqrt(3.0), 0.01 * bound);
}

void expect_normal(const Moments& m, double sigma) {
    EXPECT_NEAR(m.mean, 0, 0.03 * sigma);
    EXPECT_NEAR(m.stddev, sigma, 0.02 * sigma);
    EXPECT_GT(m.largest, 3 * sigma);
}

}  // namespace

TEST(Init, kaiming_uniform_is_pytorchs_default) {
    expect_uniform(drawn({}), 1 / std::sqrt(72.0));
    expect_uniform(drawn({InitKind::kaiming_uniform, 0}), std::sqrt(6.0 / 72));
}

TEST(Init, kaiming_normal) { expect_normal(drawn({InitKind::kaiming_normal, 0}), std::sqrt(2.0 / 72)); }
TEST(Init, xavier_uniform) { expect_uniform(drawn({InitKind::xavier_uniform}), std::sqrt(6.0 / 360)); }
TEST(Init, xavier_normal) { expect_normal(drawn({InitKind::xavier_normal}), std::sqrt(2.0 / 360)); }
TEST(Init, normal) { expect_normal(drawn({InitKind::normal, 0, 0.25F}), 0.25); }
TEST(Init, uniform) { expect_uniform(drawn({InitKind::uniform, 0, 0.25F}), 0.25); }

TEST(Init, stddev_is_what_was_asked_for) {
    InitSpec init{InitKind::kaiming_uniform};
    init.stddev = 1;
    const HostTensor drawn = initial_values("w", {10, 1, 1, 256}, {}, {256, 10}, 3),
                     scaled = initial_values("w", {10, 1, 1, 256}, init, {256, 10}, 3);
    double mean = 0, squares = 0;
    for (const float v : scaled.span()) mean += double{v} / 2560;
    for (const float v : scaled.span()) squares += (v - mean) * (v - mean);
    EXPECT_NEAR(std::sqrt(squares / 2559), 1, 1e-6);
    for (int64_t i = 1; i < 2560; ++i) EXPECT_NEAR(scaled[i] * drawn[0], drawn[i] * scaled[0], 1e-6);
    EXPECT_EQ(initial_values("w", {7}, {InitKind::ones, 0, 0, 1}, {}, 1)[3], 1.0F) << "equal values stay";
}

TEST(Init, constants) {
    const HostTensor zeros = initial_values("w", {7}, {InitKind::zeros}, {}, 1),
                     ones = initial_values("w", {7}, {InitKind::ones}, {}, 1);
    for (int64_t i = 0; i < 7; ++i) {
        EXPECT_EQ(zeros[i], 0.0F);
        EXPECT_EQ(ones[i], 1.0F);
    }
}

TEST(Init, identity_passes_channels_through_the_centre) {
    const HostTensor w = initial_values("w", {5, 3, 5, 4}, {InitKind::identity}, {60, 75}, 1);
    for (int64_t k = 0; k < 4; ++k)
        for (int64_t i = 0; i < 60; ++i)
            EXPECT_EQ(w[k * 60 + i], i == (1 * 5 + 2) * 4 + k ? 1.0F : 0.0F) << k << ", " << i;
    const auto rest = w.span().subspan(240);
    EXPECT_GT(std::count_if(rest.begin(), rest.end(), [](float v) { return v != 0; }), 50)
        << "the fifth filter has no channel to pass";
}

TEST(Init, depends_on_seed_and_name_alone) {
    const auto values = [](const char* name, uint64_t seed) {
        const HostTensor tensor = initial_values(name, {50}, {}, {10, 10}, seed);
        return std::vector<float>(tensor.span().begin(), tensor.span().end());
    };
    EXPECT_EQ(values("conv2d_1.weight", 1), values("conv2d_1.weight", 1));
    EXPECT_NE(values("conv2d_1.weight", 1), values("conv2d_1.weight", 2));
    EXPECT_NE(values("conv2d_1.weight", 1), values("conv2d_2.weight", 1));
    EXPECT_NE(values("conv2d_1.weight", 1), values("conv2d_1.weight", uint64_t{1} << 32U | 1))
        << "all 64 bits of the seed count";
}

}  // namespace cnnlab
