#include <gtest/gtest.h>

#include <string>

#include "engine/data/picture_bytes.hpp"
#include "tests/errors.hpp"

namespace cnnlab {
namespace {

using Bytes = std::vector<uint8_t>;

Bytes bytes_of(const std::string& text) { return {text.begin(), text.end()}; }

std::string text_of(const Bytes& bytes) { return {bytes.begin(), bytes.end()}; }

/// A number's bytes, the highest first or last.
std::string number(uint64_t value, int length, bool highest_first = true) {
    std::string text;
    for (int i = 0; i < length; ++i)
        text += static_cast<char>(value >> 8 * (highest_first ? length - 1 - i : i) & 0xFFU);
    return text;
}

/// EXIF data that say orientation 6.
std::string exif() {
    return "MM" + number(42, 2) + number(8, 4) + number(1, 2) + number(0x0112, 2) + number(3, 2) +
           number(1, 4) + number(6, 2) + number(0, 6);
}

std::string chunk(const std::string& name, const std::string& data) {
    return number(static_cast<uint32_t>(data.size()), 4) + name + data + "sum!";
}

std::string segment(int kind, const std::string& data) {
    return "\xFF" + number(static_cast<uint32_t>(kind), 1) +
           number(static_cast<uint32_t>(data.size()) + 2, 2) + data;
}

std::string riff(const std::string& chunks) {
    return "RIFF" + number(static_cast<uint32_t>(chunks.size()) + 4, 4, false) + "WEBP" + chunks;
}

std::string riff_chunk(const std::string& name, const std::string& data) {
    return name + number(static_cast<uint32_t>(data.size()), 4, false) + data +
           std::string(data.size() % 2, '\0');
}

void expect_plain(const std::string& file, const std::string& plain, PictureFormat format, int orientation) {
    const PlainPicture picture = plain_picture(bytes_of(file), "picture");
    EXPECT_EQ(text_of(picture.bytes), plain);
    EXPECT_EQ(picture.format, format);
    EXPECT_EQ(picture.orientation, orientation);
}

TEST(PictureBytes, FormatsAreKnownByTheirContents) {
    using enum PictureFormat;
    const auto format = [](const std::string& text) { return picture_format(bytes_of(text)); };
    EXPECT_EQ(format("\x89PNG\r\n\x1a\n"), png);
    EXPECT_EQ(format("\xFF\xD8\xFF\xE0"), jpeg);
    EXPECT_EQ(format(riff("")), webp);
    EXPECT_EQ(format("GIF87a"), gif);
    EXPECT_EQ(format("BM" + std::string(12, '\0') + number(40, 4, false)), bmp);
    EXPECT_EQ(format("\x01\x02\x03\x04"
                     "ftypheic"),
              heic);
    EXPECT_EQ(format("\x01\x02\x03\x04"
                     "ftypavif"),
              avif);
    EXPECT_EQ(format("MM" + number(42, 2)), tiff);
    for (const std::string& text : {std::string(), std::string("B"),
                                    std::string("BMW is a car and no picture"), std::string("RIFF....WAVE"),
                                    std::string("<html>"), std::string("\xFF\xD8"), std::string("ftypheic")})
        EXPECT_EQ(format(text), none) << text;
}

TEST(PictureBytes, ChunksOfPngThatChangeColoursOrTurnGo) {
    const std::string signature = "\x89PNG\r\n\x1a\n", header = chunk("IHDR", "header"),
                      palette = chunk("PLTE", "pal"), opacity = chunk("tRNS", "t"),
                      data = chunk("IDAT", "data"), end = chunk("IEND", "");
    const std::string plain = signature + header + palette + opacity + data + end;
    std::string file = signature + header;
    for (const char* name : {"gAMA", "cHRM", "iCCP", "sRGB", "cICP", "sBIT", "acTL", "fcTL"})
        file += chunk(name, "x");
    file += palette + opacity + chunk("eXIf", exif()) + data + chunk("fdAT", "frame") +
            chunk("tEXt", "a text") + end;
    expect_plain(file, plain, PictureFormat::png, 6);
    expect_plain(plain, plain, PictureFormat::png, 1);
    // The end has no data: where it begins, the picture is whole.
    expect_plain(plain.substr(0, plain.size() - 3), plain.substr(0, plain.size() - 3), PictureFormat::png, 1);
    for (const size_t lacking : {size_t{5}, end.size(), end.size() + 3}) {
        const std::string cut = plain.substr(0, plain.size() - lacking);
        const std::vector<uint8_t> bytes(cut.begin(), cut.end());
        test::expect_error(
            ErrorCode::bad_file, [&] { (void)plain_picture(bytes, "a.png"); }, "a.png", "ends too early");
    }
}

TEST(PictureBytes, SegmentsOfJpegThatChangeColoursOrTurnGo) {
    const std::string begin = "\xFF\xD8", jfif = segment(0xE0, "JFIF"), adobe = segment(0xEE, "Adobe"),
                      table = segment(0xDB, "table"), frame = segment(0xC0, "frame"),
                      scan = segment(0xDA, "scan") + "data \xFF\xE2 data\xFF\xD9";
    const std::string plain = begin + jfif + adobe + table + frame + scan;
    expect_plain(begin + jfif + segment(0xE1, "http://ns.adobe.com/xap/1.0/") +
                     segment(0xE1, std::string("Exif\0\0", 6) + exif()) + segment(0xE2, "ICC_PROFILE") +
                     adobe + segment(0xFE, "comment") + "\xFF\xFF\xFF" + table.substr(1) + frame + scan,
                 plain, PictureFormat::jpeg, 6);
    expect_plain(plain, plain, PictureFormat::jpeg, 1);
    for (size_t length = 3; length < plain.size(); ++length)
        expect_plain(plain.substr(0, length), plain.substr(0, length), PictureFormat::jpeg, 1);
}

TEST(PictureBytes, ChunksOfWebpThatChangeColoursOrTurnGo) {
    const std::string pixels = riff_chunk("VP8L", "pix");
    const auto extended = [&](char flags) { return riff_chunk("VP8X", flags + std::string("123456789")); };
    expect_plain(riff(extended('\x3C') + riff_chunk("ICCP", "profile") + pixels + riff_chunk("EXIF", exif()) +
                      riff_chunk("XMP ", "x")),
                 riff(extended('\x10') + pixels), PictureFormat::webp, 6);
    expect_plain(riff(pixels), riff(pixels), PictureFormat::webp, 1);
}

TEST(PictureBytes, OtherFilesStayAsTheyAre) {
    expect_plain("", "", PictureFormat::none, 1);
    expect_plain("GIF89a, cut", "GIF89a, cut", PictureFormat::gif, 1);
}

TEST(PictureBytes, TheScreenOfAGifHoldsItsFirstImage) {
    const auto gif = [](char version, int width, int height) {
        const auto u16 = [](int value) { return number(static_cast<uint32_t>(value), 2, false); };
        const std::string extension = "\x21\xF9\x04" + std::string(5, '\0');
        return "GIF8" + std::string(1, version) + "a" + u16(width) + u16(height) +
               std::string("\x80\0\0", 3) + "colour" + extension + "\x2C" + u16(8) + u16(10) + u16(24) +
               u16(16) + "and so on";
    };
    expect_plain(gif('7', 40, 36), gif('9', 40, 36), PictureFormat::gif, 1);
    expect_plain(gif('9', 12, 10), gif('9', 32, 26), PictureFormat::gif, 1);
    expect_plain(gif('9', 300, 10), gif('9', 300, 26), PictureFormat::gif, 1);
}

}  // namespace
}  // namespace cnnlab
