// Operators that work on values one by one: activations, and arithmetic with constants or with another value.

#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/exchange/onnx_importer.hpp"

namespace cnnlab::onnx {

namespace {

constexpr double beyond_any = 3e38;  ///< a bound that bounds no float
constexpr float infinite = std::numeric_limits<float>::infinity();

bool is_near(std::optional<float> value, double wanted) {
    return value && std::abs(static_cast<double>(*value) - wanted) <= 1e-6 * std::abs(wanted);
}

/// The number of the input that is not `value`; 2 where both or none are.
size_t other_input(const ReadNode& node, const std::string& value) {
    if (node.inputs.size() != 2 || (node.inputs[0] == value) == (node.inputs[1] == value)) return 2;
    return node.inputs[0] == value ? 1 : 0;
}

}  // namespace

/// min(max(x, low), high), of which layers here have relu and relu6. A bound that bounds nothing is infinite.
Traced Importer::bounded(const ReadNode& node, const Traced& x, double low, double high) {
    const bool below = low > -beyond_any, above = high < beyond_any;
    const std::string name = name_of(node);
    if (!(low < high)) throw Refused{say_import("import.bound")};
    if (!below && !above) return x;
    if (!above) return network.affine(network.same(network.affine(x, 1, -low), layers::Relu{}, name), 1, low);
    if (!below)
        return network.affine(network.same(network.affine(x, -1, high), layers::Relu{}, name), -1, high);
    const double unit = (high - low) / 6;
    const Traced inside = network.affine(x, 1 / unit, low == 0 ? 0 : -low / unit);
    return network.affine(network.same(inside, layers::Relu6{}, name), unit, low);
}

void Importer::relu(const ReadNode& node) {
    const Traced x = data(node, 0);
    // A bound above that follows at once makes it a relu6, or the like.
    if (const ReadNode* next = reader(node.outputs.at(0)); next != nullptr && next->domain.empty()) {
        std::optional<float> high;
        if (next->op_type == "Min" && next->inputs.size() == 2)
            high = number(*next, other_input(*next, node.outputs[0]) % 2);
        if (high && *high > 0) {
            fused(*next);
            return give(*next, bounded(*next, x, 0, *high));
        }
    }
    give(node, network.same(x, layers::Relu{}, name_of(node)));
}

void Importer::leaky_relu(const ReadNode& node) {
    const Traced x = data(node, 0);
    float slope = node.number("alpha", 0.01F);
    if (node.op_type == "PRelu") {
        const std::vector<float> slopes = floats(node, 1);
        const bool one = !slopes.empty() && std::all_of(slopes.begin(), slopes.end(),
                                                        [&](float each) { return each == slopes[0]; });
        if (!one) throw Refused{say_import("import.slope")};
        slope = slopes[0];
    }
    if (slope == 0) return give(node, network.same(x, layers::Relu{}, name_of(node)));
    if (!(slope >= 1e-6F && slope <= 1)) throw Refused{say_import("import.bound")};
    give(node, network.same(x, layers::LeakyRelu{slope}, name_of(node)));
}

/// x · sigmoid(x) is one layer.
void Importer::sigmoid(const ReadNode& node) {
    const Traced x = data(node, 0);
    const ReadNode* next = reader(node.outputs.at(0), "Mul");
    const size_t other = next == nullptr ? 2 : other_input(*next, node.outputs[0]);
    if (other < 2 && next->inputs[other] == node.inputs[0]) {
        fused(*next);
        return give(*next, network.same(x, layers::Silu{}, name_of(*next)));
    }
    give(node, network.same(x, layers::Sigmoid{}, name_of(node)));
}

void Importer::tanh(const ReadNode& node) {
    give(node, network.same(data(node, 0), layers::Tanh{}, name_of(node)));
}

void Importer::gelu(const ReadNode& node) {
    if (const std::string word = node.text("approximate", "none"); word != "none")
        throw Refused{say_import("import.gelu", word)};
    give(node, network.same(data(node, 0), layers::Gelu{}, name_of(node)));
}

/// x · (1 + erf(x / √2)) / 2 in the orders in which programs write it. Gives the value before the erf its name.
void Importer::erf(const ReadNode& node) {
    const auto refuse = [] { throw Refused{say_import("import.no_layer")}; };
    // x · √½ has become a layer, the last one, which goes away again.
    if (!node.has_input(0)) throw Refused{say_import("import.few_inputs")};
    const std::string& scaled = node.inputs[0];
    const auto maker = makers_.find(scaled);
    const ReadNode* scale = maker == makers_.end() ? nullptr : maker->second;
    if (scale == nullptr || scale->inputs.size() != 2 || reader(scaled) != &node) refuse();
    const size_t factor = is_data(*scale, 0) ? 1 : 0;
    const bool fits = (scale->op_type == "Mul" && is_near(number(*scale, factor), std::sqrt(0.5))) ||
                      (scale->op_type == "Div" && factor == 1 && is_near(number(*scale, 1), std::sqrt(2.0)));
    if (!fits) refuse();
    const std::string& source = scale->inputs[1 - factor];
    if (network.layers().empty() || network.layers().back().name != values_.at(scaled).layer) refuse();

    const ReadNode* plus = reader(node.outputs.at(0), "Add");
    const size_t one = plus == nullptr ? 2 : other_input(*plus, node.outputs[0]);
    if (one == 2 || !is_near(number(*plus, one), 1)) refuse();
    const ReadNode* last = plus;
    bool times_x = false, halved = false;
    while (!times_x || !halved) {
        const std::string value = last->outputs.at(0);
        const ReadNode* next = reader(value, "Mul");
        const size_t other = next == nullptr ? 2 : other_input(*next, value);
        if (other == 2) refuse();
        if (!halved && is_near(number(*next, other), 0.5)) {
            halved = true;
        } else if (!times_x && next->inputs[other] == source) {
            times_x = true;
        } else {
            refuse();
        }
        fused(*next);
        last = next;
    }
    fused(*plus);
    network.drop_last();
    give(*last, network.same(values_.at(source), layers::Gelu{}, name_of(*last)));
}

void Importer::give_hard_sigmoid(const ReadNode& node, const Traced& x, const std::string& source) {
    const ReadNode* next = reader(node.outputs.at(0), "Mul");
    const size_t other = next == nullptr ? 2 : other_input(*next, node.outputs[0]);
    if (other < 2 && next->inputs[other] == source) {
        fused(*next);
        return give(*next, network.same(x, layers::HardSwish{}, name_of(*next)));
    }
    give(node, network.same(x, layers::HardSigmoid{}, name_of(node)));
}

void Importer::hard_swish(const ReadNode& node) {
    give(node, network.same(data(node, 0), layers::HardSwish{}, name_of(node)));
}

/// min(max(αx + β, 0), 1). The layer's own α is a sixth, its β a half.
void Importer::hard_sigmoid(const ReadNode& node) {
    const Traced x = data(node, 0);
    const double alpha = node.number("alpha", 0.2F), beta = node.number("beta", 0.5F);
    const ReadNode* next = reader(node.outputs.at(0), "Mul");
    const size_t other = next == nullptr ? 2 : other_input(*next, node.outputs[0]);
    if (beta == 0 && other < 2 && is_near(static_cast<float>(6 * alpha), 1) &&
        is_near(number(*next, other), 6)) {
        fused(*next);
        return give(*next, network.same(x, layers::Relu6{}, name_of(*next)));
    }
    if (is_near(static_cast<float>(6 * alpha), 1) && beta == 0.5)
        return give_hard_sigmoid(node, x, node.inputs[0]);
    const Traced inside = network.affine(x, 6 * alpha, 6 * beta - 3);
    give(node, network.same(inside, layers::HardSigmoid{}, name_of(node)));
}

std::pair<double, double> Importer::bounds(const ReadNode& node) const {
    double low = node.number("min", -infinite), high = node.number("max", infinite);
    for (const size_t i : {size_t{1}, size_t{2}}) {
        if (!node.has_input(i)) continue;
        const std::optional<float> given = number(node, i);
        if (!given) throw Refused{say_import("import.not_constant")};
        (i == 1 ? low : high) = *given;
    }
    return {low, high};
}

void Importer::clip(const ReadNode& node) {
    const Traced x = data(node, 0);
    const auto [low, high] = bounds(node);
    give(node, bounded(node, x, low, high));
}

/// Min or Max of a value and a constant.
void Importer::bound(const ReadNode& node) {
    if (node.inputs.size() != 2) throw Refused{say_import("import.no_layer")};
    const size_t value = is_data(node, 0) ? 0 : 1;
    const std::optional<float> limit = number(node, 1 - value);
    if (!limit) throw Refused{say_import("import.bound")};
    const Traced x = data(node, value);
    if (node.op_type == "Min") return give(node, bounded(node, x, -infinite, *limit));
    if (const ReadNode* next = reader(node.outputs.at(0), "Min");
        next != nullptr && next->inputs.size() == 2) {
        const std::optional<float> high = number(*next, other_input(*next, node.outputs[0]) % 2);
        if (high && *high > *limit) {
            fused(*next);
            return give(*next, bounded(*next, x, *limit, *high));
        }
    }
    give(node, bounded(node, x, *limit, infinite));
}

Traced Importer::scaled(const ReadNode& node, const Traced& x, const StoredTensor& constant, bool summand,
                        const std::vector<float>& values) {
    const int given = static_cast<int>(constant.shape.size());
    if (values.empty()) throw Refused{say_import("import.few_inputs")};
    int axis = -1;
    for (int i = 0; i < given; ++i) {
        if (constant.shape[static_cast<size_t>(i)] == 1) continue;
        if (axis >= 0) throw Refused{say_import("import.positions")};
        axis = i + x.rank() - given;
    }
    if (axis < 0 && given <= x.rank()) {
        const double value = values[0];
        return summand ? network.affine(x, 1, value, name_of(node))
                       : network.affine(x, value, 0, name_of(node));
    }
    if (axis < 0 || given > x.rank()) throw Refused{say_import("import.rank", given)};
    if (x.is_batch(axis) || x.extent(axis) != static_cast<int64_t>(values.size()))
        throw Refused{say_import("import.other_shape", x.str(), std::to_string(values.size()))};
    const std::array axes{axis};
    Traced y = x;
    if (!y.are_channels(axes) && y.extent(axis) == y.shape.count()) y = network.flat(y);
    if (!y.are_channels(axes)) throw Refused{say_import("import.positions")};
    const std::vector<int64_t> order = y.order(axes);
    std::vector<float> ours(values.size());
    for (size_t i = 0; i < values.size(); ++i) ours[static_cast<size_t>(order[i])] = values[i];
    if (summand) return network.affine(y, std::vector<float>(ours.size(), 1), ours, name_of(node));
    return network.affine(y, ours, {}, name_of(node));
}

void Importer::arithmetic(const ReadNode& node) {
    if (node.inputs.size() != 2) throw Refused{say_import("import.few_inputs")};
    const bool first = is_data(node, 0), second = is_data(node, 1);
    const std::string& op = node.op_type;
    if (first && second) {
        if (op == "Mul" || op == "Div") throw Refused{say_import("import.two_values")};
        Traced b = data(node, 1);
        if (op == "Sub") b = network.affine(b, -1, 0);
        return add_values(node, {data(node, 0), b});
    }
    if (!first && !second) throw Refused{say_import("import.constant_only")};
    const size_t at = first ? 1 : 0;
    Traced x = data(node, 1 - at);
    const StoredTensor& constant = weights(node, at);
    std::vector<float> values = floats(node, at);
    // x / 6 + ½ between 0 and 1
    if (op == "Mul" && is_near(number(node, at), 1.0 / 6)) {
        const ReadNode* plus = reader(node.outputs.at(0), "Add");
        const size_t half = plus == nullptr ? 2 : other_input(*plus, node.outputs[0]);
        const ReadNode* clip =
            half < 2 && number(*plus, half) == 0.5F ? reader(plus->outputs.at(0), "Clip") : nullptr;
        if (clip != nullptr && bounds(*clip) == std::pair{0.0, 1.0}) {
            fused(*plus);
            fused(*clip);
            return give_hard_sigmoid(*clip, x, node.inputs[1 - at]);
        }
    }
    if (op == "Div") {
        if (!first) throw Refused{say_import("import.no_layer")};
        for (float& value : values) value = 1 / value;
    }
    if (op == "Sub") {
        if (first)
            for (float& value : values) value = -value;
        else
            x = network.affine(x, -1, 0);
    }
    give(node, scaled(node, x, constant, op == "Add" || op == "Sub", values));
}

void Importer::add_values(const ReadNode& node, const std::vector<Traced>& values) {
    std::vector<std::string> from;
    for (const Traced& value : values) {
        const Traced& one = values[0];
        if (value.parts != one.parts || value.axes != one.axes || value.row != one.row)
            throw Refused{say_import("import.other_shape", one.str(), value.str())};
        from.push_back(value.layer);
    }
    Traced y = values[0];
    if (values.size() > 1) y.layer = network.add(layers::Add{}, name_of(node), from);
    give(node, std::move(y));
}

void Importer::sum(const ReadNode& node) {
    std::vector<Traced> values;
    for (size_t i = 0; i < node.inputs.size(); ++i) values.push_back(data(node, i));
    if (values.empty()) throw Refused{say_import("import.few_inputs")};
    add_values(node, values);
}

void Importer::negate(const ReadNode& node) {
    give(node, network.affine(data(node, 0), -1, 0, name_of(node)));
}

void Importer::dropout(const ReadNode& node) {
    const Traced x = data(node, 0);
    if (node.has_input(2) && number(node, 2).value_or(1) != 0)
        throw Refused{say_import("import.of_training")};
    float share = node.number("ratio", 0.5F);
    if (node.has_input(1)) share = number(node, 1).value_or(0.5F);
    if (!(share > 0 && share <= 0.99F)) return give(node, x);
    give(node, network.same(x, layers::Dropout{share}, name_of(node)));
}

void Importer::cast(const ReadNode& node) {
    const int64_t to = node.integer("to", StoredTensor::f32);
    if (is_data(node, 0)) {
        if (to != StoredTensor::f32) throw Refused{say_import("import.cast")};
        return give(node, data(node, 0));
    }
    StoredTensor value = weights(node, 0);
    // Numbers are converted where they are used; what loses digits on its way is not followed.
    const bool wide = to == StoredTensor::f32 || to == StoredTensor::f64 || to == StoredTensor::i64;
    if (!wide || (value.is_float() && to == StoredTensor::i64))
        throw Refused{say_import("import.constant_only")};
    give(node, std::move(value));
}

}  // namespace cnnlab::onnx
