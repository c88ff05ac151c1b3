#include "native/report/class_histogram_svg.hpp"

#include <algorithm>
#include <array>

#include "engine/drawing/svg.hpp"

namespace cnnlab {

namespace {

constexpr size_t most_charts = 100;
constexpr double chart_width = 336, chart_height = 150, plot_left = 24, plot_width = 296, plot_height = 88,
                 plot_top = 40;

std::string steps(const std::vector<double>& bars, double highest, double left, double bottom,
                  bool is_closed) {
    std::string d = "M" + short_number(left) + " " + short_number(bottom);
    for (size_t i = 0; i < bars.size(); ++i)
        d += "V" + short_number(bottom - plot_height * std::min(1.0, bars[i] / highest)) + "H" +
             short_number(left + plot_width * static_cast<double>(i + 1) / value_bars);
    return d + "V" + short_number(bottom) + (is_closed ? "Z" : "");
}

}  // namespace

std::vector<std::string> class_histogram_svgs(const std::vector<ClassLook>& looks, const DatasetCard& card) {
    constexpr std::array<std::string_view, 3> lines{"line-red", "line-green", "line-blue"};
    const size_t classes = std::min(looks.size(), most_charts);
    std::vector<ClassFigures> figures;
    for (size_t c = 0; c < classes; ++c) figures.push_back(figures_of(looks[c]));
    const double highest = highest_bar(figures);
    std::vector<std::string> charts;
    for (size_t c = 0; c < classes; ++c) {
        Svg svg(static_cast<int>(chart_width), static_cast<int>(chart_height),
                card.classes[c] + ": pixel values");
        constexpr double left = plot_left, bottom = plot_top + plot_height;
        svg.text(left, 28, card.classes[c], "label");
        std::string facts = "mean";
        for (size_t k = 0; k < figures[c].mean.size() && k < 4; ++k)
            facts += (k > 0 ? ", " : " ") + short_number(figures[c].mean[k], 1);
        svg.text(left + plot_width, 28, facts, "small", "end");
        svg.line(left, bottom, left + plot_width, bottom, "axis");
        const bool is_one = figures[c].bars.size() != lines.size();
        for (size_t k = 0; k < (is_one ? size_t{1} : lines.size()); ++k)
            svg.path(steps(figures[c].bars[k], highest, left, bottom, is_one),
                     is_one ? "fill-accent" : lines[k]);
        svg.text(left, bottom + 15, "0", "small");
        svg.text(left + plot_width, bottom + 15, "255", "small", "end");
        charts.push_back(svg.str());
    }
    return charts;
}

}  // namespace cnnlab
