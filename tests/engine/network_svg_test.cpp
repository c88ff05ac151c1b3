#include "engine/drawing/network_svg.hpp"

#include <gtest/gtest.h>

#include "engine/model/experiment.hpp"

namespace cnnlab::network_svg_test {

namespace {

std::string drawn(const std::string& layers, const DrawingWords& words = {}) {
    const Experiment experiment = Experiment::parse(
        Json::parse(R"({"name": "net <1>", "dataset": "x", "model": {"layers": [)" + layers + "]}}"));
    CompileOptions options;
    options.input = {8, 8, 3};
    return network_svg(compile(experiment, options).layers, {8, 8, 3}, experiment.name, words);
}

int64_t count(const std::string& text, const std::string& part) {
    int64_t found = 0;
    for (size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
    return found;
}

constexpr auto plain =
    R"({"type": "conv2d", "out_channels": 1000, "padding": 1}, {"type": "batch_norm"}, {"type": "relu"},
    {"type": "max_pool2d"}, {"type": "flatten"}, {"type": "dense", "out_features": 2})";

TEST(NetworkSvg, ABoxForEachLayerWithWhatOnlyChangesItsNumbers) {
    const std::string svg = drawn(plain);
    // the images, the convolution with two more, the pool, flatten, the dense layer
    EXPECT_EQ(count(svg, "class=\"strong\""), 5);
    EXPECT_EQ(count(svg, ">conv2d, batch_norm, relu<"), 1) << svg;
    EXPECT_EQ(count(svg, ">8×8×1000<"), 1);
    EXPECT_EQ(count(svg, ">30,000 parameters<"), 1) << "27,000 weights, 1,000 biases, 2,000 of batch norm";
    EXPECT_EQ(count(svg, ">input<"), 1);
    EXPECT_EQ(count(svg, "<title>net &lt;1&gt;</title>"), 1);
    EXPECT_EQ(count(svg, " Q"), 0) << "no line at the side";
}

TEST(NetworkSvg, LinesAtTheSideLeadToWhoReadsLater) {
    const std::string svg = drawn(
        R"({"type": "conv2d", "out_channels": 4, "padding": 1, "name": "a"}, {"type": "relu", "name": "r"},
           {"type": "conv2d", "out_channels": 4, "padding": 1}, {"type": "conv2d", "out_channels": 4, "padding": 1, "name": "b"},
           {"type": "add", "from": ["b", "r"], "name": "sum"}, {"type": "concat", "from": ["sum", "a"]}, {"type": "dense", "out_features": 2})");
    EXPECT_EQ(count(svg, ">conv2d<"), 3) << "relu has a reader that is not the next layer's: it stands alone";
    EXPECT_EQ(count(svg, ">relu<"), 1);
    // r → sum and a → concat, in two lanes as they pass each other
    EXPECT_EQ(count(svg, " Q"), 4);
    const auto lane_of = [&](size_t number) {
        size_t at = 0;
        for (size_t i = 0; i <= number; ++i) at = svg.find(" H", at + 1);
        return svg.substr(at, svg.find(' ', at + 1) - at);
    };
    EXPECT_NE(lane_of(0), lane_of(2));
}

TEST(NetworkSvg, InWordsOfAnotherLanguage) {
    const std::string svg = drawn(plain, {"entrada", "parámetros"});
    EXPECT_EQ(count(svg, ">entrada<"), 1);
    EXPECT_EQ(count(svg, " parámetros<"), 2);
    EXPECT_EQ(count(svg, "parameters"), 0);
}

}  // namespace

}  // namespace cnnlab::network_svg_test
