#include <gtest/gtest.h>

#include "engine/data/lines.hpp"
#include "engine/drawing/svg.hpp"
#include "native/pictures/contact_sheet.hpp"
#include "native/report/histogram_svg.hpp"
#include "native/report/html.hpp"

namespace cnnlab {
namespace {

TEST(ContactSheet, OneRowAClassEnlargedInSquares) {
    datasets::Lines spec;
    spec.noise = 0;
    const Dataset data = make_lines(spec);
    const Image sheet = contact_sheet(data.train, data.card, 3);
    EXPECT_EQ(sheet.channels, 1);
    EXPECT_EQ(sheet.height, 2 * 44 + 4);
    EXPECT_EQ(sheet.width, 3 * 44 + 4);
    EXPECT_EQ(*sheet.at(0, 0), 0x90);
    for (int column = 0; column < 3; ++column) {
        const int left = 4 + 44 * column;
        EXPECT_EQ(*sheet.at(4 + 20, left + 1), 200);  // class 0: the horizontal line
        EXPECT_EQ(*sheet.at(4 + 1, left + 20), 0);
        EXPECT_EQ(*sheet.at(48 + 1, left + 20), 200);  // class 1: the vertical line
        EXPECT_EQ(*sheet.at(48 + 1, left + 23), 200);
        EXPECT_EQ(*sheet.at(48 + 1, left + 24), 0);
    }
}

TEST(ContactSheet, FewerSamplesThanAskedForLeaveRoom) {
    const Dataset data = make_lines({});
    const Image sheet = contact_sheet(data.test, data.card, 2);
    EXPECT_EQ(*sheet.at(24, 4 + 44 + 20), 0x90);
}

/// Tags open and close in pairs: enough to catch a broken picture.
void expect_well_formed(const std::string& svg) {
    std::vector<std::string> open;
    for (size_t at = svg.find('<'); at != std::string::npos; at = svg.find('<', at + 1)) {
        const size_t end = svg.find('>', at);
        ASSERT_NE(end, std::string::npos);
        const std::string tag = svg.substr(at + 1, end - at - 1);
        if (tag.back() == '/') continue;
        if (tag[0] != '/') {
            open.push_back(tag.substr(0, tag.find(' ')));
            continue;
        }
        ASSERT_FALSE(open.empty());
        EXPECT_EQ(tag.substr(1), open.back());
        open.pop_back();
    }
    EXPECT_TRUE(open.empty());
    EXPECT_EQ(svg.find("nan"), std::string::npos);
    EXPECT_EQ(svg.find("inf"), std::string::npos);
}

TEST(HistogramSvg, SaysWhatItShows) {
    const Dataset data = make_lines({});
    const Statistics train = compute_statistics(data.train, data.card),
                     test = compute_statistics(data.test, data.card);
    const std::string svg = intensity_svg(train, data.card);
    expect_well_formed(svg);
    EXPECT_NE(svg.find("pixel value"), std::string::npos);
    EXPECT_NE(svg.find("prefers-color-scheme: dark"), std::string::npos);
    const std::string bars = classes_svg(train, test, data.card);
    expect_well_formed(bars);
    EXPECT_NE(bars.find(">vertical<"), std::string::npos);
    EXPECT_NE(bars.find("50 + 1"), std::string::npos);
}

TEST(HistogramSvg, HasALineForEachColour) {
    DatasetCard card;
    card.title = "A & B <c>";
    card.image = ImageShape(1, 2, 3);
    card.classes = {"x"};
    const Split split{.images = {0, 0, 0, 255, 10, 0}, .labels = {0}};
    const std::string svg = intensity_svg(compute_statistics(split, card), card);
    expect_well_formed(svg);
    for (const char* word :
         {"line-red", "line-green", "line-blue", "A &amp; B &lt;c&gt;", "red: mean 0.5, std 0.5"}) {
        EXPECT_NE(svg.find(word), std::string::npos) << word;
    }
}

TEST(HistogramSvg, NothingToShow) {
    DatasetCard card;
    card.title = "Empty";
    const Statistics none = compute_statistics({}, card);
    expect_well_formed(intensity_svg(none, card));
    expect_well_formed(classes_svg(none, none, card));
}

TEST(Svg, Numbers) {
    EXPECT_EQ(short_number(12.5), "12.5");
    EXPECT_EQ(short_number(3), "3");
    EXPECT_EQ(short_number(100), "100");
    EXPECT_EQ(short_number(-0.001), "0");
    EXPECT_EQ(short_number(0.126, 1), "0.1");
    EXPECT_EQ(grouped_number(999), "999");
    EXPECT_EQ(grouped_number(60000), "60,000");
    EXPECT_EQ(grouped_number(-1234567), "-1,234,567");
}

TEST(Html, KeepsTitleAndStyle) {
    const std::string page = html_page("a < b", "<p>body</p>", "p { color: red; }\n");
    EXPECT_NE(page.find("<title>a &lt; b</title>"), std::string::npos);
    EXPECT_LT(page.find("p { color: red; }"), page.find("</style>"));
    EXPECT_LT(page.find("</style>"), page.find("<p>body</p>"));
}

}  // namespace
}  // namespace cnnlab
