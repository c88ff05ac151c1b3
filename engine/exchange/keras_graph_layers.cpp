// A handler for each class of Keras' layers.

#include <algorithm>
#include <cmath>

#include "engine/exchange/import_messages.hpp"
#include "engine/exchange/keras_graph.hpp"
#include "engine/exchange/keras_layers.hpp"
#include "engine/exchange/onnx_graph.hpp"

namespace cnnlab::keras {

namespace {

/// Keras' axis of a value, as the graph has it: its images have the channels first.
int64_t axis_of(const Value& x, int64_t axis) {
    if (axis < 0) axis += x.rank;
    if (x.rank != 4) return axis;
    constexpr std::array<int64_t, 4> moved{0, 2, 3, 1};
    return axis >= 0 && axis < 4 ? moved[static_cast<size_t>(axis)] : axis;
}

void check_map(const Call& call) {
    if (call.inputs[0].rank != 4) throw Refused{say_import("import.rank", call.inputs[0].rank), true};
}

/// The last axis is the channels'.
void check_channel_axis(const Call& call, const char* key) {
    const std::vector<int64_t> axis = call.config.whole_numbers(key, 1, -1);
    if (axis_of(call.inputs[0], axis[0]) != axis_of(call.inputs[0], -1)) call.config.refuse(key);
}

}  // namespace

std::string Translator::constant(const std::string& name, std::vector<int64_t> shape,
                                 const std::vector<float>& values) {
    StoredTensor tensor;
    tensor.type = StoredTensor::f32;
    tensor.shape = std::move(shape);
    tensor.own(values);
    graph_.initializers.insert_or_assign(name, std::move(tensor));
    return name;
}

std::string Translator::whole_constant(const std::vector<int64_t>& values) {
    StoredTensor tensor;
    tensor.type = StoredTensor::i64;
    tensor.shape = {static_cast<int64_t>(values.size())};
    tensor.own(values);
    const std::string name = "#" + std::to_string(++values_);
    graph_.initializers.emplace(name, std::move(tensor));
    return name;
}

std::string Translator::channels_last(const Value& x) {
    if (x.rank != 4) return x.name;
    onnx::ReadNode& turned = node("Transpose", {x.name});
    turned.attributes["perm"].integers = {0, 2, 3, 1};
    return turned.outputs[0];
}

std::string Translator::channels_first(const std::string& x) {
    onnx::ReadNode& turned = node("Transpose", {x});
    turned.attributes["perm"].integers = {0, 3, 1, 2};
    return turned.outputs[0];
}

// ---- weights ----

const StoredTensor* Translator::find_weight(const Call& call, const char* weight) const {
    return weights_.find(call.path, weight);
}

const StoredTensor& Translator::weight(const Call& call, const char* weight, size_t rank) const {
    const StoredTensor* found = find_weight(call, weight);
    if (found == nullptr) throw Refused{say_import("import.no_weight", weight)};
    if (found->shape.size() != rank || found->count() == 0)
        throw Refused{say_import("import.weight_shape", extents_text(found->shape))};
    if (!found->is_float()) throw Refused{say_import("import.tensor_type")};
    return *found;
}

std::vector<float> Translator::floats(const Call& call, const char* name, size_t rank) const {
    return weight(call, name, rank).floats(place_ + ": " + call.name + "/" + name);
}

std::string Translator::kernel(const Call& call, const char* name, const std::string& made, bool depthwise) {
    const std::vector<int64_t>& s = weight(call, name, 4).shape;
    const std::vector<float> theirs = floats(call, name, 4);
    const auto area = static_cast<size_t>(s[0] * s[1]), in = static_cast<size_t>(s[2]),
               out = static_cast<size_t>(s[3]);
    std::vector<float> turned(theirs.size());
    for (size_t at = 0; at < area; ++at)
        for (size_t c = 0; c < in; ++c)
            for (size_t k = 0; k < out; ++k)
                turned[((depthwise ? c * out + k : k * in + c)) * area + at] =
                    theirs[(at * in + c) * out + k];
    if (!depthwise) return constant(made, {s[3], s[2], s[0], s[1]}, turned);
    // Filter c · M + m stands at (c · M + m) · area.
    return constant(made, {s[2] * s[3], 1, s[0], s[1]}, turned);
}

std::vector<std::string> Translator::bias(const Call& call) {
    if (!call.config.flag("use_bias", true)) return {};
    const std::vector<float> values = floats(call, "bias", 1);
    return {constant(call.name + ".bias", {static_cast<int64_t>(values.size())}, values)};
}

// ---- windows ----

void Translator::check_layout(const Call& call) {
    check_map(call);
    const std::string layout = call.config.text("data_format", "channels_last");
    if (layout == "channels_first" || layout == "channelsFirst")
        throw Refused{say_import("import.channels_first")};
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
        throw Refused{say_import("import.depthwise_dilation")};
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
        throw Refused{say_import("import.depthwise_dilation")};
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
Value Translator::resizing(Call& /*call*/) { throw Refused{say_import("import.two_resizes")}; }

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
    y.positive = function == "relu" || function == "relu6" || function == "sigmoid" ||
                 function == "softmax" || function == "hard_sigmoid" || (function == "linear" && x.positive);
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
    } else if (function == "hard_sigmoid" || function == "hardSigmoid") {
        onnx::ReadNode& made = node("HardSigmoid", {x.name});
        made.attributes["alpha"].number = 0.2F;
        made.attributes["beta"].number = 0.5F;
        y.name = made.outputs[0];
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

// ---- axes ----

Value Translator::flatten(Call& call) {
    if (call.inputs[0].rank == 4) check_layout(call);
    const std::string y = add("Flatten", {channels_last(call.inputs[0])});
    return {.name = y, .rank = 2, .positive = call.inputs[0].positive};
}

Value Translator::reshape(Call& call) {
    // TensorFlow.js writes what is worked out as null, Keras as −1.
    Json target = call.config["target_shape"];
    if (target.is_array())
        for (Json& extent : target)
            if (extent.is_null()) extent = -1;
    const Json own{{"target_shape", std::move(target)}};
    std::vector<int64_t> shape = Config(own).whole_numbers("target_shape", 0, 0);
    shape.insert(shape.begin(), 0);
    const auto rank = static_cast<int>(shape.size());
    std::string y = add("Reshape", {channels_last(call.inputs[0]), whole_constant(shape)});
    if (rank == 4) y = channels_first(y);
    return {.name = y, .rank = rank, .positive = call.inputs[0].positive};
}

Value Translator::permute(Call& call) {
    const Value& x = call.inputs[0];
    std::vector<int64_t> order = call.config.whole_numbers("dims", 0, 0);
    if (static_cast<int>(order.size()) != x.rank - 1) call.config.refuse("dims");
    const std::optional<ResizeSteps> steps = resize_step(call, order);
    constexpr int all_steps = 5;
    if (steps && steps->done == all_steps) return resized(*steps);
    order.insert(order.begin(), 0);
    onnx::ReadNode& turned = node("Transpose", {channels_last(x)});
    turned.attributes["perm"].integers = order;
    std::string y = turned.outputs[0];
    if (x.rank == 4) y = channels_first(y);
    return {.name = y, .rank = x.rank, .positive = x.positive, .resize = steps};
}

// ---- resizing by matrices: turn, rows, turn, columns, turn ----

std::optional<ResizeSteps> Translator::resize_step(const Call& call, const std::vector<int64_t>& dims) const {
    using Dims = std::vector<int64_t>;
    const Value& x = call.inputs[0];
    ResizeSteps steps = x.resize.value_or(ResizeSteps{});
    if (!x.resize) steps.source = x.name;
    const bool fits = x.rank == 4 && ((steps.done == 0 && dims == Dims{3, 2, 1}) ||
                                      (steps.done == 2 && dims == Dims{1, 3, 2}) ||
                                      (steps.done == 4 && dims == Dims{2, 3, 1}));
    ++steps.done;
    return fits ? std::optional(steps) : std::nullopt;
}

std::optional<ResizeSteps> Translator::resize_step(const Call& call, const StoredTensor& matrix) const {
    const std::optional<ResizeSteps>& before = call.inputs[0].resize;
    const bool fits = before && before->done % 2 == 1 && !call.config.flag("use_bias", true) &&
                      call.config.function("activation") == "linear";
    constexpr int64_t most = 4096;
    if (!fits || matrix.shape[0] > most || matrix.shape[1] > most) return std::nullopt;
    ResizeSteps steps = *before;
    const size_t axis = steps.done == 1 ? 0 : 1;
    steps.from[axis] = matrix.shape[0];
    steps.to[axis] = matrix.shape[1];
    const std::vector<float> given = matrix.floats(place_);
    const auto is = [&](bool antialias) {
        const HostTensor wanted =
            resize_matrix(static_cast<int>(steps.from[axis]), static_cast<int>(steps.to[axis]), antialias);
        return std::equal(given.begin(), given.end(), wanted.span().begin(), wanted.span().end());
    };
    steps.plain = steps.plain && is(false);
    steps.antialias = steps.antialias && is(true);
    ++steps.done;
    return steps.plain || steps.antialias ? std::optional(steps) : std::nullopt;
}

Value Translator::resized(const ResizeSteps& steps) {
    std::vector<float> factors{1, 1};
    for (size_t axis = 0; axis < 2; ++axis)
        factors.push_back(onnx::resize_factor(steps.from[axis], steps.to[axis]));
    const std::string scales = constant("#" + std::to_string(++values_), {4}, factors);
    onnx::ReadNode& made = node("Resize", {steps.source, "", scales});
    made.attributes["mode"].text = "linear";
    made.attributes["coordinate_transformation_mode"].text = "half_pixel";
    if (!steps.plain) made.attributes["antialias"].integer = made.attributes["exclude_outside"].integer = 1;
    return {.name = made.outputs[0]};
}

const std::map<std::string, Translator::Handler>& Translator::handlers() {
    using T = Translator;
    static const std::map<std::string, Handler> all{
        {"Conv2D", &T::conv},
        {"Convolution2D", &T::conv},
        {"DepthwiseConv2D", &T::depthwise},
        {"SeparableConv2D", &T::separable},
        {"Dense", &T::dense},
        {"BatchNormalization", &T::batch_norm},
        {"Activation", &T::activation},
        {"ReLU", &T::relu},
        {"LeakyReLU", &T::leaky_relu},
        {"Softmax", &T::softmax},
        {"MaxPooling2D", &T::pool},
        {"AveragePooling2D", &T::pool},
        {"GlobalAveragePooling2D", &T::global_pool},
        {"GlobalMaxPooling2D", &T::global_pool},
        {"ZeroPadding2D", &T::zero_padding},
        {"Rescaling", &T::rescaling},
        {"Resizing", &T::resizing},
        {"Flatten", &T::flatten},
        {"Reshape", &T::reshape},
        {"Permute", &T::permute},
        {"Dropout", &T::dropout},
        {"SpatialDropout2D", &T::training_only},
        {"GaussianDropout", &T::training_only},
        {"GaussianNoise", &T::training_only},
        {"AlphaDropout", &T::training_only},
        {"ActivityRegularization", &T::training_only},
        {"RandomFlip", &T::training_only},
        {"RandomRotation", &T::training_only},
        {"RandomTranslation", &T::training_only},
        {"RandomZoom", &T::training_only},
        {"RandomContrast", &T::training_only},
        {"RandomBrightness", &T::training_only},
        {"Add", &T::merge},
        {"Subtract", &T::merge},
        {"Multiply", &T::merge},
        {"Average", &T::merge},
        {"Concatenate", &T::concatenate},
    };
    return all;
}

}  // namespace cnnlab::keras
