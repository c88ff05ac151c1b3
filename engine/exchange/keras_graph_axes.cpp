// Layers of Keras that move axes, and what they may stand for together.

#include <algorithm>

#include "engine/exchange/import_messages.hpp"
#include "engine/exchange/keras_graph.hpp"
#include "engine/exchange/keras_layers.hpp"
#include "engine/exchange/onnx_graph.hpp"

namespace cnnlab::keras {

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

}  // namespace cnnlab::keras
