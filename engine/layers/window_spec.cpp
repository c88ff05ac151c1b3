#include "engine/layers/window_spec.hpp"

#include <algorithm>

#include "engine/core/messages.hpp"

namespace cnnlab {

namespace {

/// Padding before and after along one axis.
std::pair<int, int> resolve_axis(Padding::Mode mode, int in, int kernel, int stride, int dilation, int before,
                                 int after) {
    if (mode == Padding::Mode::amounts) return {before, after};
    const int reach = dilation * (kernel - 1);
    const int total = mode == Padding::Mode::same
                          ? reach
                          : std::max(0, ((in + stride - 1) / stride - 1) * stride + reach + 1 - in);
    return {total / 2, total - total / 2};
}

/// Whether each window along one axis holds a value of the image.
bool reaches_image(int in, int out, int kernel, int stride, int dilation, int before) {
    for (int o = 0; o < out; ++o) {
        const int first = o * stride - before, skipped = first < 0 ? (dilation - 1 - first) / dilation : 0;
        if (skipped >= kernel || first + skipped * dilation >= in) return false;
    }
    return true;
}

std::string plain(Pair pair) { return std::to_string(pair.height) + "×" + std::to_string(pair.width); }

}  // namespace

Padding Padding::from_json(const Json& json, const std::string& place) {
    Padding padding;
    if (json.is_string()) {
        const auto word = json.get<std::string>();
        if (word == "same")
            padding.mode = Mode::same;
        else if (word == "same_upper")
            padding.mode = Mode::same_upper;
        else if (word != "valid")
            throw Error(ErrorCode::unknown_name, place, say("value.is_text", word),
                        say("layer.give_padding"));
        return padding;
    }
    std::vector<int> list;
    if (json.is_number())
        read_json(json, list.emplace_back(), place, 0, 1024);
    else if (json.is_array())
        read_json(json, list, place, 0, 1024);
    if (list.size() == 1)
        padding.amounts = {list[0], list[0], list[0], list[0]};
    else if (list.size() == 2)
        padding.amounts = {list[0], list[1], list[0], list[1]};
    else if (list.size() == 4)
        std::copy(list.begin(), list.end(), padding.amounts.begin());
    else
        wrong_type(place, json, say("layer.give_padding"));
    return padding;
}

Json Padding::to_json() const {
    if (mode == Mode::same) return "same";
    if (mode == Mode::same_upper) return "same_upper";
    const auto [top, left, bottom, right] = amounts;
    if (top != bottom || left != right) return Json(amounts);
    return top == left ? Json(top) : Json::array({top, left});
}

Window resolve_window(const LayerEmitter& emitter, ImageShape in, Pair kernel, Pair stride, Pair dilation,
                      const Padding& padding) {
    const auto [top, left, bottom, right] = padding.amounts;
    const auto rows =
        resolve_axis(padding.mode, in.height, kernel.height, stride.height, dilation.height, top, bottom);
    const auto columns =
        resolve_axis(padding.mode, in.width, kernel.width, stride.width, dilation.width, left, right);
    const Window window{kernel, stride, dilation, {rows.first, columns.first}, {rows.second, columns.second}};
    if (window.output_height(in.height) < 1 || window.output_width(in.width) < 1) {
        const Pair reach{dilation.height * (kernel.height - 1) + 1, dilation.width * (kernel.width - 1) + 1};
        throw emitter.error(ErrorCode::shape_mismatch, "kernel",
                            reach == kernel
                                ? say("layer.kernel_large", plain(kernel), in.height, in.width)
                                : say("layer.reach_large", plain(kernel), plain(reach), in.height, in.width),
                            say("layer.smaller_kernel"));
    }
    return window;
}

Window resolve_pool_window(const LayerEmitter& emitter, Pair kernel, Pair stride, Pair dilation,
                           const Padding& padding) {
    const ImageShape in(emitter.shape(emitter.input()));
    if (stride.height == 0) stride.height = kernel.height;
    if (stride.width == 0) stride.width = kernel.width;
    const Window w = resolve_window(emitter, in, kernel, stride, dilation, padding);
    if (!reaches_image(in.height, w.output_height(in.height), kernel.height, stride.height, dilation.height,
                       w.before.height) ||
        !reaches_image(in.width, w.output_width(in.width), kernel.width, stride.width, dilation.width,
                       w.before.width))
        throw emitter.error(ErrorCode::out_of_range, "padding", say("layer.only_padding"),
                            say("layer.less_padding"));
    return w;
}

}  // namespace cnnlab
