#include "native/run/curves_svg.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

#include "engine/drawing/svg.hpp"
#include "native/report/text.hpp"

namespace cnnlab {

namespace {

using Point = TrainingHistory::Point;
using Points = std::vector<Point>;

constexpr int width = 980, height = 400;
constexpr double top = 96, bottom = 344, plot_width = 320, first_left = 60, second_left = 550;

/// At most `count` points: means of neighbours.
Points thin_out(const Points& points, size_t count) {
    if (points.size() <= count) return points;
    Points result;
    for (size_t i = 0; i < count; ++i) {
        const size_t begin = i * points.size() / count, end = (i + 1) * points.size() / count;
        Point sum;
        for (size_t j = begin; j < end; ++j) {
            sum.epoch += points[j].epoch, sum.loss += points[j].loss, sum.accuracy += points[j].accuracy;
        }
        const auto n = static_cast<double>(end - begin);
        result.push_back({sum.epoch / n, sum.loss / n, sum.accuracy / n});
    }
    return result;
}

/// Means over a window about each point; at the beginning, where much happens, it is narrower.
Points smooth(const Points& points) {
    const size_t reach = points.size() / 40;
    Points result = points;
    for (size_t i = 0; i < points.size(); ++i) {
        const size_t r = std::min(reach, i), end = std::min(i + r + 1, points.size());
        double loss = 0, accuracy = 0;
        for (size_t j = i - r; j < end; ++j) loss += points[j].loss, accuracy += points[j].accuracy;
        const auto n = static_cast<double>(end - (i - r));
        result[i].loss = loss / n;
        result[i].accuracy = accuracy / n;
    }
    return result;
}

/// One plot: what it shows of a point, and its axes.
struct Plot {
    std::string title;
    double Point::*value;
    double left, low, high, step;
    double epochs;

