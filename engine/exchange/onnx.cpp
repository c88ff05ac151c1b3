#include "engine/exchange/onnx.hpp"

#include <cmath>
#include <limits>
#include <map>
#include <set>

#include "engine/core/messages.hpp"
#include "engine/core/spec.hpp"
#include "engine/data/card.hpp"
#include "engine/exchange/channels_first.hpp"
#include "engine/exchange/exchange_messages.hpp"
#include "engine/exchange/onnx_graph.hpp"
#include "engine/model/model_file.hpp"
#include "engine/model/outputs.hpp"
#include "engine/ops/dataflow.hpp"

namespace cnnlab {

namespace {

using onnx::Node;
using Attributes = std::vector<std::pair<std::string, onnx::AttributeValue>>;

/// Ops that load images or report to the host.
using Surroundings =
    std::variant<ops::LoadBatch, ops::CrossEntropy, ops::BinaryCrossEntropy, ops::MeanSquaredError>;
/// Ops of training, which a Program for evaluation does not have.
using Training =
    std::variant<ops::Conv2dBackwardInput, ops::Conv2dBackwardWeight, ops::BatchNormStatistics,
                 ops::BatchNormBackwardReduce, ops::BatchNormBackwardInput, ops::ActivationBackward,
                 ops::SoftmaxBackward, ops::MaxPool2dBackward, ops::AvgPool2dBackward, ops::Dropout,
                 ops::Slice, ops::Shift, ops::GradientNorm, ops::SgdUpdate, ops::AdamUpdate,
                 ops::RmsPropUpdate, ops::MuonUpdate, ops::AverageUpdate, ops::LookaheadUpdate>;
template <class O, class Ops>
concept OneOf = alternative<O, Ops> < std::variant_size_v<Ops>;

/// Writes the ops of a Program as nodes. One overload an op: an op without one does not build.
class Exporter {
  public:
    Exporter(const SavedModel& saved, const OnnxOptions& options)
        : saved_(saved),
          options_(options),
          compiled_(saved.compiled()),
          program_(compiled_.program),
          flow_(program_) {
        name_values();
        if (options.fold) find_folds();
    }

    onnx::Model run() {
        graph_.opset = options_.opset;
        graph_.name = saved_.experiment.name;
        graph_.inputs.push_back({"input", extents(program_.images)});
        if (options_.pixels) normalise();
        for (size_t i = 0; i < program_.ops.size(); ++i) {
            if (folded_.contains(static_cast<int>(i))) continue;
            index_ = static_cast<int>(i);
            std::visit([&](const auto& op) { emit(op); }, static_cast<const OpVariant&>(program_.ops[i]));
        }
        finish();
        return std::move(graph_);
    }

  private:
    // ---- names and shapes ----

    void name_values() {
        std::set<std::string> taken{"input", "logits", "probabilities", "normalised"};
        for (size_t i = 0; i < program_.values.size(); ++i) {
            const ValueId id{static_cast<int32_t>(i)};
            std::string name = program_.values[i].name;
            if (id == program_.images) {
                name = options_.pixels ? "normalised" : "input";
            } else if (id == program_.logits) {
                name = "logits";
            } else {
                while (!taken.insert(name).second) name += "_";
            }
            names_.push_back(std::move(name));
        }
    }
    [[nodiscard]] const std::string& name(ValueId id) const { return names_[static_cast<size_t>(id.index)]; }
    [[nodiscard]] bool is_row(ValueId id) const { return program_.shape(id).rank() == 1; }
    /// The shape without the batch, channels first.
    [[nodiscard]] std::vector<int64_t> extents(ValueId id) const {
        const Shape& s = program_.shape(id);
        return s.rank() == 1 ? std::vector{s[0]} : std::vector{s[2], s[0], s[1]};
    }
    [[nodiscard]] const HostTensor& weight(ValueId id) const {
        return saved_.weights.at(program_.info(id).name);
    }

    // ---- parts of the graph ----

