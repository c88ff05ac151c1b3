// Layers of Keras that mix channels, or work on values one by one.

#include <algorithm>

#include "engine/exchange/import_messages.hpp"
#include "engine/exchange/keras_graph.hpp"

namespace cnnlab::keras {

namespace {

/// Keras' axis of a value, as the graph has it: its images have the channels first.
int64_t axis_of(const Value& x, int64_t axis) {
    if (axis < 0) axis += x.rank;
    if (x.rank != 4) return axis;
    constexpr std::array<int64_t, 4> moved{0, 2, 3, 1};
    return axis >= 0 && axis < 4 ? moved[static_cast<size_t>(axis)] : axis;
}

/// The last axis is the channels'.
void check_channel_axis(const Call& call, const char* key) {
    const std::vector<int64_t> axis = call.config.whole_numbers(key, 1, -1);
    if (axis_of(call.inputs[0], axis[0]) != axis_of(call.inputs[0], -1)) call.config.refuse(key);
}

}  // namespace

// ---- channels ----

Value Translator::dense(Call& call) {
    const Value& x = call.inputs[0];
    const std::vector<int64_t> shape = weight(call, "kernel", 2).shape;
    const std::string matrix = constant(call.name + ".weight", shape, floats(call, "kernel", 2));
    std::string y = add("MatMul", {channels_last(x), matrix});
    for (std::string& one : bias(call)) y = add("Add", {y, one});
    if (x.rank == 4) y = channels_first(y);
    Value made = activated(call, {.name = y, .rank = x.rank}, call.config.function("activation"));
    made.resize = resize_step(call, weight(call, "kernel", 2));
    return made;
}

Value Translator::batch_norm(Call& call) {
    const Value& x = call.inputs[0];
    if (x.rank != 4 && x.rank != 2) throw Refused{say_import("import.rank", x.rank), true};
    check_channel_axis(call, "axis");
    const std::vector<float> mean = floats(call, "moving_mean", 1),
                             variance = floats(call, "moving_variance", 1);
    const auto of_training = [&](const char* key, const char* name, float otherwise) {
        return call.config.flag(key, true) ? floats(call, name, 1)
                                           : std::vector<float>(mean.size(), otherwise);
    };
    const std::vector<float> gamma = of_training("scale", "gamma", 1),
                             beta = of_training("center", "beta", 0);
    const auto vector = [&](const char* suffix, const std::vector<float>& values) {
        return constant(call.name + suffix, {static_cast<int64_t>(values.size())}, values);
    };
    onnx::ReadNode& made =
        node("BatchNormalization", {x.name, vector(".weight", gamma), vector(".bias", beta),
                                    vector(".running_mean", mean), vector(".running_var", variance)});
    made.attributes["epsilon"].number = static_cast<float>(call.config.number("epsilon", 1e-3));
    made.attributes["momentum"].number = static_cast<float>(call.config.number("momentum", 0.99));
    return {.name = made.outputs[0], .rank = x.rank};
}

Value Translator::softmax(Call& call) {
    const Value& x = call.inputs[0];
    onnx::ReadNode& made = node("Softmax", {x.name});
    made.attributes["axis"].integer = axis_of(x, call.config.whole_numbers("axis", 1, -1)[0]);
    return {.name = made.outputs[0], .rank = x.rank, .positive = true};
}

Value Translator::concatenate(Call& call) {
    const Value& x = call.inputs[0];
    std::vector<std::string> inputs;
    bool positive = true;
    for (const Value& input : call.inputs) {
        inputs.push_back(input.name);
        positive = positive && input.positive;
        if (input.rank != x.rank) throw Refused{say_import("import.rank", input.rank), true};
    }
    onnx::ReadNode& made = node("Concat", std::move(inputs));
    made.attributes["axis"].integer = axis_of(x, call.config.whole_numbers("axis", 1, -1)[0]);
    return {.name = made.outputs[0], .rank = x.rank, .positive = positive};
}

// ---- values one by one ----

Value Translator::activated(const Call& call, const Value& x, const std::string& function) {
    Value y = x;
    const auto simple = [&](const char* op) { y.name = add(op, {x.name}); };
    const bool gate = function == "hard_sigmoid" || function == "hardSigmoid";
    y.positive = function == "relu" || function == "relu6" || function == "sigmoid" ||
                 function == "softmax" || gate || (function == "linear" && x.positive);
    if (function == "linear") return y;
    if (function == "relu") {
        simple("Relu");
    } else if (function == "sigmoid") {
        simple("Sigmoid");
    } else if (function == "tanh") {
        simple("Tanh");
    } else if (function == "gelu") {
        simple("Gelu");
    } else if (function == "relu6") {
        onnx::ReadNode& made = node("Clip", {x.name});
        made.attributes["min"].number = 0;
        made.attributes["max"].number = 6;
        y.name = made.outputs[0];
    } else if (function == "swish" || function == "silu") {
        y.name = add("Mul", {x.name, add("Sigmoid", {x.name})});
    } else if (gate) {
        onnx::ReadNode& made = node("HardSigmoid", {x.name});
        made.attributes["alpha"].number = version_ < 3 ? 0.2F : 1.0F / 6;
        made.attributes["beta"].number = 0.5F;
        y.name = made.outputs[0];
    } else if (function == "hard_swish" || function == "hard_silu") {
        simple("HardSwish");
    } else if (function == "softmax") {
        onnx::ReadNode& made = node("Softmax", {x.name});
        made.attributes["axis"].integer = axis_of(x, -1);
        y.name = made.outputs[0];
    } else {
        call.config.refuse("activation");
    }
    return y;
}

Value Translator::activation(Call& call) {
    Value x = call.inputs[0];
    x.unpadded.clear();
    return activated(call, x, call.config.function("activation"));
}

Value Translator::relu(Call& call) {
    const Config& c = call.config;
    const Value& x = call.inputs[0];
    if (c.number("threshold", 0) != 0) c.refuse("threshold");
    const double slope = c.number("negative_slope", 0);
    if (slope != 0) {
        if (c.has("max_value")) c.refuse("max_value");
        onnx::ReadNode& made = node("LeakyRelu", {x.name});
        made.attributes["alpha"].number = static_cast<float>(slope);
        return {.name = made.outputs[0], .rank = x.rank};
    }
    if (!c.has("max_value")) return {.name = add("Relu", {x.name}), .rank = x.rank, .positive = true};
    onnx::ReadNode& made = node("Clip", {x.name});
    made.attributes["min"].number = 0;
    made.attributes["max"].number = static_cast<float>(c.number("max_value", 6));
    return {.name = made.outputs[0], .rank = x.rank, .positive = true};
}

Value Translator::leaky_relu(Call& call) {
    const Config& c = call.config;
    onnx::ReadNode& made = node("LeakyRelu", {call.inputs[0].name});
    const double slope = c.has("negative_slope") ? c.number("negative_slope", 0.3) : c.number("alpha", 0.3);
    made.attributes["alpha"].number = static_cast<float>(slope);
    return {.name = made.outputs[0], .rank = call.inputs[0].rank};
}

/// scale · x + offset, a number for all or one a channel.
Value Translator::rescaling(Call& call) {
    const Value& x = call.inputs[0];
    const auto vector = [&](const char* key, float otherwise) {
        const std::vector<float> values = call.config.numbers(key, otherwise);
        const auto count = static_cast<int64_t>(values.size());
        std::vector<int64_t> shape;
        if (count > 1) shape = x.rank == 4 ? std::vector<int64_t>{count, 1, 1} : std::vector<int64_t>{count};
        return constant("#" + std::to_string(++values_), shape, values);
    };
    std::string y = add("Mul", {x.name, vector("scale", 1)});
    const std::vector<float> offset = call.config.numbers("offset", 0);
    if (std::any_of(offset.begin(), offset.end(), [](float value) { return value != 0; }))
        y = add("Add", {y, vector("offset", 0)});
    return {.name = y, .rank = x.rank};
}

Value Translator::dropout(Call& call) {
    const Value& x = call.inputs[0];
    onnx::ReadNode& made = node("Dropout", {x.name});
    made.attributes["ratio"].number = static_cast<float>(call.config.number("rate", 0.5));
    return {.name = made.outputs[0], .rank = x.rank, .positive = x.positive};
}

/// Does nothing when a network answers.
Value Translator::training_only(Call& call) {
    return {.name = add("Identity", {call.inputs[0].name}),
            .rank = call.inputs[0].rank,
            .positive = call.inputs[0].positive};
}

Value Translator::merge(Call& call) {
    const Value& x = call.inputs[0];
    bool positive = call.type != "Subtract";
    for (const Value& input : call.inputs) {
        positive = positive && input.positive;
        if (input.rank != x.rank) throw Refused{say_import("import.rank", input.rank), true};
    }
    if (call.inputs.size() < 2) throw Refused{say_import("import.few_inputs")};
    if (call.type == "Subtract") return {.name = add("Sub", {x.name, call.inputs[1].name}), .rank = x.rank};
    if (call.type == "Multiply") return {.name = add("Mul", {x.name, call.inputs[1].name}), .rank = x.rank};
    std::vector<std::string> names;
    for (const Value& input : call.inputs) names.push_back(input.name);
    std::string y = add("Sum", names);
    if (call.type == "Average") {
        const float share = 1 / static_cast<float>(names.size());
        y = add("Mul", {y, constant("#" + std::to_string(++values_), {}, {share})});
    }
    return {.name = y, .rank = x.rank, .positive = positive};
}

}  // namespace cnnlab::keras