    [[nodiscard]] double x(double epoch) const { return left + plot_width * epoch / epochs; }
    [[nodiscard]] double y(double v) const {
        // Infinite values are drawn at the top.
        return bottom -
               (bottom - top) * (std::clamp(std::isfinite(v) ? v : high, low, high) - low) / (high - low);
    }
    [[nodiscard]] bool is_accuracy() const { return value == &Point::accuracy; }
    [[nodiscard]] std::string text(double v) const { return is_accuracy() ? percent_text(v) : loss_text(v); }
};

void draw_axes(Svg& svg, const Plot& p) {
    svg.text(p.left, top - 16, p.title, "label");
    for (double v = p.low; v <= p.high + p.step / 1000; v += p.step) {
        svg.line(p.left, p.y(v), p.left + plot_width, p.y(v), "grid");
        const std::string text = p.is_accuracy() ? short_number(100 * v, 1) + " %" : short_number(v, 4);
        svg.text(p.left - 8, p.y(v) + 4, text, "small", "end");
    }
    svg.line(p.left, bottom, p.left + plot_width, bottom, "axis");
    const double step = std::max(1.0, nice_step(p.epochs / 10));
    for (double epoch = 0; epoch <= p.epochs; epoch += step) {
        svg.line(p.x(epoch), bottom, p.x(epoch), bottom + 4, "axis");
        svg.text(p.x(epoch), bottom + 20, short_number(epoch), "small", "middle");
    }
    svg.text(p.left + plot_width / 2, bottom + 40, "epochs", "small", "middle");
}

void draw_line(Svg& svg, const Plot& p, const Points& points, const std::string& style) {
    std::string d;
    for (const Point& point : points) {
        if (!std::isfinite(point.*p.value)) continue;
        d += (d.empty() ? "M" : "L") + short_number(p.x(point.epoch), 1) + " " +
             short_number(p.y(point.*p.value), 1);
    }
    if (!d.empty()) svg.path(d, style);
}

void draw_dots(Svg& svg, const Plot& p, const Points& points, const std::string& style) {
    for (const Point& point : points) {
        svg.path("M" + short_number(p.x(point.epoch) - 3.5, 1) + " " + short_number(p.y(point.*p.value), 1) +
                     "a3.5 3.5 0 1 0 7 0a3.5 3.5 0 1 0 -7 0",
                 style);
    }
}

struct Label {
    double x, y;
    std::string text, style;
};

/// Names at the ends of the lines, moved apart where they would cover each other.
void draw_labels(Svg& svg, std::vector<Label> labels) {
    constexpr double apart = 17;
    std::sort(labels.begin(), labels.end(), [](const Label& a, const Label& b) { return a.y < b.y; });
    if (labels.size() == 2 && labels[1].y - labels[0].y < apart) {
        double middle = (labels[0].y + labels[1].y) / 2;
        middle = std::clamp(middle, top + apart / 2, bottom - apart / 2);
        labels[0].y = middle - apart / 2;
        labels[1].y = middle + apart / 2;
    }
    for (const Label& label : labels) svg.text(label.x + 9, label.y + 4, label.text, label.style);
}

void draw_plot(Svg& svg, const Plot& p, const TrainingHistory& history, const Points& raw,
               const Points& smoothed) {
    draw_axes(svg, p);
    draw_line(svg, p, raw, "line-ink faint");
    // Without batches in the file, as of a few large epochs, the epochs' means serve.
    const Points& train = smoothed.size() > 1 ? smoothed : history.train;
    draw_line(svg, p, history.test, "line-accent bold");
    draw_line(svg, p, train, "line-ink thin");
    if (history.test.size() <= 40) draw_dots(svg, p, history.test, "fill-accent");
    std::vector<Label> labels;
    if (!train.empty()) {
        const Point& named = history.train.empty() ? train.back() : history.train.back();
        labels.push_back({p.x(train.back().epoch), p.y(train.back().*p.value),
                          "train " + p.text(named.*p.value), "label"});
    }
    if (!history.test.empty()) {
        const Point& last = history.test.back();
        labels.push_back({p.x(last.epoch), p.y(last.*p.value), "test " + p.text(last.*p.value),
                          "label strong fill-accent"});
    }
    draw_labels(svg, labels);
}

/// Lowest and highest of the lines that should be seen whole: the first steps of a training may run out at the top.
std::pair<double, double> range_of(const TrainingHistory& history, const Points& smoothed,
                                   double Point::*value) {
    std::optional<std::pair<double, double>> range;
    const auto include = [&](double v) {
        if (!std::isfinite(v)) return;
        if (!range) range = {v, v};
        range = {std::min(range->first, v), std::max(range->second, v)};
    };
    for (const Points* points : {&history.train, &history.test}) {
        for (const Point& point : *points) include(point.*value);
    }
    for (size_t i = smoothed.size() / 30; i < smoothed.size(); ++i) include(smoothed[i].*value);
    return range.value_or(std::pair{0.0, 1.0});
}

}  // namespace

std::string curves_svg(const TrainingHistory& history, const std::string& title) {
    const Points raw = thin_out(history.batches, 400), smoothed = smooth(raw);
    double epochs = std::max(1, history.epochs);
    if (!raw.empty()) epochs = std::max(epochs, std::ceil(raw.back().epoch));

    const double highest_loss = std::max(range_of(history, smoothed, &Point::loss).second, 1e-6);
    const double loss_step = nice_step(highest_loss / 5);
    const double lowest_accuracy = range_of(history, smoothed, &Point::accuracy).first;
    const double accuracy_step = std::clamp(nice_step((1 - lowest_accuracy) / 6), 0.001, 0.2);
    const double low =
        std::clamp(std::floor(lowest_accuracy / accuracy_step) * accuracy_step, 0.0, 1 - accuracy_step);

    Svg svg(width, height, title + ": loss and accuracy over the epochs");
    svg.text(first_left - 36, 34, title, "title");
    svg.text(first_left - 36, 56, "train: batches while the weights move; test: after each epoch", "small");
    const double loss_top = std::ceil(highest_loss / loss_step - 1e-9) * loss_step;
    draw_plot(svg, {"loss", &Point::loss, first_left, 0, loss_top, loss_step, epochs}, history, raw,
              smoothed);
    draw_plot(svg, {"accuracy", &Point::accuracy, second_left, low, 1, accuracy_step, epochs}, history, raw,
              smoothed);
    return svg.str();
}

}  // namespace cnnlab
