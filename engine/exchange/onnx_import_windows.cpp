// Operators with a window, and what else works on height and width.

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "engine/exchange/onnx_importer.hpp"

namespace cnnlab::onnx {

namespace {

constexpr int64_t largest_window = 1024;  // as the layers' fields have it

/// Two numbers of an attribute, or another where there is none.
Pair pair_of(const std::vector<int64_t>& numbers, Pair otherwise) {
    if (numbers.empty()) return otherwise;
    const bool fits = numbers.size() == 2 && std::all_of(numbers.begin(), numbers.end(), [](int64_t number) {
                          return number >= 1 && number <= largest_window;
                      });
    if (!fits) throw Refused{say_import("import.window", extents_text(numbers))};
    return {static_cast<int>(numbers[0]), static_cast<int>(numbers[1])};
}

Padding amounts(const std::array<int64_t, 4>& pads) {
    Padding padding;
    for (size_t i = 0; i < 4; ++i)
        padding.amounts[i] = static_cast<int>(std::min(pads[i], int64_t{1} << 20U));
    return padding;
}

bool any(const std::array<int64_t, 4>& pads) {
    return std::any_of(pads.begin(), pads.end(), [](int64_t pad) { return pad != 0; });
}

/// The output along one axis, and what the last window has beyond the padding.
struct AxisWindow {
    int64_t extent, kernel, stride, dilation, before, after;
    int64_t count = 0, overhang = 0;