    void add(std::string op_type, std::vector<std::string> inputs, std::string output,
             Attributes attributes = {}) {
        graph_.nodes.push_back(
            {std::move(op_type), std::move(inputs), std::move(output), std::move(attributes)});
    }
    std::string tensor(std::string name, std::vector<int64_t> shape, std::span<const float> values) {
        if (written_.insert(name).second)
            graph_.initializers.push_back(
                {name, std::move(shape), std::vector<float>(values.begin(), values.end())});
        return name;
    }
    std::string tensor(const std::string& name, const HostTensor& values) {
        return tensor(name, {values.shape().begin(), values.shape().end()}, values.span());
    }
    std::string numbers(std::string name, std::vector<int64_t> values) {
        const auto count = static_cast<int64_t>(values.size());
        if (written_.insert(name).second) graph_.initializers.push_back({name, {count}, std::move(values)});
        return name;
    }
    std::string scalar(std::string name, float value) {
        return tensor(std::move(name), {}, std::span(&value, 1));
    }

    /// The value as a map [batch, C, H, W]: a row of numbers is one of 1×1.
    std::string as_map(ValueId id, ValueId user) {
        if (!is_row(id)) return name(id);
        std::string map = name(user) + ".map";
        add("Reshape", {name(id), numbers(map + ".shape", {0, program_.shape(id)[0], 1, 1})}, map);
        return map;
    }
    /// Writes a node that gives a map, flattened where the value is a row.
    void add_map(const std::string& op_type, std::vector<std::string> inputs, ValueId y,
                 Attributes attributes = {}) {
        const std::string map = is_row(y) ? name(y) + ".map_out" : name(y);
        add(op_type, std::move(inputs), map, std::move(attributes));
        if (is_row(y)) add("Flatten", {map}, name(y), {{"axis", int64_t{1}}});
    }
    static std::vector<int64_t> pads(const Window& w) {
        return {w.before.height, w.before.width, w.after.height, w.after.width};
    }
    static bool is_padded(const Window& w) { return !(w.before == Pair(0)) || !(w.after == Pair(0)); }
    static Attributes window_attributes(const Window& w) {
        return {{"kernel_shape", std::vector<int64_t>{w.kernel.height, w.kernel.width}},
                {"strides", std::vector<int64_t>{w.stride.height, w.stride.width}},
                {"pads", pads(w)}};
    }
    static Attributes::value_type dilations(const Window& w) {
        return {"dilations", std::vector<int64_t>{w.dilation.height, w.dilation.width}};
    }

    /// (pixels / 255 − mean) / stddev as a factor and a summand a channel.
    void normalise() {
        const auto channels = program_.shape(program_.images)[2];
        std::vector<float> factor, summand;
        for (size_t c = 0; c < static_cast<size_t>(channels); ++c) {
            const float mean = saved_.card.mean.empty() ? 0 : saved_.card.mean[c];
            const float stddev = saved_.card.stddev.empty() ? 1 : saved_.card.stddev[c];
            factor.push_back(1 / (255 * stddev));
            summand.push_back(-mean / stddev);
        }
        // A convolution of single pixels: OpenCV 4.6 adds a number a channel to whole images, or fails.
        add("Conv",
            {"input", tensor("pixels.factor", {channels, 1, 1, 1}, factor),
             tensor("pixels.summand", {channels}, summand)},
            "normalised", {{"kernel_shape", std::vector<int64_t>{1, 1}}, {"group", int64_t{channels}}});
    }

    // ---- folding ----

    /// Convolutions whose only reader is a batch norm by constants.
    void find_folds() {
        for (size_t i = 0; i < program_.ops.size(); ++i) {
            const auto* norm = std::get_if<ops::BatchNorm>(&program_.ops[i]);
            const int writer = norm != nullptr ? flow_.writer(norm->x) : -1;
            if (writer < 0 || flow_.readers(norm->x).size() != 1) continue;
            if (!std::holds_alternative<ops::Conv2d>(program_.ops[static_cast<size_t>(writer)])) continue;
            norms_[writer] = norm;
            folded_.insert(static_cast<int>(i));
        }
    }

