#include "engine/drawing/network_svg.hpp"

#include <algorithm>
#include <array>
#include <map>

#include "engine/drawing/svg.hpp"

namespace cnnlab {

namespace {

/// One rectangle of the drawing: a layer, and those after it that it takes in.
struct Box {
    std::string name, type, shape;
    int64_t parameters = 0;
    std::vector<std::string> more;  ///< types of the layers that it takes in
    std::vector<int> reads;         ///< numbers of boxes, ascending
    double y = 0, height = 0;
};

/// A line at the side, from a box to a later one.
struct Jump {
    int from = 0, to = 0, lane = 0;
};

constexpr int box_width = 300, left = 24, top = 64, gap = 22, line_height = 18, inset = 14, lane_width = 14;

/// A bar that tells kinds apart; the words beside it say the same.
std::string_view colour_of(std::string_view type) {
    constexpr std::array<std::pair<std::string_view, std::string_view>, 8> kinds{
        {{"conv2d", "fill-blue"},
         {"dense", "fill-red"},
         {"max_pool2d", "fill-green"},
         {"avg_pool2d", "fill-green"},
         {"global_avg_pool", "fill-green"},
         {"global_max_pool", "fill-green"},
         {"add", "fill-ink"},
         {"concat", "fill-ink"}}};
    const auto* found =
        std::find_if(kinds.begin(), kinds.end(), [&](const auto& kind) { return kind.first == type; });
    return found == kinds.end() ? "fill-pale" : found->second;
}

/// Keeps the shape, and each number depends on one.
bool is_elementwise(const LayerInfo& layer) {
    return layer.input == layer.output && layer.from.size() < 2 && layer.type != "conv2d" &&
           layer.type != "dense" && layer.type != "max_pool2d" && layer.type != "avg_pool2d" &&
           layer.type != "resize";
}

/// The layers as boxes, after one for the images.
class Boxes {
  public:
    Boxes(const std::vector<LayerInfo>& layers, const Shape& input, const DrawingWords& words)
        : layers_(layers) {
        all.push_back({words.input, "", input.str(), 0, {}, {}, 0, 0});
        count_readers();
        std::string before = "input";
        box_of_["input"] = 0;
        for (const LayerInfo& layer : layers) {
            const std::vector<std::string> from = layer.from.empty() ? std::vector{before} : layer.from;
            if (joins(layer, from, before)) {
                Box& box = all.back();
                box.more.push_back(layer.type);
                box.parameters += layer.parameters;
            } else {
                Box box{layer.name, layer.type, layer.output.str(), layer.parameters, {}, {}, 0, 0};
                for (const std::string& name : from) box.reads.push_back(box_of_.at(name));
                std::sort(box.reads.begin(), box.reads.end());
                all.push_back(std::move(box));
            }
            box_of_[layer.name] = static_cast<int>(all.size()) - 1;
            before = layer.name;
        }
    }

    std::vector<Box> all;

  private:
    void count_readers() {
        std::string before = "input";
        for (const LayerInfo& layer : layers_) {
            for (const std::string& name : layer.from.empty() ? std::vector{before} : layer.from)
                ++readers_[name];
            before = layer.name;
        }
    }
    /// Whether the box before takes the layer in: it alone reads that box's end.
    bool joins(const LayerInfo& layer, const std::vector<std::string>& from,
               const std::string& before) const {
        return all.size() > 1 && is_elementwise(layer) && from.size() == 1 && from[0] == before &&
               readers_.at(before) == 1 && box_of_.at(before) == static_cast<int>(all.size()) - 1;
    }