    void count_windows(bool ceil) {
        const int64_t reach = dilation * (kernel - 1) + 1, room = extent + before + after - reach;
        if (room < 0) return;
        count = (ceil ? (room + stride - 1) / stride : room / stride) + 1;
        // windows that would begin in the padding after the image do not count
        if (ceil && (count - 1) * stride >= extent + before) --count;
        overhang = std::max<int64_t>(0, (count - 1) * stride + reach - extent - before - after);
    }
    void pad_same(bool upper) {
        const int64_t windows = (extent + stride - 1) / stride;
        const int64_t total =
            std::max<int64_t>(0, (windows - 1) * stride + dilation * (kernel - 1) + 1 - extent);
        before = upper ? total / 2 : total - total / 2;
        after = total - before;
    }
};

}  // namespace

/// Zeros that x still wants are made part of the padding, or become a layer.
WindowAttributes Importer::window(const ReadNode& node, Traced& x, Pair kernel, bool pool) {
    WindowAttributes w;
    w.kernel = pair_of(node.integers("kernel_shape"), kernel);
    w.stride = pair_of(node.integers("strides"), Pair(1));
    w.dilation = pair_of(node.integers("dilations"), Pair(1));
    const std::vector<int64_t> given = node.integers("pads");
    if (!given.empty() && given.size() != 4) throw Refused{say_import("import.window", extents_text(given))};
    const bool padded = std::any_of(given.begin(), given.end(), [](int64_t pad) { return pad != 0; });
    for (size_t i = 0; i < given.size(); ++i) {
        if (given[i] < 0) throw Refused{say_import("import.negative_pads")};
        if (given[i] > largest_window) throw Refused{say_import("import.window", extents_text(given))};
        w.pads[i] = given[i];
    }
    const std::string word = node.text("auto_pad", "NOTSET");
    const bool same = word == "SAME_UPPER" || word == "SAME_LOWER";
    if (!same && word != "VALID" && word != "NOTSET" && !word.empty())
        throw Refused{say_import("import.auto_pad", word)};
    if (padded && (same || word == "VALID")) throw Refused{say_import("import.both_pads", word)};
    if (same) x = network.settled(x);
    AxisWindow rows{x.shape.height + x.pads[0] + x.pads[2],
                    w.kernel.height,
                    w.stride.height,
                    w.dilation.height,
                    w.pads[0],
                    w.pads[2]};
    AxisWindow columns{x.shape.width + x.pads[1] + x.pads[3],
                       w.kernel.width,
                       w.stride.width,
                       w.dilation.width,
                       w.pads[1],
                       w.pads[3]};
    if (same) {
        rows.pad_same(word == "SAME_UPPER");
        columns.pad_same(word == "SAME_UPPER");
        w.pads = {rows.before, columns.before, rows.after, columns.after};
    }
    const bool ceil = pool && !same && word != "VALID" && node.integer("ceil_mode", 0) != 0;
    rows.count_windows(ceil);
    columns.count_windows(ceil);
    w.overhang = {rows.overhang, columns.overhang};
    check_size(x, rows.count, columns.count, 1);
    w.height = static_cast<int>(rows.count);
    w.width = static_cast<int>(columns.count);
    w.padding = amounts(w.pads);
    if (word == "SAME_UPPER") {
        w.padding = {};
        w.padding.mode = Padding::Mode::same_upper;
    }
    return w;
}

void Importer::conv(const ReadNode& node) {
    Traced x = as_channels(padded(node, 0));
    const StoredTensor& stored = weights(node, 1);
    if (x.rank() != 4) throw Refused{say_import("import.rank", x.rank())};
    if (!x.is_map()) throw Refused{say_import("import.layout")};
    const std::vector<int64_t>& s = stored.shape;
    if (s.size() != 4 || !stored.is_float() || stored.count() == 0)
        throw Refused{say_import("import.weight_shape", extents_text(s))};
    const Pair kernel = pair_of({s[2], s[3]}, Pair(1));
    const WindowAttributes w = window(node, x, kernel, false);
    if (!(w.kernel == kernel)) throw Refused{say_import("import.weight_shape", extents_text(s))};
    const int64_t groups = node.integer("group", 1), channels = x.shape.channels;
    if (groups < 1 || groups > channels || channels % groups != 0 || s[0] % groups != 0 ||
        s[1] != channels / groups)
        throw Refused{say_import("import.groups", groups, channels, s[0])};
    check_size(x, w.height, w.width, s[0]);
    constexpr std::array channel_axis{1};
    const std::vector<int64_t> order = x.order(channel_axis);
    if (groups > 1 && !x.is_in_order(channel_axis)) throw Refused{say_import("import.layout")};

    layers::Conv2d layer;
    layer.out_channels = static_cast<int>(s[0]);
    layer.groups = static_cast<int>(groups);
    layer.kernel = w.kernel;
    layer.stride = w.stride;
    layer.dilation = w.dilation;
    layer.padding = w.padding;
    if (any(x.pads)) {
        for (size_t i = 0; i < 4; ++i) layer.padding.amounts[i] += static_cast<int>(x.pads[i]);
    }
    const ReadNode* last = &node;
    std::vector<float> bias;
    if (node.has_input(2)) {
        bias = floats(node, 2);
    } else if (auto [adds, added] = added_bias(node, 4, 1, s[0]); adds != nullptr) {
        bias = std::move(added);
        last = adds;
    }
    if (!bias.empty() && static_cast<int64_t>(bias.size()) != s[0])
        throw Refused{say_import("import.per_channel", bias.size(), s[0])};
    layer.bias = !bias.empty();
    if (own && normalised && node.outputs[0] == "normalised") return give(node, x);  // the card does it
    network.reserve(static_cast<uint64_t>(stored.count()) + bias.size());
    const std::vector<float> theirs = floats(node, 1);
    HostTensor weight(Shape{s[0], s[2], s[3], s[1]});
    const int64_t area = s[2] * s[3];
    for (int64_t out = 0; out < s[0]; ++out)
        for (int64_t in = 0; in < s[1]; ++in)
            for (int64_t at = 0; at < area; ++at)
                weight[(out * area + at) * s[1] + (groups > 1 ? in : order[static_cast<size_t>(in)])] =
                    theirs[static_cast<size_t>((out * s[1] + in) * area + at)];
    const std::string name = network.add(layer, name_of(*last, node.inputs[1]), {x.layer});
    network.set(name, "weight", std::move(weight));
    if (layer.bias) network.set(name, "bias", HostTensor(Shape{s[0]}, bias));
    if (last != &node) fused(*last);
    give(*last, Traced::map(name, {w.height, w.width, layer.out_channels}));
}

void Importer::max_pool(const ReadNode& node) {
    Traced x = as_channels(data(node, 0));
    if (x.rank() != 4 || !x.is_map()) throw Refused{say_import("import.layout")};
    if (node.outputs.size() > 1 && !node.outputs[1].empty()) throw Refused{say_import("import.pool_indices")};
    if (node.find("kernel_shape") == nullptr) throw Refused{say_import("import.few_inputs")};
    const auto lowest = lowest_pads_.find(node.inputs[0]);
    const bool around = lowest != lowest_pads_.end();
    if (around) x.pads = lowest->second;
    // A pool that finds its own padding takes the one before it for a part of the image: no layer does that.
    if (const std::string word = node.text("auto_pad", "NOTSET"); around && word.starts_with("SAME"))
        throw Refused{say_import("import.both_pads", word)};
    const WindowAttributes w = window(node, x, Pair(1), true);
    layers::MaxPool2d layer;
    layer.kernel = w.kernel;
    layer.stride = w.stride;
    layer.padding = w.padding;
    layer.dilation = w.dilation;
    for (size_t i = 0; i < 4; ++i) layer.padding.amounts[i] += static_cast<int>(x.pads[i]);
    // What is beyond the edge never wins: so more of it changes nothing but the number of windows.
    layer.padding.amounts[2] += static_cast<int>(w.overhang[0]);
    layer.padding.amounts[3] += static_cast<int>(w.overhang[1]);
    give(node, x.resized(network.add(layer, name_of(node), {x.layer}), w.height, w.width));
}

void Importer::average_pool(const ReadNode& node) {
    Traced x = as_channels(padded(node, 0));
    if (x.rank() != 4) throw Refused{say_import("import.rank", x.rank())};
    if (!x.is_map()) throw Refused{say_import("import.layout")};
    if (node.find("kernel_shape") == nullptr) throw Refused{say_import("import.few_inputs")};
    const bool include = node.integer("count_include_pad", 0) != 0;
    WindowAttributes w = window(node, x, Pair(1), true);
    const bool over = w.overhang[0] > 0 || w.overhang[1] > 0;
    if (!(w.dilation == Pair(1))) {
        if (over || (any(w.pads) && !include)) throw Refused{say_import("import.pool_dilation")};
        return give(node, mean_of_taps(node, x, w));
    }
    layers::AvgPool2d layer;
    layer.kernel = w.kernel;
    layer.stride = w.stride;
    layer.count_include_pad = include || !any(w.pads);
    if (any(x.pads) && !over && layer.count_include_pad) {  // a Pad before it counts in any case
        for (size_t i = 0; i < 4; ++i) w.padding.amounts[i] += static_cast<int>(x.pads[i]);
    } else {
        x = network.settled(x);
        if (over) {
            if (include) notes.push_back(say_import("import.note_overhang", node.op_type, node.name));
            if (include && any(w.pads)) {  // padding counts, and what is beyond it does not
                check_size(x, x.shape.height + w.pads[0] + w.pads[2], x.shape.width + w.pads[1] + w.pads[3],
                           x.shape.channels);
                x.pads = w.pads;
                x = network.settled(x);
                w.padding = {};
            }
            w.padding.amounts[2] += static_cast<int>(w.overhang[0]);
            w.padding.amounts[3] += static_cast<int>(w.overhang[1]);
            layer.count_include_pad = false;
        }
    }
    layer.padding = w.padding;
    give(node, x.resized(network.add(layer, name_of(node), {x.layer}), w.height, w.width));
}

/// A mean of values that lie apart, as filters of equal weights that do not learn.
Traced Importer::mean_of_taps(const ReadNode& node, const Traced& x, const WindowAttributes& w) {
    layers::Conv2d layer;
    layer.out_channels = layer.groups = 0;
    layer.kernel = w.kernel;
    layer.stride = w.stride;
    layer.dilation = w.dilation;
    layer.padding = w.padding;
    layer.bias = false;
    for (size_t i = 0; i < 4; ++i) layer.padding.amounts[i] += static_cast<int>(x.pads[i]);
    const int taps = w.kernel.height * w.kernel.width;
    network.reserve(static_cast<uint64_t>(x.shape.channels) * static_cast<uint64_t>(taps));
    const std::string name = network.add(layer, name_of(node), {x.layer}, false);
    network.set(name, "weight",
                HostTensor(Shape{x.shape.channels, w.kernel.height, w.kernel.width, 1},
                           1 / static_cast<float>(taps)));
    return x.resized(name, w.height, w.width);
}

/// The mean or the largest of all positions of each channel.
void Importer::pool_positions(const ReadNode& node, const Traced& x, bool largest) {
    if (x.row) return give(node, x);
    const AnyLayer layer = largest ? AnyLayer(layers::GlobalMaxPool{}) : AnyLayer(layers::GlobalAvgPool{});
    give(node, x.pooled(network.add(layer, name_of(node), {x.layer})));
}

void Importer::global_pool(const ReadNode& node) {
    const Traced x = as_channels(data(node, 0));
    std::vector<int> positions;
    for (int axis = 2; axis < x.rank(); ++axis) positions.push_back(axis);
    constexpr std::array channels{1};
    if (x.rank() < 3 || !x.is_batch(0)) throw Refused{say_import("import.rank", x.rank())};
    if (!x.are_channels(channels) || !x.are_positions(positions)) throw Refused{say_import("import.layout")};
    pool_positions(node, x, node.op_type == "GlobalMaxPool");
}

void Importer::reduce(const ReadNode& node) {
    const Traced x = data(node, 0);
    const auto given = list(node, "axes", 1);
    std::vector<int> axes;
    for (const int64_t axis : given.value_or(std::vector<int64_t>())) axes.push_back(axis_of(x, axis));
    std::sort(axes.begin(), axes.end());
    const bool fits = !axes.empty() && std::adjacent_find(axes.begin(), axes.end()) == axes.end() &&
                      std::none_of(axes.begin(), axes.end(), [&](int axis) { return x.is_batch(axis); });
    if (!fits || !x.are_positions(axes)) throw Refused{say_import("import.reduce_axes")};
    pool_positions(node, x, node.op_type == "ReduceMax");
    if (node.integer("keepdims", 1) != 0) return;
    Traced& y = values_.at(node.outputs[0]);
    for (size_t i = axes.size(); i-- > 0;) y.axes.erase(y.axes.begin() + axes[i]);
}

void Importer::pad(const ReadNode& node) {
    Traced x = padded(node, 0);
    const std::string mode = node.text("mode", "constant");
    if (mode != "constant") throw Refused{say_import("import.pad_mode", mode)};
    const float value = node.has_input(2) ? number(node, 2).value_or(1) : node.number("value", 0);
    // The least number never wins in a max pool. Its own padding may not be as large as its kernel everywhere.
    const bool lowest = value <= std::numeric_limits<float>::lowest() && !node.outputs.empty() &&
                        reader(node.outputs[0], "MaxPool") != nullptr;
    if (value != 0 && !lowest) throw Refused{say_import("import.pad_mode", std::to_string(value))};
    if (lowest) x = network.settled(x);
    if (node.has_input(3)) throw Refused{say_import("import.pad_axes")};
    const auto pads = list(node, "pads", 1).value_or(std::vector<int64_t>());
    if (pads.size() != 2 * static_cast<size_t>(x.rank())) throw Refused{say_import("import.few_inputs")};
    for (size_t i = 0; i < pads.size(); ++i) {
        if (pads[i] < 0) throw Refused{say_import("import.negative_pads")};
        const bool position = x.rank() == 4 && x.is_map() && i % 4 >= 2;
        if (pads[i] != 0 && !position) throw Refused{say_import("import.pad_axes")};
        if (pads[i] > largest_window) throw Refused{say_import("import.window", extents_text(pads))};
    }
    if (x.rank() == 4) {
        const std::array<int64_t, 4> added{pads[2], pads[3], pads[6], pads[7]};
        for (size_t i = 0; i < 4; ++i) x.pads[i] += added[i];
        if (std::any_of(x.pads.begin(), x.pads.end(), [](int64_t sum) { return sum > largest_window; }))
            throw Refused{say_import("import.window", extents_text(pads))};
        check_size(x, x.shape.height + x.pads[0] + x.pads[2], x.shape.width + x.pads[1] + x.pads[3],
                   x.shape.channels);
    }
    if (lowest) {
        lowest_pads_[node.outputs[0]] = std::exchange(x.pads, {});
        return give(node, x);
    }
    // Who reads it alone may pad by itself.
    give(node, reader(node.outputs.at(0)) == nullptr ? network.settled(x) : x);
}

void Importer::resize(const ReadNode& node) {
    const Traced x = data(node, 0);
    const auto refuse = [](const std::string& word) { throw Refused{say_import("import.resize", word)}; };
    if (model_.opset < 11) refuse("opset " + std::to_string(model_.opset));
    if (x.rank() != 4 || !x.is_map()) throw Refused{say_import("import.layout")};
    if (const std::string mode = node.text("mode", "nearest"); mode != "linear") refuse(mode);
    if (node.find("axes") != nullptr) refuse("axes");
    if (const std::string policy = node.text("keep_aspect_ratio_policy", "stretch"); policy != "stretch")
        refuse(policy);
    std::array<int64_t, 2> to{};
    const std::array<int64_t, 2> from{x.shape.height, x.shape.width};
    if (node.has_input(3)) {
        const auto sizes = list(node, "sizes", 3).value_or(std::vector<int64_t>());
        if (sizes.size() != 4 || sizes[1] != x.shape.channels) refuse("sizes");
        to = {sizes[2], sizes[3]};
    } else {
        if (!node.has_input(2) || weights(node, 2).count() != 4) refuse("scales");
        const std::vector<float> scales = floats(node, 2);
        if (scales[0] != 1 || scales[1] != 1) refuse("scales");
        for (size_t i = 0; i < 2; ++i) {
            // The standard rounds down and keeps the scale; here the sizes say it, which is the same for whole ones.
            const float extent = std::floor(static_cast<float>(from[i]) * scales[i + 2]);
            if (!(extent >= 1 && extent <= 4096)) refuse("scales");
            constexpr double rounding = 1e-6;
            const double exact = static_cast<double>(from[i]) * static_cast<double>(scales[i + 2]);
            if (std::abs(exact - static_cast<double>(extent)) > rounding * exact)
                throw Refused{say_import("import.scales", number_text(exact), from[i])};
            to[i] = static_cast<int64_t>(extent);
        }
    }
    if (to[0] < 1 || to[1] < 1 || to[0] > 4096 || to[1] > 4096) refuse("sizes");
    const std::string transform = node.text("coordinate_transformation_mode", "half_pixel");
    const bool half =
        transform == "half_pixel" || (transform == "pytorch_half_pixel" && to[0] > 1 && to[1] > 1);
    if (!half) refuse(transform);
    layers::Resize layer;
    layer.size = {static_cast<int>(to[0]), static_cast<int>(to[1])};
    layer.antialias = node.integer("antialias", 0) != 0;
    if (layer.antialias && node.integer("exclude_outside", 0) == 0)
        refuse("antialias without exclude_outside");
    give(node, x.resized(network.add(layer, name_of(node), {x.layer}), layer.size.height, layer.size.width));
}

}  // namespace cnnlab::onnx
