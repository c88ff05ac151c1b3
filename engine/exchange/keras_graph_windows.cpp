// Layers of Keras that work on height and width.

#include <algorithm>

#include "engine/exchange/import_messages.hpp"
#include "engine/exchange/keras_graph.hpp"
#include "engine/exchange/keras_messages.hpp"

namespace cnnlab::keras {

namespace {

void check_map(const Call& call) {
    if (call.inputs[0].rank != 4) throw Refused{say_import("import.rank", call.inputs[0].rank), true};
}

}  // namespace

void Translator::check_layout(const Call& call) {
    check_map(call);
    const std::string layout = call.config.text("data_format", "channels_last");
    if (layout == "channels_first" || layout == "channelsFirst")
        throw Refused{say_keras("keras.channels_first")};
    if (layout != "channels_last" && layout != "channelsLast") call.config.refuse("data_format");
}

void Translator::window(const Call& call, onnx::ReadNode& node, const char* kernel, bool pool) {
    const Config& c = call.config;
    if (pool) node.attributes["kernel_shape"].integers = c.whole_numbers(kernel, 2, 2);
    node.attributes["strides"].integers =
        pool && !c.has("strides") ? c.whole_numbers(kernel, 2, 2) : c.whole_numbers("strides", 2, 1);
    if (!pool) node.attributes["dilations"].integers = c.whole_numbers("dilation_rate", 2, 1);
    const std::string padding = c.text("padding", "valid");
    if (padding != "valid" && padding != "same") c.refuse("padding");
    node.attributes["auto_pad"].text = padding == "same" ? "SAME_UPPER" : "VALID";
}

Value Translator::conv(Call& call) {
    check_layout(call);
    const std::string filters = kernel(call, "kernel", call.name + ".weight", false);
    std::vector<std::string> inputs{call.inputs[0].name, filters};
    for (std::string& one : bias(call)) inputs.push_back(std::move(one));
    onnx::ReadNode& made = node("Conv", std::move(inputs));
    window(call, made, "kernel_size", false);
    made.attributes["group"].integer = call.config.whole_numbers("groups", 1, 1)[0];
    return activated(call, {.name = made.outputs[0]}, call.config.function("activation"));
}

Value Translator::depthwise(Call& call) {
    check_layout(call);
    if (call.config.whole_numbers("dilation_rate", 2, 1) != std::vector<int64_t>{1, 1})
        throw Refused{say_keras("keras.depthwise_dilation")};
    const std::string filters = kernel(call, "depthwise_kernel", call.name + ".weight", true);
    std::vector<std::string> inputs{call.inputs[0].name, filters};
    for (std::string& one : bias(call)) inputs.push_back(std::move(one));
    const int64_t channels = weight(call, "depthwise_kernel", 4).shape[2];
    onnx::ReadNode& made = node("Conv", std::move(inputs));
    window(call, made, "kernel_size", false);
    made.attributes["group"].integer = channels;
    return activated(call, {.name = made.outputs[0]}, call.config.function("activation"));
}

/// A depthwise convolution and one of single pixels.
Value Translator::separable(Call& call) {
    check_layout(call);
    if (call.config.whole_numbers("dilation_rate", 2, 1) != std::vector<int64_t>{1, 1})
        throw Refused{say_keras("keras.depthwise_dilation")};
    const std::string first = kernel(call, "depthwise_kernel", call.name + "_depthwise.weight", true);
    const int64_t channels = weight(call, "depthwise_kernel", 4).shape[2];
    onnx::ReadNode& depthwise = node("Conv", {call.inputs[0].name, first});
    window(call, depthwise, "kernel_size", false);
    depthwise.attributes["group"].integer = channels;
    std::vector<std::string> inputs{depthwise.outputs[0],
                                    kernel(call, "pointwise_kernel", call.name + ".weight", false)};
    for (std::string& one : bias(call)) inputs.push_back(std::move(one));
    return activated(call, {.name = add("Conv", std::move(inputs))}, call.config.function("activation"));
}

Value Translator::pool(Call& call) {
    check_layout(call);
    const bool largest = call.type == "MaxPooling2D";
    const Value& x = call.inputs[0];
    const bool valid = call.config.text("padding", "valid") == "valid";
    // Zeros around numbers that are none below zero never win.
    const bool zeros = largest && valid && x.positive && !x.unpadded.empty();
    onnx::ReadNode& made = node(largest ? "MaxPool" : "AveragePool", {zeros ? x.unpadded : x.name});
    window(call, made, "pool_size", true);
    if (zeros) {
        made.attributes.erase("auto_pad");
        made.attributes["pads"].integers = {x.zeros.begin(), x.zeros.end()};
    }
    return {.name = made.outputs[0], .positive = x.positive};
}

Value Translator::global_pool(Call& call) {
    check_layout(call);
    const bool largest = call.type == "GlobalMaxPooling2D";
    std::string y = add(largest ? "GlobalMaxPool" : "GlobalAveragePool", {call.inputs[0].name});
    const bool keeps = call.config.flag("keepdims", false);
    if (!keeps) y = add("Flatten", {y});
    return {.name = y, .rank = keeps ? 4 : 2, .positive = call.inputs[0].positive};
}

Value Translator::zero_padding(Call& call) {
    check_layout(call);
    const Json& padding = call.config["padding"];
    std::array<int64_t, 4> zeros{1, 1, 1, 1};  // top, left, bottom, right
    if (padding.is_array() && padding.size() == 2 && padding[0].is_array()) {
        for (size_t axis = 0; axis < 2; ++axis) {
            if (!padding[axis].is_array() || padding[axis].size() != 2) call.config.refuse("padding");
            for (size_t side = 0; side < 2; ++side) {
                const Json& one = padding[axis][side];
                if (!one.is_number_integer()) call.config.refuse("padding");
                zeros[side * 2 + axis] = one.get<int64_t>();
            }
        }
    } else {
        const std::vector<int64_t> both = call.config.whole_numbers("padding", 2, 1);
        zeros = {both[0], both[1], both[0], both[1]};
    }
    constexpr int64_t most = 1024;
    if (std::any_of(zeros.begin(), zeros.end(), [](int64_t zero) { return zero < 0 || zero > most; }))
        call.config.refuse("padding");
    const Value& x = call.inputs[0];
    const std::string pads = whole_constant({0, 0, zeros[0], zeros[1], 0, 0, zeros[2], zeros[3]});
    return {.name = add("Pad", {x.name, pads}), .positive = x.positive, .unpadded = x.name, .zeros = zeros};
}

/// Keras' pixels have their centres at halves, those of TensorFlow.js their corners on each other.
Value Translator::resizing(Call& /*call*/) { throw Refused{say_keras("keras.two_resizes")}; }

}  // namespace cnnlab::keras
