#include "native/report/explain_report.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "engine/drawing/svg.hpp"
#include "native/report/html.hpp"
#include "native/report/text.hpp"

namespace cnnlab {

namespace {

using Colour = std::array<float, 3>;

/// From dark violet over red to light yellow, rising in lightness: it reads without colours too.
Colour heat(float share) {
    constexpr std::array<Colour, 5> stops{
        {{0, 0, 4}, {87, 16, 110}, {188, 55, 84}, {249, 142, 9}, {252, 255, 164}}};
    const float at = std::clamp(share, 0.0F, 1.0F) * (stops.size() - 1);
    const auto lower = std::min(static_cast<size_t>(at), stops.size() - 2);
    const float part = at - static_cast<float>(lower);
    Colour mixed{};
    for (size_t c = 0; c < mixed.size(); ++c)
        mixed[c] = stops[lower][c] + part * (stops[lower + 1][c] - stops[lower][c]);
    return mixed;
}

/// A map of numbers, the largest as bright as the scale goes.
struct HeatMap {
    const float* values;
    int height, width;

    [[nodiscard]] float most() const { return *std::max_element(values, values + int64_t{height} * width); }
    /// At a place from 0 to 1, between the centres of the map's cells.
    [[nodiscard]] float at(float down, float right) const {
        const float v = std::clamp(down * static_cast<float>(height) - 0.5F, 0.0F,
                                   static_cast<float>(height - 1)),
                    u = std::clamp(right * static_cast<float>(width) - 0.5F, 0.0F,
                                   static_cast<float>(width - 1));
        const int y = static_cast<int>(v), x = static_cast<int>(u), below = std::min(y + 1, height - 1),
                  beside = std::min(x + 1, width - 1);
        const auto cell = [&](int row, int column) { return values[int64_t{row} * width + column]; };
        const float fy = v - static_cast<float>(y), fx = u - static_cast<float>(x);
        return (1 - fy) * ((1 - fx) * cell(y, x) + fx * cell(y, beside)) +
               fy * ((1 - fx) * cell(below, x) + fx * cell(below, beside));
    }
};

Image painted(const HeatMap& map) {
    Image image(map.height, map.width, 3);
    const float most = std::max(map.most(), 1e-30F);
    for (int y = 0; y < map.height; ++y)
        for (int x = 0; x < map.width; ++x) {
            const Colour colour = heat(map.values[int64_t{y} * map.width + x] / most);
            for (size_t c = 0; c < colour.size(); ++c)
                image.at(y, x)[c] = static_cast<uint8_t>(std::lround(colour[c]));
        }
    return image;
}

/// The picture in grey under the map.
Image overlaid(const Image& picture, const HeatMap& map) {
    Image image(picture.height, picture.width, 3);
    const float most = std::max(map.most(), 1e-30F);
    for (int y = 0; y < image.height; ++y)
        for (int x = 0; x < image.width; ++x) {
            float grey = 0;
            for (int c = 0; c < picture.channels; ++c) grey += static_cast<float>(picture.at(y, x)[c]);
            grey /= static_cast<float>(picture.channels);
            const float share = map.at((static_cast<float>(y) + 0.5F) / static_cast<float>(image.height),
                                       (static_cast<float>(x) + 0.5F) / static_cast<float>(image.width)) /
                                most;
            const Colour colour = heat(share);
            for (size_t c = 0; c < colour.size(); ++c)
                image.at(y, x)[c] = static_cast<uint8_t>(std::lround(0.4F * grey + 0.6F * colour[c]));
        }
    return image;
}

std::string figure(const Image& image, const std::string& words, const std::string& caption) {
    return "<figure>" + html_image(image, words) + "<figcaption>" + escape_xml(caption) +
           "</figcaption></figure>\n";
}

std::string picture_rows(const ExplainReport& report) {
    const ImageShape& shape = report.card.image;
    std::string rows;
    for (size_t i = 0; i < report.pictures.size(); ++i) {
        const ExplainedPicture& one = report.pictures[i];
        const Image picture =
            picture_of(report.images.images.data() + static_cast<int64_t>(i) * shape.count(), shape);
        const auto map_of = [&](const HostTensor& tensor) {
            const auto height = static_cast<int>(tensor.shape()[1]),
                       width = static_cast<int>(tensor.shape()[2]);
            return HeatMap{tensor.data() + static_cast<int64_t>(i) * height * width, height, width};
        };
        rows += "<h3>" + escape_xml(one.name) + "</h3>\n<p>" + escape_xml(one.answer) +
                "</p>\n<div class=\"row\">\n" + figure(picture, one.name, "as the network takes it");
        if (report.explanation.map.count() > 0) {
            const HeatMap map = map_of(report.explanation.map);
            rows += figure(overlaid(picture, map), "Grad-CAM of " + one.name, "speaks for " + one.explained) +
                    figure(painted(map), "the map of " + one.name, "the map itself");
        }
        rows += figure(painted(map_of(report.explanation.saliency)), "saliency of " + one.name,
                       "changes " + one.explained + " most") +
                "</div>\n";
    }
    return rows;
}

std::string unit_rows(const ExplainReport& report) {
    std::string rows = "<table>\n<tr><th>unit</th><th>made</th><th>test images</th></tr>\n";
    for (size_t u = 0; u < report.units.size(); ++u) {
        const int unit = report.units[u];
        const std::string name = report.unit_layer + ", unit " + std::to_string(unit);
        rows += "<tr><th scope=\"row\">" + std::to_string(unit) + "</th><td>";
        if (!report.preferred.images.empty())
            rows += html_image(picture_of(report.preferred.images.data() +
                                              static_cast<int64_t>(u) * report.preferred.shape.count(),
                                          report.preferred.shape),
                               name + ", an image made for it");
        rows += "</td><td class=\"images\">";
        const auto number = static_cast<size_t>(unit);
        for (size_t i = 0; i < report.exciting.images[number].size(); ++i) {
            const int64_t image = report.exciting.images[number][i];
            const std::string label =
                report.card.classes[static_cast<size_t>(report.tests->labels[static_cast<size_t>(image)])];
            rows += html_image(picture_of(report.tests->images.data() + image * report.card.image.count(),
                                          report.card.image),
                               label + ", test image " + std::to_string(image) + ", " +
                                   short_number(report.exciting.values[number][i], 3)) +
                    "\n";
        }
        rows += "</td></tr>\n";
    }
    return rows + "</table>\n";
}

}  // namespace

std::string explain_html(const ExplainReport& report) {
    std::string body;
    if (!report.pictures.empty()) {
        body += "<h2>Where it looks</h2>\n<p>";
        if (!report.map_layer.empty())
            body += "The bright places of the map of <code>" + escape_xml(report.map_layer) +
                    "</code> speak for the class (Grad-CAM; places that speak against it are dark). ";
        body +=
            "The last picture shows how much each pixel changes the class’s output, the most as bright as "
            "the "
            "scale goes (saliency). Both say where the network looks, not whether it is right to.</p>\n" +
            picture_rows(report);
    }
    if (!report.unit_layer.empty())
        body += "<h2>What excites the units of " + escape_xml(report.unit_layer) +
                "</h2>\n<p>Beside each unit an image that was made for it, by steps up its gradient from "
                "grey, and the "
                "test images that excite it most.</p>\n<div class=\"wide\">" +
                unit_rows(report) + "</div>\n";
    return html_page(report.title, body,
                     "h3 + p + .row figure { width: 132px; }\n.row img { width: 112px; height: auto; }\n");
}

}  // namespace cnnlab
