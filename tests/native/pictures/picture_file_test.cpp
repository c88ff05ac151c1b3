#include <gtest/gtest.h>
#include <zlib.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>

// It needs <cstdio> before it.
#include <jpeglib.h>

#include "engine/core/parse_json.hpp"
#include "native/pictures/picture_file.hpp"
#include "native/system/file_bytes.hpp"
#include "native/system/process_facts.hpp"
#include "tests/errors.hpp"
#include "tests/native/temporary_folder.hpp"

namespace cnnlab {
namespace {

using Bytes = std::vector<uint8_t>;
using test::expect_error;
using test::fixture;

/// The picture in its own size.
Image read_whole(const std::filesystem::path& path) { return decode_picture(read_file(path), path.string()); }

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

/// Two hexadecimal digits a byte.
Bytes bytes_of(const std::string& digits) {
    Bytes bytes;
    for (size_t i = 0; i + 1 < digits.size(); i += 2)
        bytes.push_back(static_cast<uint8_t>(std::stoi(digits.substr(i, 2), nullptr, 16)));
    return bytes;
}

Json golden_pictures() {
    const Bytes text = read_file(fixture("pictures.json"));
    return parse_json(std::string(text.begin(), text.end()), "pictures.json");
}

// The page reads the same pictures in web/test/e2e/pictures.test.mjs.
TEST(PictureFile, OnePictureHasOneAnswer) {
    for (const Json& one : golden_pictures()) {
        SCOPED_TRACE(one.at("name").get<std::string>());
        const Bytes expected = bytes_of(one.at("pixels"));
        Image image;
        ASSERT_NO_THROW(image = decode_picture(bytes_of(one.at("file")), "picture", {8, 8, 3}));
        ASSERT_EQ(image.pixels.size(), expected.size());
        int most = 0;
        for (size_t i = 0; i < expected.size(); ++i)
            most = std::max(most, std::abs(image.pixels[i] - expected[i]));
        EXPECT_LE(most, 2);
    }
}

TEST(PictureFile, CutPicturesAreRefused) {
    for (const Json& one : golden_pictures()) {
        const auto name = one.at("name").get<std::string>();
        if (!name.starts_with("webp") && !name.starts_with("bmp") && name != "gif" &&
            name != "gif-interlaced")
            continue;
        SCOPED_TRACE(name);
        const Bytes whole = bytes_of(one.at("file"));
        // What is left of the last frames, of padding and of an end marker is not needed.
        for (size_t length = 0; length < whole.size() / 2; ++length) {
            const Bytes cut(whole.begin(), whole.begin() + static_cast<ptrdiff_t>(length));
            expect_error(
                ErrorCode::bad_file, [&] { (void)decode_picture(cut, name); }, name);
        }
    }
}

/// A grey JPEG whose left half is dark and whose right half is bright.
Bytes large_jpeg(int height, int width) {
    jpeg_compress_struct jpeg{};
    jpeg_error_mgr errors{};
    jpeg.err = jpeg_std_error(&errors);
    jpeg_create_compress(&jpeg);
    unsigned char* buffer = nullptr;
    unsigned long size = 0;  // NOLINT: libjpeg's type
    jpeg_mem_dest(&jpeg, &buffer, &size);
    jpeg.image_height = static_cast<JDIMENSION>(height);
    jpeg.image_width = static_cast<JDIMENSION>(width);
    jpeg.input_components = 1;
    jpeg.in_color_space = JCS_GRAYSCALE;
    jpeg_set_defaults(&jpeg);
    jpeg_start_compress(&jpeg, TRUE);
    Bytes line(static_cast<size_t>(width), uint8_t{40});
    std::fill(line.begin() + width / 2, line.end(), uint8_t{200});
    JSAMPROW row = line.data();
    while (jpeg.next_scanline < jpeg.image_height) jpeg_write_scanlines(&jpeg, &row, 1);
    jpeg_finish_compress(&jpeg);
    Bytes bytes(buffer, buffer + size);
    std::free(buffer);
    jpeg_destroy_compress(&jpeg);
    return bytes;
}

TEST(PictureFile, APhonesLargestPhotographTakesLittleMemory) {
    const Bytes bytes = large_jpeg(9000, 12000);
    const int64_t before = peak_memory_bytes();
    const Image image = decode_picture(bytes, "photo.jpg", {4, 4, 1});
    EXPECT_LT(peak_memory_bytes() - before, 64 << 20);
    for (int y = 0; y < 4; ++y) {
        EXPECT_NEAR(image.at(y, 0)[0], 40, 2);
        EXPECT_NEAR(image.at(y, 3)[0], 200, 2);
    }
}

TEST(PictureFile, EndlessScansAreRefused) {
    Bytes bytes = read_file(fixture("images") / "progressive.jpg");
    size_t scan = bytes.size() - 2;
    while (bytes[scan] != 0xFF || bytes[scan + 1] != 0xDA) --scan;
    const Bytes last(bytes.begin() + static_cast<ptrdiff_t>(scan), bytes.end() - 2);
    for (int i = 0; i < 150; ++i) bytes.insert(bytes.end() - 2, last.begin(), last.end());
    expect_error(
        ErrorCode::bad_file, [&] { (void)decode_picture(bytes, "scans.jpg"); }, "scans.jpg", "100 scans");
}

TEST(PictureFile, FormatsThatTheProgramDoesNotReadAreNamed) {
    const auto named = [](const std::string& text, const char* words) {
        const Bytes bytes(text.begin(), text.end());
        expect_error(
            ErrorCode::bad_file, [&] { (void)decode_picture(bytes, "photo.jpg"); }, "photo.jpg", words);
    };
    named(std::string("\0\0\0\x18", 4) + "ftypheic", "HEIC");
    named(std::string("\0\0\0\x18", 4) + "ftypavif", "AVIF");
    named(std::string("II*\0", 4), "TIFF");
    named("<html>", "no picture");
    named("", "empty");
}

TEST(PictureFile, APngThatEndsBehindItsPixelsIsCut) {
    for (const char* name : {"rgb.png", "interlaced.png"}) {
        SCOPED_TRACE(name);
        Bytes bytes = read_file(fixture("images") / name);
        (void)decode_picture(bytes, name);
        for (const size_t size : {bytes.size() - 12, bytes.size() - 13, bytes.size() - 40}) {
            const Bytes cut(bytes.begin(), bytes.begin() + static_cast<ptrdiff_t>(size));
            expect_error(
                ErrorCode::bad_file, [&] { (void)decode_picture(cut, name); }, name, "ends too early");
        }
    }
}

/// A grey PNG of one column whose packed pixels are these chunks.
Bytes column_png(uint8_t height, const std::vector<Bytes>& packed) {
    Bytes bytes{0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};
    const auto add = [&](const std::string& name, const Bytes& data) {
        Bytes body(name.begin(), name.end());
        body.insert(body.end(), data.begin(), data.end());
        const auto number = [&](unsigned long value) {
            for (const unsigned shift : {24U, 16U, 8U, 0U})
                bytes.push_back(static_cast<uint8_t>(value >> shift));
        };
        number(data.size());
        bytes.insert(bytes.end(), body.begin(), body.end());
        number(crc32(0, body.data(), static_cast<uInt>(body.size())));
    };
    add("IHDR", {0, 0, 0, 1, 0, 0, 0, height, 8, 0, 0, 0, 0});
    for (const Bytes& data : packed) add("IDAT", data);
    add("IEND", {});
    return bytes;
}

TEST(PictureFile, TheChecksumOfPackedPixelsIsHeeded) {
    Bytes rows;
    for (uint8_t y = 0; y < 60; ++y) rows.insert(rows.end(), {0, static_cast<uint8_t>(37 * y)});
    Bytes packed(compressBound(rows.size()));
    uLongf size = packed.size();
    ASSERT_EQ(compress(packed.data(), &size, rows.data(), rows.size()), Z_OK);
    packed.resize(size);
    const Bytes body(packed.begin(), packed.end() - 4), sum(packed.end() - 4, packed.end()),
        wrong{1, 2, 3, 4};
    const auto joined = [&](const Bytes& end) {
        Bytes both = body;
        both.insert(both.end(), end.begin(), end.end());
        return both;
    };
    for (const auto& good : {std::vector<Bytes>{packed}, {body, sum}})
        EXPECT_EQ(decode_picture(column_png(60, good), "a.png").height, 60);
    for (const auto& bad :
         {std::vector<Bytes>{joined(wrong)}, {body, wrong}, {body}, {joined({sum[0], sum[1]})}})
        expect_error(
            ErrorCode::bad_file, [&] { (void)decode_picture(column_png(60, bad), "a.png"); }, "a.png", "PNG");
}

TEST(PictureFile, DecodesEveryFormat) {
    for (const char* name : {"rgb.png", "palette.png", "interlaced.png"}) {
        SCOPED_TRACE(name);
        const Image image = read_whole(fixture("images") / name);
        EXPECT_EQ(image.channels, 3);
        expect_quarters(image, 0);
    }
    for (const char* name : {"grey.png", "grey16.png", "grey.jpg"}) {
        SCOPED_TRACE(name);
        const Image image = read_whole(fixture("images") / name);
        EXPECT_EQ(image.channels, 1);
        expect_quarters(image, 2);
    }
    for (const char* name : {"baseline.jpg", "progressive.jpg", "cmyk.jpg"}) {
        SCOPED_TRACE(name);
        expect_quarters(read_whole(fixture("images") / name), 3);
    }
}

TEST(PictureFile, PhotographsAreTurnedUpright) {
    for (int orientation = 1; orientation <= 8; ++orientation) {
        SCOPED_TRACE(orientation);
        expect_quarters(
            read_whole(fixture("images") / ("orientation_" + std::to_string(orientation) + ".jpg")), 3);
    }
}

TEST(PictureFile, TransparencyLiesOnWhite) {
    const Image image = read_whole(fixture("images") / "alpha.png");
    ASSERT_EQ(image.channels, 3);
    EXPECT_EQ((Bytes{image.at(0, 0), image.at(0, 0) + 3}), (Bytes{127, 127, 127}));
    EXPECT_EQ((Bytes{image.at(2, 2), image.at(2, 2) + 3}), (Bytes{255, 0, 0}));
    EXPECT_EQ((Bytes{image.at(2, 12), image.at(2, 12) + 3}), (Bytes{255, 255, 255}));
}

TEST(PictureFile, WritesPng) {
    const test::TemporaryFolder folder;
    for (int channels : {1, 3}) {
        Image image(5, 7, channels);
        for (size_t i = 0; i < image.pixels.size(); ++i) image.pixels[i] = static_cast<uint8_t>(11 * i);
        write_png(folder / "out.png", image);
        const Image read = read_whole(folder / "out.png");
        EXPECT_EQ(read.channels, channels);
        EXPECT_EQ(read.height, 5);
        EXPECT_EQ(read.pixels, image.pixels);
    }
}

TEST(PictureFile, NoImages) {
    for (const std::string& text :
         {std::string(), std::string("x"), std::string("<html></html>"), std::string("\x89PNG\r\n\x1a\n"),
          std::string("\xff\xd8\xff"), std::string("GIF89a"), std::string("BM"), std::string(1000, '\0')}) {
        const Bytes bytes(text.begin(), text.end());
        expect_error(
            ErrorCode::bad_file, [&] { (void)decode_picture(bytes, "notes.txt"); }, "notes.txt", "is ");
    }
    const test::TemporaryFolder folder;
    expect_error(
        ErrorCode::missing_data,
        [&] {
            (void)read_picture(folder / "none.png", {4, 4, 3});
        },
        "none.png");
}

TEST(PictureFile, TruncatedImages) {
    for (const char* name :
         {"rgb.png", "grey16.png", "palette.png", "baseline.jpg", "progressive.jpg", "orientation_6.jpg"}) {
        const Bytes whole = read_file(fixture("images") / name);
        // A PNG's last twelve bytes only say that it ends.
        const size_t needed = std::string(name).ends_with(".png") ? whole.size() - 12 : whole.size();
        for (size_t length = 0; length < needed; ++length) {
            const Bytes cut(whole.begin(), whole.begin() + static_cast<ptrdiff_t>(length));
            expect_error(
                ErrorCode::bad_file, [&] { (void)decode_picture(cut, name); }, name);
        }
    }
}

TEST(PictureFile, DamagedImagesAreReadOrRefused) {
    for (const char* name : {"rgb.png", "palette.png", "alpha.png", "interlaced.png", "baseline.jpg",
                             "progressive.jpg", "cmyk.jpg"}) {
        const Bytes whole = read_file(fixture("images") / name);
        for (size_t at = 0; at < whole.size(); ++at) {
            for (uint8_t flip : {0x01, 0x80, 0xFF}) {
                Bytes damaged = whole;
                damaged[at] ^= flip;
                try {
                    const Image image = decode_picture(damaged, name);
                    EXPECT_EQ(image.pixels.size(), static_cast<size_t>(image.height) *
                                                       static_cast<size_t>(image.width * image.channels));
                } catch (const Error& error) {
                    EXPECT_EQ(error.code(), ErrorCode::bad_file);
                }
            }
        }
    }
}

TEST(PictureFile, WhatNoCanvasHoldsIsRefused) {
    Bytes png = read_file(fixture("images") / "rgb.png");
    for (size_t at : {size_t{18}, size_t{22}}) png[at] = 0x41;  // 16,656 × 16,648
    // The header chunk's checksum is of its name and 13 bytes.
    const uint32_t sum = static_cast<uint32_t>(crc32(0, png.data() + 12, 17));
    for (size_t i = 0; i < 4; ++i) png[29 + i] = static_cast<uint8_t>(sum >> (24 - 8 * i));
    expect_error(
        ErrorCode::bad_file, [&] { (void)decode_picture(png, "big.png"); }, "big.png", "268435456");
}

}  // namespace
}  // namespace cnnlab