    const std::vector<LayerInfo>& layers_;
    std::map<std::string, int> readers_, box_of_;
};

/// Lines that do not lead to the next box, each in a lane that is free for its length.
std::vector<Jump> jumps_of(const std::vector<Box>& boxes) {
    std::vector<Jump> jumps;
    for (int to = 0; to < static_cast<int>(boxes.size()); ++to)
        for (const int from : boxes[static_cast<size_t>(to)].reads)
            if (from + 1 != to) jumps.push_back({from, to, 0});
    std::stable_sort(jumps.begin(), jumps.end(),
                     [](const Jump& a, const Jump& b) { return a.to - a.from < b.to - b.from; });
    for (size_t i = 0; i < jumps.size(); ++i) {
        const auto taken = [&](int lane) {
            return std::any_of(
                jumps.begin(), jumps.begin() + static_cast<std::ptrdiff_t>(i), [&](const Jump& other) {
                    return other.lane == lane && other.from < jumps[i].to && jumps[i].from < other.to;
                });
        };
        while (taken(jumps[i].lane)) ++jumps[i].lane;
    }
    return jumps;
}

std::string point(double x, double y) { return short_number(x) + " " + short_number(y); }

void draw_arrow(Svg& svg, double x, double y, bool down) {
    constexpr double size = 5;
    const std::string tip = "M" + point(x, y);
    svg.path(down ? tip + " L" + point(x - size, y - size) + " L" + point(x + size, y - size) + " Z"
                  : tip + " L" + point(x + size, y - size) + " L" + point(x + size, y + size) + " Z",
             "fill-ink");
}

void draw_box(Svg& svg, const Box& box, const DrawingWords& words) {
    svg.rectangle(left, box.y, box_width, box.height, "paper");
    svg.rectangle(left, box.y, box_width, box.height, "axis");
    svg.rectangle(left, box.y, 5, box.height, colour_of(box.type));
    const double right = left + box_width - inset, x = left + inset;
    double y = box.y + line_height;
    svg.text(x, y, box.name, "strong");
    svg.text(right, y, box.shape, "label", "end");
    std::string line = box.type;
    for (const std::string& type : box.more) line += (line.empty() ? "" : ", ") + type;
    if (!line.empty()) svg.text(x, y += line_height, line, "small");
    if (box.parameters > 0)
        svg.text(x, y + line_height, grouped_number(box.parameters) + " " + words.parameters, "small");
}

}  // namespace

std::string network_svg(const std::vector<LayerInfo>& layers, const Shape& input, const std::string& title,
                        const DrawingWords& words) {
    std::vector<Box> boxes = Boxes(layers, input, words).all;
    double y = top;
    for (Box& box : boxes) {
        const bool has_types = !box.type.empty() || !box.more.empty();
        box.y = y;
        box.height = line_height * (1 + (has_types ? 1 : 0) + (box.parameters > 0 ? 1 : 0)) + 10;
        y += box.height + gap;
    }
    const std::vector<Jump> jumps = jumps_of(boxes);
    int lanes = 0;
    for (const Jump& jump : jumps) lanes = std::max(lanes, jump.lane + 1);
    Svg svg(2 * left + box_width + lane_width * (lanes + 1), static_cast<int>(y), title);
    svg.text(left, 36, title, "title");
    constexpr double middle = left + box_width / 2.0, right = left + box_width;
    for (size_t i = 1; i < boxes.size(); ++i) {
        const std::vector<int>& reads = boxes[i].reads;
        if (std::find(reads.begin(), reads.end(), static_cast<int>(i) - 1) == reads.end()) continue;
        svg.line(middle, boxes[i - 1].y + boxes[i - 1].height, middle, boxes[i].y, "axis");
        draw_arrow(svg, middle, boxes[i].y, true);
    }
    for (const Jump& jump : jumps) {
        const Box &from = boxes[static_cast<size_t>(jump.from)], &to = boxes[static_cast<size_t>(jump.to)];
        const double x = right + lane_width * (jump.lane + 1), begin = from.y + from.height - 8,
                     end = to.y + 10;
        constexpr double bend = 6;
        svg.path("M" + point(right, begin) + " H" + short_number(x - bend) + " Q" + point(x, begin) + " " +
                     point(x, begin + bend) + " V" + short_number(end - bend) + " Q" + point(x, end) + " " +
                     point(x - bend, end) + " H" + short_number(right),
                 "axis");
        draw_arrow(svg, right, end, false);
    }
    for (const Box& box : boxes) draw_box(svg, box, words);
    return svg.str();
}

}  // namespace cnnlab
