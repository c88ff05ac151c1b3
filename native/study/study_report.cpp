#include "native/study/study_report.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

#include "engine/drawing/svg.hpp"
#include "native/report/html.hpp"
#include "native/report/text.hpp"

namespace cnnlab {

namespace {

/// Two digits after the point: seeds differ in the second, and columns line up.
std::string two_digits(double percent) {
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%.2f", percent);
    return text.data();
}
std::string percent2(double share) { return two_digits(100 * share) + " %"; }

std::string with_deviation(const Spread& spread) {
    if (spread.count == 0) return "–";
    return percent2(spread.mean) + (spread.deviation ? " ± " + two_digits(100 * *spread.deviation) : "");
}

std::string points(double difference) {
    return (difference > 0 ? "+" : difference < 0 ? "−" : "") + two_digits(100 * std::abs(difference));
}

std::string difference_text(const PairedDifference& d) {
    if (!d.low) return points(d.mean);
    return points(d.mean) + " (" + points(*d.low) + " to " + points(*d.high) + ")";
}

/// "better" only where the interval says so.
std::string verdict(const VariantResult& result, const std::string& first) {
    const PairedDifference& d = *result.difference;
    const std::string seeds = count_text(d.count, "pair");
    if (!d.low) return result.name + ": one pair says nothing of chance; train more seeds";
    if (!d.is_clear) return result.name + ": no clear difference from " + first + " in " + seeds;
    return result.name + ": " + (d.mean > 0 ? "better" : "worse") + " than " + first + " by " +
           two_digits(100 * std::abs(d.mean)) + " points, 95 % interval " + points(*d.low) + " to " +
           points(*d.high) + ", " + seeds;
}

/// Nothing where all losses are numbers.
std::string divergence(const VariantResult& r) {
    if (r.diverged == 0) return "";
    return r.name + ": " + std::to_string(r.diverged) + " of " + count_text(r.seconds.count, "training") +
           " diverged, their loss is no number: a smaller learning rate or clip_norm may help";
}

struct AxisRange {
    double low = 0, high = 1, step = 0.2;
};

/// Round numbers around the values.
AxisRange scale_of(double least, double most) {
    const double step = std::min(0.2, nice_step(std::max(most - least, 0.004) / 5));
    return {std::max(0.0, std::floor(least / step) * step), std::min(1.0, std::ceil(most / step) * step),
            step};
}

std::string circle(double x, double y, double radius) {
    const std::string r = short_number(radius), d = short_number(2 * radius);
    return "M" + short_number(x - radius) + " " + short_number(y) + "a" + r + " " + r + " 0 1 0 " + d +
           " 0a" + r + " " + r + " 0 1 0 -" + d + " 0";
}

}  // namespace

std::string study_text(const std::vector<VariantResult>& results) {
    constexpr auto right = Table::Align::right;
    Table table({{"variant"},
                 {"seeds", right},
                 {"test accuracy", right},
                 {"training", right},
                 {"difference", right},
                 {"parameters", right},
                 {"multiply-adds", right},
                 {"time", right}});
    std::string verdicts;
    for (const VariantResult& r : results) {
        table.add({r.name, std::to_string(r.seconds.count), with_deviation(r.test_accuracy),
                   with_deviation(r.train_accuracy), r.difference ? difference_text(*r.difference) : "",
                   grouped_number(r.parameters), grouped_number(r.multiply_adds),
                   duration_text(r.seconds.mean)});
        if (r.diverged > 0) verdicts += divergence(r) + "\n";
        if (r.difference) verdicts += verdict(r, results.front().name) + "\n";
    }
    return table.str() + (verdicts.empty() ? "" : "\n" + verdicts);
}

std::string study_svg(const Study& study, const std::vector<StudyRun>& runs) {
    const std::vector<VariantResult> results = study_results(study, records_of(runs));
    double least = 1, most = 0;
    for (const StudyRun& one : runs) {
        const double accuracy = one.run.record.test_accuracy.value_or(0);
        least = std::min(least, accuracy);
        most = std::max(most, accuracy);
    }
    // The bars are seen whole.
    for (const VariantResult& result : results) {
        const double spread = result.test_accuracy.deviation.value_or(0);
        least = std::min(least, std::max(0.0, result.test_accuracy.mean - spread));
        most = std::max(most, std::min(1.0, result.test_accuracy.mean + spread));
    }
    const AxisRange scale = scale_of(least, most);
    constexpr int width = 860, row = 44;
    constexpr double left = 260, right = 800, top = 84;
    const double bottom = top + row * static_cast<double>(results.size());
    Svg svg(width, static_cast<int>(bottom) + 56, study.name + ": test accuracy of each variant");
    svg.text(24, 34, study.title.empty() ? study.name : study.title, "title");
    svg.text(24, 56, "test accuracy: each seed a dot, the mean a line, the bar one standard deviation",
             "small");
    const auto x = [&](double share) {
        return left + (right - left) * (share - scale.low) / (scale.high - scale.low);
    };
    for (double v = scale.low; v <= scale.high + scale.step / 1000; v += scale.step) {
        svg.line(x(v), top, x(v), bottom, "grid");
        svg.text(x(v), bottom + 20, short_number(100 * v, 2) + " %", "small", "middle");
    }
    svg.line(left, bottom, right, bottom, "axis");
    for (size_t i = 0; i < results.size(); ++i) {
        const VariantResult& result = results[i];
        const double y = top + row * (static_cast<double>(i) + 0.5);
        svg.text(left - 14, y + 4, clip_text(result.name, 34), "label", "end");
        const double mean = result.test_accuracy.mean, spread = result.test_accuracy.deviation.value_or(0);
        const double low = x(std::max(scale.low, mean - spread)),
                     high = x(std::min(scale.high, mean + spread));
        svg.rectangle(low, y - 7, std::max(0.5, high - low), 14, "fill-pale");
        for (const StudyRun& one : runs)
            if (study.variants[one.variant].name == result.name && one.run.record.test_accuracy)
                svg.path(circle(x(*one.run.record.test_accuracy), y, 3.5), "fill-accent");
        svg.line(x(mean), y - 12, x(mean), y + 12, "line-ink bold");
    }
    return svg.str();
}

std::string overlay_svg(const std::vector<RunHistory>& runs, const std::string& title) {
    constexpr int width = 860, height = 420;
    constexpr double left = 64, right = 640, top = 84, bottom = 360;
    double epochs = 1, least = 1, most = 0;
    for (const RunHistory& run : runs) {
        for (const auto& point : run.history.test) {
            epochs = std::max(epochs, point.epoch);
            if (!std::isfinite(point.accuracy)) continue;
            least = std::min(least, point.accuracy);
            most = std::max(most, point.accuracy);
        }
    }
    const AxisRange scale = least <= most ? scale_of(least, most) : AxisRange{};
    const auto x = [&](double epoch) { return left + (right - left) * epoch / epochs; };
    const auto y = [&](double share) {
        return bottom - (bottom - top) * (share - scale.low) / (scale.high - scale.low);
    };
    Svg svg(width, height, title + ": test accuracy over the epochs");
    svg.text(24, 34, title, "title");
    svg.text(24, 56, "test accuracy after each epoch", "small");
    for (double v = scale.low; v <= scale.high + scale.step / 1000; v += scale.step) {
        svg.line(left, y(v), right, y(v), "grid");
        svg.text(left - 8, y(v) + 4, short_number(100 * v, 2) + " %", "small", "end");
    }
    svg.line(left, bottom, right, bottom, "axis");
    const double step = std::max(1.0, std::ceil(epochs / 10));
    for (double epoch = 0; epoch <= epochs; epoch += step)
        svg.text(x(epoch), bottom + 20, short_number(epoch), "small", "middle");
    svg.text((left + right) / 2, bottom + 42, "epochs", "small", "middle");

    struct End {
        double y;
        std::string text, colour;
    };
    std::vector<End> ends;
    constexpr const char* colours[] = {"accent", "red", "green", "blue", "ink"};
    for (size_t i = 0; i < runs.size(); ++i) {
        const std::string colour = colours[i % std::size(colours)];
        std::string d;
        double end = bottom;
        for (const auto& point : runs[i].history.test) {
            if (!std::isfinite(point.accuracy)) continue;
            end = y(point.accuracy);
            d += (d.empty() ? "M" : "L") + short_number(x(point.epoch), 1) + " " + short_number(end, 1);
            svg.path(circle(x(point.epoch), end, 3), "fill-" + colour);
        }
        if (!d.empty()) svg.path(d, "line-" + colour);
        const RunRecord& record = runs[i].record;
        ends.push_back({end,
                        clip_text(record.run.substr(record.run.rfind('/') + 1), 24) +
                            (record.test_accuracy ? " " + percent2(*record.test_accuracy) : ""),
                        colour});
    }
    std::stable_sort(ends.begin(), ends.end(), [](const End& a, const End& b) { return a.y < b.y; });
    double below = top - 17;
    for (End& end : ends) {
        end.y = std::max(end.y, below + 17);
        below = end.y;
        svg.text(right + 10, end.y + 4, end.text, "label fill-" + end.colour);
    }
    return svg.str();
}

std::string study_html(const Study& study, const std::vector<StudyRun>& runs) {
    const std::vector<VariantResult> results = study_results(study, records_of(runs));
    std::string rows, verdicts;
    for (const VariantResult& r : results) {
        rows += "<tr><th scope=\"row\">" + escape_xml(r.name) + "</th><td>" +
                std::to_string(r.seconds.count) + "</td><td>" + with_deviation(r.test_accuracy) +
                "</td><td>" + with_deviation(r.train_accuracy) + "</td><td>" +
                (r.difference ? difference_text(*r.difference) : "") + "</td><td>" +
                grouped_number(r.parameters) + "</td><td>" + grouped_number(r.multiply_adds) + "</td><td>" +
                duration_text(r.seconds.mean) + "</td></tr>\n";
        if (r.diverged > 0) verdicts += "<li>" + escape_xml(divergence(r)) + "</li>\n";
        if (r.difference) verdicts += "<li>" + escape_xml(verdict(r, results.front().name)) + "</li>\n";
    }
    std::vector<RunHistory> firsts;
    for (size_t v = 0; v < study.variants.size(); ++v) {
        const auto one =
            std::find_if(runs.begin(), runs.end(), [&](const StudyRun& run) { return run.variant == v; });
        if (one == runs.end()) continue;
        firsts.push_back(one->run);
        firsts.back().record.run = study.variants[v].name;
    }
    // Of a single epoch there is no curve.
    const bool has_curves = std::any_of(firsts.begin(), firsts.end(),
                                        [](const RunHistory& run) { return run.history.test.size() > 1; });
    const std::string curves =
        has_curves ? "<div class=\"wide\">" + overlay_svg(firsts, "Seed 1") + "</div>\n" : "";
    const std::string body =
        "<p>" + escape_xml(study.experiment) + ", " +
        count_text(static_cast<int64_t>(results.size()), "variant") + ", " + count_text(study.seeds, "seed") +
        " each. A seed gives every variant the same order of images and, where shapes agree, the same "
        "initial "
        "weights. Differences are from the first variant, in points of test accuracy, with their 95 % "
        "interval.</p>\n<div class=\"wide\">" +
        study_svg(study, runs) +
        "</div>\n<div class=\"wide\"><table>\n<thead><tr><th>variant</th><th>seeds</th><th>test accuracy</th>"
        "<th>training</th><th>difference</th><th>parameters</th><th>multiply-adds</th><th>time</th></tr></"
        "thead>"
        "\n<tbody>\n" +
        rows + "</tbody></table></div>\n" + (verdicts.empty() ? "" : "<ul>\n" + verdicts + "</ul>\n") +
        curves;
    return html_page(study.title.empty() ? study.name : study.title, body,
                     ".wide > svg { width: 100%; min-width: 640px; }\n"
                     "th, td { padding: 4px 12px; text-align: right; white-space: nowrap; border-bottom: 1px "
                     "solid #8884; }\n"
                     "th:first-child { text-align: left; }\n");
}

}  // namespace cnnlab
