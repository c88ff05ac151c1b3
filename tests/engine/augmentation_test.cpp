#include "engine/data/augmentation.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "engine/model/model.hpp"
#include "engine/reference/reference_backend.hpp"

/// What augmented images look like, on the reference backend; tests/conformance holds the others to it.
namespace cnnlab {

namespace {

constexpr int height = 6, width = 7, batch = 16;
constexpr uint64_t seed = 5;

/// Pixel values that tell where they came from; none is 0.
uint8_t pixel(int y, int x) { return static_cast<uint8_t>(10 + 16 * y + 2 * x); }

/// `batch` augmented copies of one grey image, in pixel values.
HostTensor augmented(const std::string& augment) {
    Json json = Json::parse(
        R"({"name": "t", "dataset": "x", "model": {"layers": [{"type": "dense", "out_features": 2}]}})");
    json["augment"] = Json::parse(augment);
    DatasetCard card;
    card.image = {height, width, 1};
    card.classes.resize(2);
    card.mean = {0};
    card.stddev = {1};
    Split split;
    for (int n = 0; n < batch; ++n) {
        for (int y = 0; y < height; ++y)
            for (int x = 0; x < width; ++x) split.images.push_back(pixel(y, x));
        split.labels.push_back(0);
    }
    const auto backend = make_reference_backend();
    Model model(Experiment::parse(json), card, *backend);
    const Program program = model.compile_for(Phase::train, batch, {}, true).program;
    backend->upload_split(SplitName::train, card.image, split);
    const auto executable = backend->prepare(program);
    (void)backend->run(*executable, {SplitName::train, 0, batch, seed, 0, 0});
    HostTensor images = backend->download(*executable, program.images);
    for (float& v : images.span()) v *= 255;
    return images;
}

AugmentationDraw draw(const std::string& augment, int n) {
    Augmentation a;
    read_json(Json::parse(augment), a, "augment");
    return draw_augmentation(a, {seed, stream_of("augment"), 0}, static_cast<uint64_t>(n), height, width,
                             static_cast<uint32_t>(n), 0);
}

/// Checks every pixel of every image against expected(image, y, x).
template <class Expected>
void expect_pixels(const HostTensor& images, const Expected& expected) {
    for (int n = 0; n < batch; ++n)
        for (int y = 0; y < height; ++y)
            for (int x = 0; x < width; ++x)
                ASSERT_NEAR(images[(n * height + y) * width + x], expected(n, y, x), 1e-4)
                    << "image " << n << ", row " << y << ", column " << x;
}

double inside(int y, int x) { return y >= 0 && y < height && x >= 0 && x < width ? pixel(y, x) : 0; }

}  // namespace

TEST(Augmentation, nothing_changes_without_it) {
    expect_pixels(augmented("{}"), [](int, int y, int x) { return pixel(y, x); });
}

TEST(Augmentation, alternating_flips_show_each_image_from_both_sides) {
    expect_pixels(augmented(R"({"alternating_flip": true})"), [&](int n, int y, int x) {
        return pixel(y, alternating_flip(seed, static_cast<uint32_t>(n), 0) ? width - 1 - x : x);
    });
    int flipped = 0;
    for (uint32_t n = 0; n < 1000; ++n) {
        flipped += alternating_flip(seed, n, 0) ? 1 : 0;
        for (uint32_t epoch = 0; epoch < 5; ++epoch)
            EXPECT_NE(alternating_flip(seed, n, epoch), alternating_flip(seed, n, epoch + 1));
    }
    EXPECT_NEAR(flipped, 500, 64);
}

TEST(Augmentation, about_half_of_the_images_are_mirrored) {
    const std::string augment = R"({"horizontal_flip": true})";
    int flipped = 0;
    expect_pixels(augmented(augment),
                  [&](int n, int y, int x) { return pixel(y, draw(augment, n).flip ? width - 1 - x : x); });
    for (int n = 0; n < 1000; ++n) flipped += draw(augment, n).flip ? 1 : 0;
    EXPECT_NEAR(flipped, 500, 64);
}

TEST(Augmentation, a_crop_shifts_by_whole_pixels) {
    const std::string augment = R"({"crop": 2})";
    expect_pixels(augmented(augment), [&](int n, int y, int x) {
        const auto d = draw(augment, n);
        return inside(y + d.shift_y, x + d.shift_x);
    });
    int seen[5] = {};
    for (int n = 0; n < 1000; ++n) {
        const auto d = draw(augment, n);
        ASSERT_TRUE(std::abs(d.shift_y) <= 2 && std::abs(d.shift_x) <= 2);
        ++seen[d.shift_x + 2];
    }
    for (const int count : seen) EXPECT_NEAR(count, 200, 51);
}

TEST(Augmentation, a_mirrored_border_does_not_repeat_the_edge) {
    const std::string augment = R"({"crop": 3, "padding": "reflect"})";
    const auto mirrored = [](int i, int extent) {
        return i < 0 ? -i : i >= extent ? 2 * (extent - 1) - i : i;
    };
    expect_pixels(augmented(augment), [&](int n, int y, int x) {
        const auto d = draw(augment, n);
        return pixel(mirrored(y + d.shift_y, height), mirrored(x + d.shift_x, width));
    });
}

TEST(Augmentation, reflection_goes_back_and_forth) {
    const int four[] = {3, 2, 1, 0, 1, 2, 3, 2, 1, 0, 1};  // of −3 … 7
    for (int i = -3; i <= 7; ++i) EXPECT_EQ(reflect(i, 4), four[i + 3]) << i;
    for (int i = -5; i <= 5; ++i) EXPECT_EQ(reflect(i, 1), 0);
}

TEST(Augmentation, a_quarter_turn_is_exact) {
    // turned by 90°, and not by the up to ±90° of an experiment's draw: what the formula says of the pixels
    const std::string augment = R"({"rotation": 90})";
    const HostTensor images = augmented(augment);
    for (int n = 0; n < batch; ++n) {
        const auto d = draw(augment, n);
        EXPECT_NEAR(d.matrix[0] * d.matrix[3] - d.matrix[1] * d.matrix[2], 1, 1e-6)
            << "a rotation keeps areas";
        // the place that the middle of the image's left half comes from, between four pixels of a linear ramp
        const double dy = 2 - (height - 1) / 2.0, dx = 2 - (width - 1) / 2.0;
        const double v = (height - 1) / 2.0 + double{d.matrix[0]} * dy + double{d.matrix[1]} * dx;
        const double u = (width - 1) / 2.0 + double{d.matrix[2]} * dy + double{d.matrix[3]} * dx;
        EXPECT_NEAR(images[(n * height + 2) * width + 2], 10 + 16 * v + 2 * u, 1e-3)
            << "bilinear sampling is exact on a ramp";
    }
}

TEST(Augmentation, a_translation_by_part_of_a_pixel_blends) {
    const std::string augment = R"({"translation": 0.2})";
    const HostTensor images = augmented(augment);
    for (int n = 0; n < batch; ++n) {
        const auto d = draw(augment, n);
        ASSERT_LE(std::abs(d.offset_y), 0.2F * height);
        ASSERT_LE(std::abs(d.offset_x), 0.2F * width);
        EXPECT_NEAR(images[(n * height + 2) * width + 3],
                    10 + 16 * (2 - double{d.offset_y}) + 2 * (3 - double{d.offset_x}), 1e-3);
    }
}

TEST(Augmentation, scaling_is_about_the_centre) {
    const std::string augment = R"({"scaling": 0.5})";
    const HostTensor images = augmented(augment);
    for (int n = 0; n < batch; ++n) {
        const auto d = draw(augment, n);
        EXPECT_GE(d.matrix[0], 1 / 1.5F - 1e-6F);
        EXPECT_LE(d.matrix[0], 2 + 1e-6F);
        const double v = 2.5 + double{d.matrix[0]} * -0.5;
        EXPECT_NEAR(images[(n * height + 2) * width + 3], 10 + 16 * v + 2 * 3, 1e-3)
            << "the middle column stays where it is";
    }
}

TEST(Augmentation, colours_change_about_the_images_own_mean) {
    const std::string augment = R"({"brightness": 0.3, "contrast": 0.9})";
    double mean = 0;
    for (int y = 0; y < height; ++y)
        for (int x = 0; x < width; ++x) mean += pixel(y, x) / double{height * width};
    expect_pixels(augmented(augment), [&](int n, int y, int x) {
        const auto d = draw(augment, n);
        return std::clamp(double{d.contrast} * (pixel(y, x) - mean) + mean + double{d.brightness}, 0.0,
                          255.0);
    });
}

TEST(Augmentation, cutout_blanks_one_square) {
    const std::string augment = R"({"cutout": 3})";
    expect_pixels(augmented(augment), [&](int n, int y, int x) {
        const auto d = draw(augment, n);
        const bool blank = y >= d.cutout_y && y < d.cutout_y + 3 && x >= d.cutout_x && x < d.cutout_x + 3;
        return blank ? 0 : pixel(y, x);
    });
}

TEST(Augmentation, draws_differ_by_image_and_step) {
    Augmentation a;
    a.rotation = 30;
    const auto angle = [&](uint32_t step, uint64_t n) {
        return draw_augmentation(a, {seed, 1, step}, n, 8, 8, 0, 0).matrix[1];
    };
    EXPECT_NE(angle(0, 0), angle(0, 1));
    EXPECT_NE(angle(0, 0), angle(1, 0));
    EXPECT_EQ(angle(3, 4), angle(3, 4));
}

}  // namespace cnnlab
