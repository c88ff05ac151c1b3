#include "native/report/histogram_svg.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "engine/drawing/svg.hpp"

namespace cnnlab {

namespace {

constexpr int width = 760;

/// The plot area of the intensity chart.
constexpr double left = 64, right = width - 24, top = 92, bottom = 372;
constexpr int intensity_height = 424;

/// Shares of all pixels of one channel.
std::array<double, 256> shares(const Statistics::Histogram& histogram) {
    double total = 0;
    for (int64_t count : histogram) total += static_cast<double>(count);
    std::array<double, 256> result{};
    for (size_t i = 0; i < result.size(); ++i)
        result[i] = total == 0 ? 0 : static_cast<double>(histogram[i]) / total;
    return result;
}

/// The smallest of 1, 2, 5 × a power of ten that is at least `value`: what ticks are spaced by.
double round_up_to_tick(double value) {
    const double power = std::pow(10, std::floor(std::log10(value)));
    for (double digit : {1.0, 2.0, 5.0}) {
        if (digit * power >= value * 0.999999) return digit * power;
    }
    return 10 * power;
}

double x_of(double value) { return left + (right - left) * value / 256; }

std::string percent(double share, int decimals) { return short_number(100 * share, decimals) + " %"; }

/// Outline of the histogram: a step up or down at every value.
std::string outline(const std::array<double, 256>& heights, double highest, bool is_closed) {
    const auto y_of = [&](double share) { return bottom - (bottom - top) * std::min(share / highest, 1.0); };
    std::string d = "M" + short_number(left) + " " + short_number(bottom);
    for (size_t value = 0; value < heights.size(); ++value) {
        d += "V" + short_number(y_of(heights[value])) + "H" +
             short_number(x_of(static_cast<double>(value) + 1));
    }
    return d + "V" + short_number(bottom) + (is_closed ? "Z" : "");
}

struct Channel {
    std::string_view name, fill, line;
};

Channel channel_of(size_t index, size_t count) {
    constexpr std::array<Channel, 3> colours{{{"red", "fill-red", "line-red"},
                                              {"green", "fill-green", "line-green"},
                                              {"blue", "fill-blue", "line-blue"}}};
    return count == 3 ? colours[index] : Channel{"", "fill-accent", "line-accent"};
}

void draw_axes(Svg& svg, double highest) {
    const double step = round_up_to_tick(highest / 5);
    for (double share = 0; share <= highest * 1.000001; share += step) {
        const double y = bottom - (bottom - top) * share / highest;
        if (share > 0) svg.line(left, y, right, y, "grid");
        svg.text(left - 8, y + 4, percent(share, 2), "small", "end");
    }
    svg.line(left, bottom, right, bottom, "axis");
    for (int value : {0, 64, 128, 192, 255}) {
        const double x = x_of(value + 0.5);
        svg.line(x, bottom, x, bottom + 4, "axis");
        svg.text(x, bottom + 20, std::to_string(value), "small", "middle");
    }
    svg.text((left + right) / 2, bottom + 42, "pixel value", "small", "middle");
}

}  // namespace

std::string intensity_svg(const Statistics& statistics, const DatasetCard& card) {
    const size_t channels = statistics.histogram.size();
    std::vector<std::array<double, 256>> heights;
    double inner = 0, outer = 0;  // highest share within 1 … 254, and of all
    int64_t images = 0;
    for (int64_t count : statistics.class_counts) images += count;
    for (const Statistics::Histogram& histogram : statistics.histogram) {
        heights.push_back(shares(histogram));
        inner = std::max(inner, *std::max_element(heights.back().begin() + 1, heights.back().end() - 1));
        outer = std::max(outer, *std::max_element(heights.back().begin(), heights.back().end()));
    }
    const bool is_cut = inner > 0 && outer > 3 * inner;
    const double highest = std::max(is_cut ? 1.5 * inner : outer, 1e-9);

    Svg svg(width, intensity_height, card.title + ": how often each pixel value occurs");
    svg.text(24, 34, card.title + ": pixel values", "title");
    svg.text(24, 56, "share of the pixels of " + grouped_number(images) + " images that have each value",
             "small");
    draw_axes(svg, highest);
    for (size_t i = 0; i < channels; ++i) {
        const Channel channel = channel_of(i, channels);
        if (channels == 1) {
            svg.path(outline(heights[i], highest, true), channel.fill);
        } else {
            svg.path(outline(heights[i], highest, false), channel.line);
        }
        const std::string facts = std::string(channel.name) + (channel.name.empty() ? "" : ": ") + "mean " +
                                  short_number(statistics.mean[i], 3) + ", std " +
                                  short_number(statistics.stddev[i], 3);
        if (channels <= 4) svg.text(right, 34 + 18 * static_cast<double>(i), facts, channel.fill, "end");
    }
    for (const size_t end : {size_t{0}, size_t{255}}) {
        std::string cut;
        for (const auto& channel : heights) {
            if (channel[end] > highest) cut += (cut.empty() ? "" : ", ") + percent(channel[end], 1);
        }
        if (cut.empty()) continue;
        const bool is_left = end == 0;
        svg.text(is_left ? x_of(1) + 8 : right - 10, top + 4, "value " + std::to_string(end) + ": " + cut,
                 "label", is_left ? "start" : "end");
    }
    return svg.str();
}

std::string classes_svg(const Statistics& train, const Statistics& test, const DatasetCard& card) {
    constexpr double bar = 20, pitch = 28, first = 84, bars_right = width - 150;
    size_t longest = 0;
    int64_t most = 1;
    for (size_t i = 0; i < card.classes.size(); ++i) {
        longest = std::max(longest, card.classes[i].size());
        most = std::max(most, train.class_counts[i] + test.class_counts[i]);
    }
    // About 7.5 pixels a letter at 13 px; long names get at most a third of the width.
    const double bars_left = std::min(40 + 7.5 * static_cast<double>(longest), width / 3.0);
    const int height = static_cast<int>(first + pitch * static_cast<double>(card.classes.size())) + 16;

    Svg svg(width, height, card.title + ": images of each class");
    svg.text(24, 34, card.title + ": images of each class", "title");
    svg.text(24, 56, "training images solid, test images pale", "small");
    for (size_t i = 0; i < card.classes.size(); ++i) {
        const double y = first + pitch * static_cast<double>(i),
                     scale = (bars_right - bars_left) / static_cast<double>(most);
        const double train_width = scale * static_cast<double>(train.class_counts[i]);
        const double test_width = scale * static_cast<double>(test.class_counts[i]);
        svg.text(bars_left - 10, y + 15, card.classes[i], "label", "end");
        svg.rectangle(bars_left, y, train_width, bar, "fill-accent");
        svg.rectangle(bars_left + train_width, y, test_width, bar, "fill-pale");
        svg.text(bars_left + train_width + test_width + 8, y + 15,
                 grouped_number(train.class_counts[i]) + " + " + grouped_number(test.class_counts[i]),
                 "small");
    }
    return svg.str();
}

}  // namespace cnnlab
