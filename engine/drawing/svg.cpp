#include "engine/drawing/svg.hpp"

#include <cmath>

#include <algorithm>

#include <array>
#include <cstdio>

namespace cnnlab {

namespace {

// Classes instead of custom properties: viewers other than browsers know those. Contrast is at least 4.5 : 1 for
// text, 3 : 1 for marks.
constexpr std::string_view style = R"(<style>
.paper { fill: #ffffff }
text { font: 13px system-ui, "Segoe UI", "Helvetica Neue", Arial, sans-serif; fill: #1f2630; font-variant-numeric: tabular-nums }
.title { font-size: 18px; font-weight: 600 }
.small { fill: #5a6472 }
.axis { stroke: #8a94a3; stroke-width: 1; fill: none }
.grid { stroke: #e4e8ee; stroke-width: 1; fill: none }
.line-ink, .line-accent, .line-red, .line-green, .line-blue { fill: none; stroke-width: 2; stroke-linejoin: round }
.thin { stroke-width: 1.3 } .bold { stroke-width: 3 } .faint { stroke-width: 1; opacity: 0.25 } .strong { font-weight: 600 }
.fill-accent { fill: #2f6fd0 } .line-accent { stroke: #2f6fd0 }
.fill-pale { fill: #a9c6ef }
.fill-ink { fill: #1f2630 } .line-ink { stroke: #1f2630 }
.fill-red { fill: #c5372c } .line-red { stroke: #c5372c }
.fill-green { fill: #1c8447 } .line-green { stroke: #1c8447 }
.fill-blue { fill: #2f6fd0 } .line-blue { stroke: #2f6fd0 }
@media (prefers-color-scheme: dark) {
.paper { fill: #14181d }
text { fill: #e6eaf0 }
.small { fill: #a0abb9 }
.axis { stroke: #6d7886 }
.grid { stroke: #2a313a }
.fill-accent { fill: #79adff } .line-accent { stroke: #79adff }
.fill-pale { fill: #35537f }
.fill-ink { fill: #e6eaf0 } .line-ink { stroke: #e6eaf0 }
.fill-red { fill: #ff8176 } .line-red { stroke: #ff8176 }
.fill-green { fill: #57cf87 } .line-green { stroke: #57cf87 }
.fill-blue { fill: #79adff } .line-blue { stroke: #79adff }
}
</style>
)";

std::string attribute(std::string_view name, std::string_view value) {
    return " " + std::string(name) + "=\"" + std::string(value) + "\"";
}

std::string attribute(std::string_view name, double value) { return attribute(name, short_number(value)); }

}  // namespace

Svg::Svg(int width, int height, std::string_view title) {
    const std::string w = std::to_string(width), h = std::to_string(height);
    body_ = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 " + w + " " + h + "\" width=\"" + w +
            "\" height=\"" + h + "\" role=\"img\">\n<title>" + escape_xml(title) + "</title>\n" +
            std::string(style);
    rectangle(0, 0, width, height, "paper");
}

void Svg::text(double x, double y, std::string_view text, std::string_view style_class,
               std::string_view anchor) {
    body_ += "<text" + attribute("x", x) + attribute("y", y) + attribute("class", style_class) +
             (anchor == "start" ? "" : attribute("text-anchor", anchor)) + ">" + escape_xml(text) +
             "</text>\n";
}

void Svg::line(double x1, double y1, double x2, double y2, std::string_view style_class) {
    body_ += "<line" + attribute("x1", x1) + attribute("y1", y1) + attribute("x2", x2) + attribute("y2", y2) +
             attribute("class", style_class) + "/>\n";
}

void Svg::rectangle(double x, double y, double width, double height, std::string_view style_class) {
    body_ += "<rect" + attribute("x", x) + attribute("y", y) + attribute("width", width) +
             attribute("height", height) + attribute("class", style_class) + "/>\n";
}

void Svg::path(std::string_view d, std::string_view style_class) {
    body_ += "<path" + attribute("d", d) + attribute("class", style_class) + "/>\n";
}

std::string Svg::str() const { return body_ + "</svg>\n"; }

std::string escape_xml(std::string_view text) {
    std::string safe;
    for (char c : text) {
        switch (c) {
            case '&':
                safe += "&amp;";
                break;
            case '<':
                safe += "&lt;";
                break;
            case '>':
                safe += "&gt;";
                break;
            case '"':
                safe += "&quot;";
                break;
            default:
                if (static_cast<unsigned char>(c) >= ' ') safe += c;
        }
    }
    return safe;
}

std::string short_number(double value, int decimals) {
    std::array<char, 64> text{};
    std::snprintf(text.data(), text.size(), "%.*f", decimals, value);
    std::string number = text.data();
    if (number.find('.') != std::string::npos) {
        number.erase(number.find_last_not_of('0') + 1);
        if (number.back() == '.') number.pop_back();
    }
    return number == "-0" ? "0" : number;
}

double nice_step(double value) {
    const double power = std::pow(10, std::floor(std::log10(std::max(value, 1e-9))));
    for (const double digit : {1.0, 2.0, 5.0}) {
        if (digit * power >= value * 0.999999) return digit * power;
    }
    return 10 * power;
}

std::string grouped_number(int64_t value) {
    std::string digits = std::to_string(value);
    const int first = value < 0 ? 1 : 0;
    for (int at = static_cast<int>(digits.size()) - 3; at > first; at -= 3)
        digits.insert(static_cast<size_t>(at), ",");
    return digits;
}

}  // namespace cnnlab
