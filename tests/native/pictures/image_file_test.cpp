#include <gtest/gtest.h>
#include <zlib.h>

#include <algorithm>
#include <cmath>

#include "native/pictures/exif.hpp"
#include "native/pictures/image_file.hpp"
#include "native/pictures/resize.hpp"
#include "tests/errors.hpp"
#include "tests/native/temporary_folder.hpp"

namespace cnnlab {
namespace {

using Bytes = std::vector<uint8_t>;
using test::expect_error;
using test::fixture;

/// The picture of tests/data/fixtures/make_images.py: its four quarters at their centres, within `tolerance`.
void expect_quarters(const Image& image, int tolerance) {
    ASSERT_EQ(image.width, 16);
    ASSERT_EQ(image.height, 8);
    constexpr int quarters[4][3] = {{255, 0, 0}, {0, 255, 0}, {0, 0, 255}, {255, 255, 255}};
    for (int quarter = 0; quarter < 4; ++quarter) {
        const int* rgb = quarters[quarter];
        const uint8_t* pixel = image.at(quarter / 2 * 4 + 2, quarter % 2 * 8 + 3);
        if (image.channels == 1) {
            EXPECT_NEAR(pixel[0], 0.299 * rgb[0] + 0.587 * rgb[1] + 0.114 * rgb[2], tolerance + 1);
            continue;
        }
        for (int c = 0; c < 3; ++c) EXPECT_NEAR(pixel[c], rgb[c], tolerance) << "quarter " << quarter;
    }
}

TEST(ImageFile, DecodesEveryFormat) {
    for (const char* name : {"rgb.png", "palette.png", "interlaced.png"}) {
        SCOPED_TRACE(name);
        const Image image = read_image(fixture("images") / name);
        EXPECT_EQ(image.channels, 3);
        expect_quarters(image, 0);
    }
    for (const char* name : {"grey.png", "grey16.png", "grey.jpg"}) {
        SCOPED_TRACE(name);
        const Image image = read_image(fixture("images") / name);
        EXPECT_EQ(image.channels, 1);
        expect_quarters(image, 2);
    }
    for (const char* name : {"baseline.jpg", "progressive.jpg", "cmyk.jpg"}) {
        SCOPED_TRACE(name);
        expect_quarters(read_image(fixture("images") / name), 3);
    }
}

TEST(ImageFile, PhotographsAreTurnedUpright) {
    for (int orientation = 1; orientation <= 8; ++orientation) {
        SCOPED_TRACE(orientation);
        expect_quarters(
            read_image(fixture("images") / ("orientation_" + std::to_string(orientation) + ".jpg")), 3);
    }
}

TEST(ImageFile, TransparencyLiesOnWhite) {
    const Image image = read_image(fixture("images") / "alpha.png");
    ASSERT_EQ(image.channels, 3);
    EXPECT_EQ((Bytes{image.at(0, 0), image.at(0, 0) + 3}), (Bytes{127, 127, 127}));
    EXPECT_EQ((Bytes{image.at(2, 2), image.at(2, 2) + 3}), (Bytes{255, 0, 0}));
    EXPECT_EQ((Bytes{image.at(2, 12), image.at(2, 12) + 3}), (Bytes{255, 255, 255}));
}

TEST(ImageFile, WritesPng) {
    const test::TemporaryFolder folder;
    for (int channels : {1, 3}) {
        Image image(5, 7, channels);
        for (size_t i = 0; i < image.pixels.size(); ++i) image.pixels[i] = static_cast<uint8_t>(11 * i);
        write_png(folder / "out.png", image);
        const Image read = read_image(folder / "out.png");
        EXPECT_EQ(read.channels, channels);
        EXPECT_EQ(read.height, 5);
        EXPECT_EQ(read.pixels, image.pixels);
    }
}

TEST(ImageFile, NoImages) {
    for (const std::string& text :
         {std::string(), std::string("x"), std::string("<html></html>"), std::string("\x89PNG\r\n\x1a\n"),
          std::string("\xff\xd8\xff"), std::string("GIF89a"), std::string("BM"), std::string(1000, '\0')}) {
        const Bytes bytes(text.begin(), text.end());
        expect_error(
            ErrorCode::bad_file, [&] { decode_image(bytes, "notes.txt"); }, "notes.txt", "is ");
    }
    const test::TemporaryFolder folder;
    expect_error(
        ErrorCode::missing_data, [&] { read_image(folder / "none.png"); }, "none.png");
}

TEST(ImageFile, TruncatedImages) {
    for (const char* name :
         {"rgb.png", "grey16.png", "palette.png", "baseline.jpg", "progressive.jpg", "orientation_6.jpg"}) {
        const Bytes whole = read_file(fixture("images") / name);
        // A PNG's last twelve bytes only say that it ends.
        const size_t needed = std::string(name).ends_with(".png") ? whole.size() - 12 : whole.size();
        for (size_t length = 0; length < needed; ++length) {
            const Bytes cut(whole.begin(), whole.begin() + static_cast<ptrdiff_t>(length));
            expect_error(
                ErrorCode::bad_file, [&] { decode_image(cut, name); }, name);
        }
    }
}

TEST(ImageFile, DamagedImagesAreReadOrRefused) {
    for (const char* name : {"rgb.png", "palette.png", "alpha.png", "interlaced.png", "baseline.jpg",
                             "progressive.jpg", "cmyk.jpg"}) {
        const Bytes whole = read_file(fixture("images") / name);
        for (size_t at = 0; at < whole.size(); ++at) {
            for (uint8_t flip : {0x01, 0x80, 0xFF}) {
                Bytes damaged = whole;
                damaged[at] ^= flip;
                try {
                    const Image image = decode_image(damaged, name);
                    EXPECT_EQ(image.pixels.size(), static_cast<size_t>(image.height) *
                                                       static_cast<size_t>(image.width * image.channels));
                } catch (const Error& error) {
                    EXPECT_EQ(error.code(), ErrorCode::bad_file);
                }
            }
        }
    }
}

TEST(ImageFile, AnImageLargerThanAnyCameraMakesIsRefused) {
    Bytes png = read_file(fixture("images") / "rgb.png");
    for (size_t at : {size_t{18}, size_t{22}}) png[at] = 0x3F;  // 16,144 × 16,136
    // The header chunk's checksum is of its name and 13 bytes.
    const uint32_t sum = static_cast<uint32_t>(crc32(0, png.data() + 12, 17));
    for (size_t i = 0; i < 4; ++i) png[29 + i] = static_cast<uint8_t>(sum >> (24 - 8 * i));
    expect_error(
        ErrorCode::bad_file, [&] { decode_image(png, "big.png"); }, "big.png", "100000000");
}

TEST(Exif, Orientation) {
    const Bytes header{'E', 'x', 'i', 'f', 0, 0};
    const Bytes big{'M', 'M', 0, 42, 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0};
    const Bytes little{'I', 'I', 42, 0, 8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, 8, 0, 0, 0};
    const auto read = [&](const Bytes& tiff) {
        Bytes segment = header;
        segment.insert(segment.end(), tiff.begin(), tiff.end());
        return exif_orientation(segment);
    };
    EXPECT_EQ(read(big), 6);
    EXPECT_EQ(read(little), 8);
    EXPECT_EQ(read({}), 1);
    EXPECT_EQ(exif_orientation({}), 1);
    EXPECT_EQ(exif_orientation(big), 1);
    for (size_t length = 0; length < big.size(); ++length) {
        const int orientation = read({big.begin(), big.begin() + static_cast<ptrdiff_t>(length)});
        EXPECT_EQ(orientation, length < 20 ? 1 : 6);
    }
    Bytes endless = big;
    std::fill(endless.begin() + 4, endless.begin() + 8, uint8_t{0xFF});
    EXPECT_EQ(read(endless), 1);
    Bytes nonsense = big;
    nonsense[19] = 9;
    EXPECT_EQ(read(nonsense), 1);
}

TEST(Resize, AreaMeansWhenShrinking) {
    Image image(2, 4, 1);
    image.pixels = {0, 100, 10, 20, 200, 100, 30, 40};
    EXPECT_EQ(resize(image, 1, 2).pixels, (Bytes{100, 25}));
    // 3 → 2: the middle pixel counts half on either side
    Image row(1, 3, 1);
    row.pixels = {0, 60, 240};
    EXPECT_EQ(resize(row, 1, 2).pixels, (Bytes{20, 180}));
}

TEST(Resize, LinearWhenEnlarging) {
    Image row(1, 2, 1);
    row.pixels = {0, 100};
    EXPECT_EQ(resize(row, 1, 4).pixels, (Bytes{0, 25, 75, 100}));
    Image dot(1, 1, 3);
    dot.pixels = {1, 2, 3};
    const Image big = resize(dot, 2, 5);
    for (size_t i = 0; i < big.pixels.size(); ++i) EXPECT_EQ(big.pixels[i], i % 3 + 1);
}

TEST(Resize, EachAxisOnItsOwn) {
    Image image(4, 1, 1);
    image.pixels = {10, 20, 30, 40};
    const Image result = resize(image, 2, 3);
    EXPECT_EQ(result.pixels, (Bytes{15, 15, 15, 35, 35, 35}));
}

TEST(Resize, KeepsTheMeanOfAWholeReduction) {
    Image image(60, 90, 3);
    for (size_t i = 0; i < image.pixels.size(); ++i) image.pixels[i] = static_cast<uint8_t>(i * i % 251);
    const Image small = resize(image, 7, 11);
    double before = 0, after = 0;
    for (uint8_t p : image.pixels) before += p;
    for (uint8_t p : small.pixels) after += p;
    EXPECT_NEAR(before / static_cast<double>(image.pixels.size()),
                after / static_cast<double>(small.pixels.size()), 0.3);
}

TEST(Resize, CropsAtTheCentre) {
    Image wide(2, 6, 1);
    for (size_t i = 0; i < 12; ++i) wide.pixels[i] = static_cast<uint8_t>(i);
    EXPECT_EQ(crop_to_aspect(wide, 1).pixels, (Bytes{2, 3, 8, 9}));
    const Image tall = crop_to_aspect(wide, 6);
    EXPECT_EQ(tall.height, 1);
    EXPECT_EQ(tall.pixels, (Bytes{0, 1, 2, 3, 4, 5}));
    EXPECT_EQ(crop_to_aspect(Image(1, 9, 1), 0.001).width, 1);
}

TEST(Resize, FitsAnyImage) {
    const Image image = read_image(fixture("images") / "rgb.png");
    const Image grey = fit_image(image, {4, 4, 1});
    EXPECT_EQ(grey.pixels.size(), 16U);
    EXPECT_EQ(grey.pixels[0], 76);
    const Image colour = fit_image(grey, {28, 28, 3});
    EXPECT_EQ(colour.pixels.size(), 28U * 28U * 3U);
    EXPECT_EQ((Bytes{colour.at(0, 0), colour.at(0, 0) + 3}), (Bytes{76, 76, 76}));
}

}  // namespace
}  // namespace cnnlab