    struct Filters {
        std::vector<double> factors;  ///< of the weights of each filter; none: 1
        std::vector<float> bias;      ///< none: no bias
        ValueId y;
    };
    /// weight · g and (bias − mean) · g + shift, g = scale / √(variance + eps), where a norm follows.
    Filters filters_of(const ops::Conv2d& op) {
        Filters f{{}, {}, op.y};
        if (op.bias) f.bias.assign(weight(op.bias).span().begin(), weight(op.bias).span().end());
        const auto found = norms_.find(index_);
        if (found == norms_.end()) return f;
        const ops::BatchNorm& norm = *found->second;
        f.y = norm.y;
        const int64_t count = weight(op.weight).shape()[0];
        f.bias.resize(static_cast<size_t>(count), 0);
        for (int64_t k = 0; k < count; ++k) {
            const double g =
                weight(norm.weight)[k] / std::sqrt(double{weight(norm.variance)[k]} + double{norm.eps});
            float& bias = f.bias[static_cast<size_t>(k)];
            bias = static_cast<float>((bias - weight(norm.mean)[k]) * g + weight(norm.bias)[k]);
            f.factors.push_back(g);
        }
        return f;
    }
    /// An initializer of weights by these factors, made when the file is written.
    std::string filters(const std::string& name, const HostTensor& ours, std::vector<double> factors,
                        bool rows) {
        const Shape& s = ours.shape();
        const std::vector<int64_t> shape =
            rows ? std::vector{s[0], s[1] * s[2] * s[3]} : std::vector{s[0], s[3], s[1], s[2]};
        const auto make = [&ours, factors = std::move(factors), rows] {
            HostTensor weights = rows ? rows_channels_first(ours) : channels_first(ours);
            const size_t each = factors.empty() ? 0 : weights.span().size() / factors.size();
            for (size_t k = 0; k < factors.size(); ++k)
                for (float& value : weights.span().subspan(k * each, each))
                    value = static_cast<float>(value * factors[k]);
            return weights;
        };
        if (written_.insert(name).second)
            graph_.initializers.push_back({name, shape, onnx::LaterFloats{ours.count(), make}});
        return name;
    }

    // ---- one op each ----

    void emit(const OneOf<Surroundings> auto& /*op*/) {}
    [[noreturn]] void emit(const OneOf<Training> auto& op) {
        throw Error(ErrorCode::unsupported, op.name, say_exchange("exchange.of_training"), say("report_bug"));
    }

    void emit(const ops::Conv2d& op) {
        Filters f = filters_of(op);
        const std::string& weights = program_.info(op.weight).name;
        const std::string bias_name = op.bias ? program_.info(op.bias).name : weights + ".bias";
        const bool rows = is_row(op.y);
        std::vector<std::string> inputs{rows ? name(op.x) : as_map(op.x, op.y),
                                        filters(weights, weight(op.weight), std::move(f.factors), rows)};
        if (rows && !is_row(op.x)) {
            inputs[0] = name(op.y) + ".rows";
            add("Flatten", {name(op.x)}, inputs[0], {{"axis", int64_t{1}}});
        }
        if (!f.bias.empty())
            inputs.push_back(tensor(bias_name, {static_cast<int64_t>(f.bias.size())}, f.bias));
        if (rows) {
            add("Gemm", inputs, name(f.y), {{"transB", int64_t{1}}});
            return;
        }
        Attributes attributes = window_attributes(op.window);
        attributes.push_back(dilations(op.window));
        attributes.push_back({"group", int64_t{op.groups}});
        add("Conv", inputs, name(f.y), attributes);
    }

    void emit(const ops::BatchNorm& op) {
        std::vector<std::string> inputs{name(op.x)};
        for (const ValueId id : {op.weight, op.bias, op.mean, op.variance})
            inputs.push_back(tensor(program_.info(id).name, weight(id)));
        add("BatchNormalization", inputs, name(op.y), {{"epsilon", op.eps}});
    }

