#include <algorithm>
#include <array>
#include <cmath>

#include "engine/drawing/svg.hpp"
#include "native/bench/scaling.hpp"
#include "native/report/text.hpp"

namespace cnnlab {

namespace {

constexpr int picture_width = 1180, picture_height = 470;
constexpr double top = 96, bottom = 404, plot_width = 320, left = 60, apart = 372;

struct Plot {
    std::string axis, title;
    double left;
    double highest;      ///< GFLOP/s at the top
    double first, last;  ///< of the axis, which is logarithmic

    [[nodiscard]] double x(double value) const {
        return left + plot_width * std::log(value / first) / std::log(std::max(last / first, 1.0001));
    }
    [[nodiscard]] double y(double gflops) const { return bottom - (bottom - top) * gflops / highest; }
};

void draw_axes(Svg& svg, const Plot& p, const std::vector<ScalingPoint>& points) {
    svg.text(p.left, top - 16, p.title, "label strong");
    const double step = nice_step(p.highest / 6);
    for (double v = 0; v <= p.highest; v += step) {
        svg.line(p.left, p.y(v), p.left + plot_width, p.y(v), "grid");
        svg.text(p.left - 8, p.y(v) + 4, short_number(v), "small", "end");
    }
    svg.line(p.left, bottom, p.left + plot_width, bottom, "axis");
    // Numbers that would touch are left out.
    double written = -100;
    for (const ScalingPoint& point : points) {
        if (point.axis != p.axis || point.threads != points.front().threads) continue;
        const double x = p.x(point.at());
        svg.line(x, bottom, x, bottom + 4, "axis");
        if (x - written < 24) continue;
        svg.text(x, bottom + 20, std::to_string(point.at()), "small", "middle");
        written = x;
    }
}

void draw_line(Svg& svg, const Plot& p, const std::vector<ScalingPoint>& points, int threads,
               const std::string& colour) {
    std::string line, peak;
    const ScalingPoint* last = nullptr;
    for (const ScalingPoint& point : points) {
        if (point.axis != p.axis || point.threads != threads) continue;
        const std::string x = short_number(p.x(point.at()), 1);
        line += (line.empty() ? "M" : "L") + x + " " + short_number(p.y(point.gflops), 1);
        peak += (peak.empty() ? "M" : "L") + x + " " + short_number(p.y(point.peak_gflops), 1);
        svg.path("M" + short_number(p.x(point.at()) - 3, 1) + " " + short_number(p.y(point.gflops), 1) +
                     "a3 3 0 1 0 6 0a3 3 0 1 0 -6 0",
                 "fill-" + colour);
        last = &point;
    }
    if (last == nullptr) return;
    svg.path(peak, "line-" + colour + " thin faint");
    svg.path(line, "line-" + colour);
    svg.text(p.left + plot_width, p.y(last->peak_gflops) - 6, "peak of " + count_text(threads, "thread"),
             "small", "end");
}

}  // namespace

std::string scaling_svg(const std::vector<ScalingPoint>& points, const std::string& title) {
    double highest = 1;
    std::vector<int> threads;
    for (const ScalingPoint& point : points) {
        highest = std::max({highest, point.gflops, point.peak_gflops});
        if (std::find(threads.begin(), threads.end(), point.threads) == threads.end())
            threads.push_back(point.threads);
    }
    Svg svg(picture_width, picture_height, title + ": GFLOP a second by batch, image size and width");
    svg.text(left - 36, 34, title, "title");
    svg.text(left - 36, 56,
             "GFLOP a second (nominal), training; pale: the multiply-add peak measured beside it", "small");
    constexpr std::array<const char*, 4> colours{"ink", "accent", "green", "red"};
    double at = left;
    for (const auto& [axis, name] : {std::pair{"batch", "images in a batch"},
                                     std::pair{"size", "pixels of a side"}, std::pair{"width", "channels"}}) {
        Plot p{axis, name, at, 1.08 * highest, 1e9, 1};
        for (const ScalingPoint& point : points) {
            if (point.axis != axis) continue;
            p.first = std::min<double>(p.first, point.at());
            p.last = std::max<double>(p.last, point.at());
        }
        draw_axes(svg, p, points);
        for (size_t i = 0; i < threads.size(); ++i)
            draw_line(svg, p, points, threads[i], colours[std::min(i, colours.size() - 1)]);
        at += apart;
    }
    for (size_t i = 0; i < threads.size(); ++i) {
        const double y = 30 + 18 * static_cast<double>(i);
        svg.line(picture_width - 130, y, picture_width - 100, y,
                 "line-" + std::string(colours[std::min(i, colours.size() - 1)]));
        svg.text(picture_width - 92, y + 4, count_text(threads[i], "thread"), "label");
    }
    return svg.str();
}

}  // namespace cnnlab
