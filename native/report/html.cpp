#include "native/report/html.hpp"

#include <algorithm>
#include <cstdint>
#include <vector>
#include <xtl/xbase64.hpp>

#include "engine/drawing/svg.hpp"
#include "native/pictures/picture_file.hpp"

namespace cnnlab {

namespace {

constexpr std::string_view page_style = R"(:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 1080px; margin: 32px auto; padding: 0 16px; }
h1, h2, li, p { overflow-wrap: anywhere; }
h2 { margin-top: 40px; }
svg { max-width: 100%; height: auto; }
img { image-rendering: pixelated; vertical-align: middle; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: 4px 8px 4px 0; text-align: left; font-weight: normal; }
.images { white-space: nowrap; }
.row { display: flex; gap: 8px; margin-bottom: 12px; }
.pair { display: inline-flex; gap: 8px; margin: 0 24px 12px 0; }
figure { flex: none; min-width: 72px; margin: 0; }
.asked { border-right: 2px solid #8888; padding-right: 8px; }
figcaption { font-size: 13px; line-height: 1.3; margin-top: 4px; }
.wide { overflow-x: auto; }
.charts { display: flex; flex-wrap: wrap; }
.other { font-weight: 600; text-decoration: underline; }
@media (max-width: 700px) {
body { margin: 16px auto; }
.wide > svg { max-width: none; width: 640px; }
}
)";

}  // namespace

std::string html_page(std::string_view title, std::string_view body, std::string_view style) {
    const std::string name = escape_xml(title);
    return "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n"
           "<meta name=\"viewport\" content=\"width=device-width\">\n<title>" +
           name + "</title>\n<style>\n" + std::string(page_style) + std::string(style) +
           "</style>\n<main>\n<h1>" + name + "</h1>\n" + std::string(body) + "</main>\n</html>\n";
}

Image picture_of(const uint8_t* pixels, const ImageShape& shape) {
    Image image(shape.height, shape.width, shape.channels == 3 ? 3 : 1);
    for (int y = 0; y < shape.height; ++y)
        for (int x = 0; x < shape.width; ++x)
            std::copy_n(pixels + (int64_t{y} * shape.width + x) * shape.channels, image.channels,
                        image.at(y, x));
    return image;
}

std::string html_image(const Image& image, std::string_view words) {
    constexpr int least = 56;
    const std::vector<uint8_t> png = encode_png(image);
    const int longer = std::max({1, image.height, image.width});
    const int factor = std::max(1, (least + longer - 1) / longer);
    return "<img width=\"" + std::to_string(factor * image.width) + "\" height=\"" +
           std::to_string(factor * image.height) + "\" alt=\"" + escape_xml(words) +
           "\" src=\"data:image/png;base64," + xtl::base64encode({png.begin(), png.end()}) + "\">";
}

}  // namespace cnnlab