    void emit(const ops::Activation& op) {
        const std::string &x = name(op.x), &y = name(op.y);
        switch (op.kind) {
            case ActivationKind::relu:
                add("Relu", {x}, y);
                break;
            case ActivationKind::relu6:
                add("HardSigmoid", {x}, y + ".sixth", {{"alpha", 1.0F / 6}, {"beta", 0.0F}});
                add("Mul", {y + ".sixth", scalar("constant.six", 6)}, y);
                break;
            case ActivationKind::leaky_relu:
                add("LeakyRelu", {x}, y, {{"alpha", op.alpha}});
                break;
            case ActivationKind::gelu:
                add("Mul", {x, scalar("constant.root_half", std::sqrt(0.5F))}, y + ".scaled");
                add("Erf", {y + ".scaled"}, y + ".erf");
                add("Add", {y + ".erf", scalar("constant.one", 1)}, y + ".sum");
                add("Mul", {x, y + ".sum"}, y + ".product");
                add("Mul", {y + ".product", scalar("constant.half", 0.5F)}, y);
                break;
            case ActivationKind::silu:
                add("Sigmoid", {x}, y + ".sigmoid");
                add("Mul", {x, y + ".sigmoid"}, y);
                break;
            case ActivationKind::hard_swish:
                add("HardSigmoid", {x}, y + ".gate", {{"alpha", 1.0F / 6}, {"beta", 0.5F}});
                add("Mul", {x, y + ".gate"}, y);
                break;
            case ActivationKind::sigmoid:
                add("Sigmoid", {x}, y);
                break;
            case ActivationKind::hard_sigmoid:
                add("HardSigmoid", {x}, y, {{"alpha", 1.0F / 6}, {"beta", 0.5F}});
                break;
            case ActivationKind::tanh:
                add("Tanh", {x}, y);
                break;
        }
    }

    void emit(const ops::Softmax& op) { add("Softmax", {name(op.x)}, name(op.y), {{"axis", int64_t{1}}}); }

    /// A map with the window's padding around it as values, which the window then has no more.
    std::string padded(const std::string& x, const std::string& y, Window& window, float value) {
        std::string name = y + ".padded";
        std::vector<std::string> inputs{
            x, numbers(name + ".pads", {0, 0, window.before.height, window.before.width, 0, 0,
                                        window.after.height, window.after.width})};
        if (value != 0) inputs.push_back(scalar(name + ".value", value));
        add("Pad", inputs, name);
        window.before = window.after = Pair(0);
        return name;
    }

    void emit(const ops::MaxPool2d& op) {
        std::string x = as_map(op.x, op.y);
        if (is_row(op.y)) return add_map("GlobalMaxPool", {x}, op.y);
        Window window = op.window;
        // ONNX Runtime takes no padding of a kernel or more, though a dilated window may need it.
        const auto is_wide = [&](Pair side) {
            return side.height >= window.kernel.height || side.width >= window.kernel.width;
        };
        if (is_wide(window.before) || is_wide(window.after))
            x = padded(x, name(op.y), window, std::numeric_limits<float>::lowest());
        Attributes attributes = window_attributes(window);
        if (!(window.dilation == Pair(1))) attributes.push_back(dilations(window));
        add("MaxPool", {x}, name(op.y), attributes);
    }

    void emit(const ops::AvgPool2d& op) {
        std::string x = as_map(op.x, op.y);
        if (is_row(op.y)) return add_map("GlobalAveragePool", {x}, op.y);
        Window window = op.window;
        if (op.count_include_pad && is_padded(window)) x = padded(x, name(op.y), window, 0);
        add("AveragePool", {x}, name(op.y), window_attributes(window));
    }

    void emit(const ops::Add& op) { add("Add", {name(op.a), name(op.b)}, name(op.y)); }

    void emit(const ops::WeightedSum& op) {
        std::string sum;
        for (size_t i = 0; i < op.parts.size(); ++i) {
            const bool last = i + 1 == op.parts.size();
            const std::string number = std::to_string(i), term = name(op.y) + ".term" + number;
            add("Mul", {name(op.parts[i]), scalar(name(op.y) + ".factor" + number, op.weights[i])},
                last && i == 0 ? name(op.y) : term);
            if (i > 0) add("Add", {sum, term}, last ? name(op.y) : name(op.y) + ".sum" + number);
            sum = i == 0 ? term : name(op.y) + ".sum" + number;
        }
    }

    void emit(const ops::Concat& op) {
        std::vector<std::string> inputs;
        for (const ValueId part : op.parts) inputs.push_back(name(part));
        add("Concat", inputs, name(op.y), {{"axis", int64_t{1}}});
    }

    /// The values in the order of [H, W, C], which the layers after it expect.
    void emit(const ops::Reshape& op) {
        const Shape& s = program_.shape(op.x);
        std::string x = name(op.x);
        if (s.rank() == 3 && s[2] > 1 && s[0] * s[1] > 1) {
            x = name(op.y) + ".channels_last";
            add("Transpose", {name(op.x)}, x, {{"perm", std::vector<int64_t>{0, 2, 3, 1}}});
        }
        add("Flatten", {x}, name(op.y), {{"axis", int64_t{1}}});
    }

    void emit(const ops::Resize& op) {
        const Shape &from = program_.shape(op.x), &to = program_.shape(op.y);
        if (op.antialias && options_.opset < 18)
            throw Error(ErrorCode::unsupported, program_.info(op.y).name,
                        say_exchange("exchange.antialias_opset"), say_exchange("exchange.newer_opset"));
        Attributes attributes{{"mode", "linear"}, {"coordinate_transformation_mode", "half_pixel"}};
        if (op.antialias) {  // without the second one, pixels beyond the edge count as copies of it
            attributes.push_back({"antialias", int64_t{1}});
            attributes.push_back({"exclude_outside", int64_t{1}});
        }
        const float factors[] = {1, 1, onnx::resize_factor(from[0], to[0]),
                                 onnx::resize_factor(from[1], to[1])};
        add("Resize", {name(op.x), "", tensor(name(op.y) + ".factors", {4}, factors)}, name(op.y),
            attributes);
    }

    void finish() {
        std::string output = name(program_.logits);
        std::vector<int64_t> shape = extents(program_.logits);
        if (shape.size() > 1) {  // a 1×1 map
            add("Flatten", {output}, "logits.rows", {{"axis", int64_t{1}}});
            output = "logits.rows";
            shape = {shape[0]};
        }
        if (options_.probabilities) {
            switch (output_kind(saved_.experiment)) {
                case OutputKind::softmax:
                    add("Softmax", {output}, "probabilities", {{"axis", int64_t{1}}});
                    break;
                case OutputKind::sigmoid:
                    add("Sigmoid", {output}, "probabilities");
                    break;
                case OutputKind::identity:
                    add("Identity", {output}, "probabilities");
                    break;
            }
            output = "probabilities";
        }
        graph_.outputs.push_back({output, shape});
        std::set<std::string> made;
        for (const Node& node : graph_.nodes) made.insert(node.output);
        for (const LayerInfo& layer : compiled_.layers)
            if (made.erase(name(layer.value)) > 0 && name(layer.value) != output)
                graph_.values.push_back({name(layer.value), extents(layer.value)});
        graph_.metadata = {{classes_key, classes_text(saved_.card.classes)},
                           {"mean", write_json(saved_.card.mean).dump()},
                           {"stddev", write_json(saved_.card.stddev).dump()},
                           {"experiment", saved_.experiment.to_json().dump()},
                           {"card", to_json(saved_.card)}};
    }

    const SavedModel& saved_;
    const OnnxOptions& options_;
    Compiled compiled_;
    const Program& program_;
    Dataflow flow_;
    std::vector<std::string> names_;              ///< of the Program's values
    std::map<int, const ops::BatchNorm*> norms_;  ///< by the number of the convolution that takes it in
    std::set<int> folded_;                        ///< numbers of ops that others take in
    std::set<std::string> written_;               ///< initializers
    int index_ = 0;                               ///< of the op that is written
    onnx::Model graph_;
};

}  // namespace

std::string write_onnx(const SavedModel& model, const OnnxOptions& options) {
    if (options.opset < OnnxOptions::least_opset || options.opset > OnnxOptions::most_opset)
        throw Error(ErrorCode::out_of_range, "opset", say_exchange("exchange.opset", options.opset),
                    say_exchange("exchange.opset_range", OnnxOptions::least_opset, OnnxOptions::most_opset));
    return onnx::encode(Exporter(model, options).run());
}

}  // namespace cnnlab
