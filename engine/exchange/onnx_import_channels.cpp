// Operators that mix channels, or treat each by numbers of its own.

#include <algorithm>
#include <cmath>

#include "engine/exchange/onnx_importer.hpp"

namespace cnnlab::onnx {

namespace {

/// Numbers for all outputs of which some may stand for several: [K], [1, K], [1] or a scalar.
std::vector<float> broadcast(const StoredTensor& tensor, std::vector<float> values, int64_t outputs) {
    const bool last_only = std::all_of(tensor.shape.begin(), tensor.shape.end(), [&](const int64_t& extent) {
        return &extent == &tensor.shape.back() || extent == 1;
    });
    const auto count = static_cast<int64_t>(values.size());
    if (!last_only || (count != 1 && count != outputs))
        throw Refused{say_import("import.weight_shape", extents_text(tensor.shape))};
    if (count == outputs) return values;
    return std::vector<float>(static_cast<size_t>(outputs), values.at(0));
}

}  // namespace

std::pair<const ReadNode*, std::vector<float>> Importer::added_bias(const ReadNode& node, int rank, int axis,
                                                                    int64_t outputs) {
    const ReadNode* add = node.outputs.empty() ? nullptr : reader(node.outputs[0], "Add");
    if (add == nullptr || add->inputs.size() != 2) return {};
    const size_t other = add->inputs[0] == node.outputs[0] ? 1 : 0;
    const StoredTensor* added = constant(*add, other);
    if (added == nullptr || !added->is_float() || added->count() != outputs) return {};
    // [K] stands at the last axes: it must be the only one that is longer than 1, at the place of the outputs
    const int given = static_cast<int>(added->shape.size());
    if (given > rank) return {};
    for (int i = 0; i < given; ++i) {
        const bool here = i + rank - given == axis;
        if (added->shape[static_cast<size_t>(i)] != (here ? outputs : 1)) return {};
    }
    if (outputs > 1 && given < rank - axis) return {};
    return {add, floats(*add, other)};
}

/// A layer that reads all values of x in their order: `matrix` is [K, values], or [values, K] unless `transposed`.
void Importer::dense(const ReadNode& node, const ReadNode& last, const Traced& x,
                     std::span<const float> matrix, bool transposed, int64_t outputs,
                     const std::vector<float>& bias, const std::string& weight) {
    constexpr std::array all{1};
    const std::vector<int64_t> order = x.order(all);
    const auto values = static_cast<int64_t>(order.size());
    const ImageShape& in = x.shape;
    HostTensor turned(Shape{outputs, in.height, in.width, in.channels});
    for (int64_t k = 0; k < outputs; ++k)
        for (int64_t j = 0; j < values; ++j)
            turned[k * values + order[static_cast<size_t>(j)]] =
                matrix[static_cast<size_t>(transposed ? k * values + j : j * outputs + k)];
    layers::Dense layer;
    layer.out_features = static_cast<int>(outputs);
    layer.bias = !bias.empty();
    const std::string name = network.add(layer, name_of(last, weight), {x.layer});
    network.set(name, "weight", std::move(turned));
    if (layer.bias) network.set(name, "bias", HostTensor(Shape{outputs}, bias));
    if (&last != &node) fused(last);
    give(last, Traced::vector(name, layer.out_features));
}

void Importer::gemm(const ReadNode& node) {
    const Traced x = data(node, 0);
    const StoredTensor& b = weights(node, 1);
    if (node.integer("transA", 0) != 0) throw Refused{say_import("import.transposed")};
    if (x.rank() != 2 || !x.is_batch(0)) throw Refused{say_import("import.rank", x.rank())};
    const bool transposed = node.integer("transB", 0) != 0;
    const int64_t values = x.extent(1);
    if (b.shape.size() != 2 || !b.is_float() || b.shape[transposed ? 1 : 0] != values || b.count() == 0)
        throw Refused{say_import("import.weight_shape", extents_text(b.shape))};
    const int64_t outputs = b.shape[transposed ? 0 : 1];
    check_size(x, 1, 1, outputs);
    network.reserve(static_cast<uint64_t>(b.count() + outputs));
    std::vector<float> matrix = floats(node, 1), bias;
    const float alpha = node.number("alpha", 1), beta = node.number("beta", 1);
    if (alpha != 1)
        for (float& value : matrix) value *= alpha;
    const ReadNode* last = &node;
    if (node.has_input(2)) {
        if (beta != 0) bias = broadcast(weights(node, 2), floats(node, 2), outputs);
        if (beta != 1)
            for (float& value : bias) value *= beta;
    } else if (auto [adds, added] = added_bias(node, 2, 1, outputs); adds != nullptr) {
        bias = std::move(added);
        last = adds;
    }
    dense(node, *last, x, matrix, transposed, outputs, bias, node.inputs[1]);
}

void Importer::mat_mul(const ReadNode& node) {
    if (!is_data(node, 0)) throw Refused{say_import("import.transposed")};
    const Traced x = data(node, 0);
    const StoredTensor& b = weights(node, 1);
    if (x.rank() < 2 || !x.is_batch(0)) throw Refused{say_import("import.rank", x.rank())};
    const int last_axis = x.rank() - 1;
    if (b.shape.size() != 2 || !b.is_float() || b.shape[0] != x.extent(last_axis) || b.count() == 0)
        throw Refused{say_import("import.weight_shape", extents_text(b.shape))};
    const int64_t inputs = b.shape[0], outputs = b.shape[1];
    check_size(x, x.shape.height, x.shape.width, outputs);
    network.reserve(static_cast<uint64_t>(b.count() + outputs));
    const ReadNode* last = &node;
    std::vector<float> bias;
    if (auto [adds, added] = added_bias(node, x.rank(), last_axis, outputs); adds != nullptr) {
        bias = std::move(added);
        last = adds;
    }
    if (x.rank() == 2) return dense(node, *last, x, floats(node, 1), false, outputs, bias, node.inputs[1]);
    const std::array axes{last_axis};
    if (!x.are_channels(axes)) throw Refused{say_import("import.layout")};
    // At each position by itself: a convolution of single pixels.
    const std::vector<int64_t> order = x.order(axes);
    const std::vector<float> matrix = floats(node, 1);
    HostTensor turned(Shape{outputs, 1, 1, inputs});
    for (int64_t k = 0; k < outputs; ++k)
        for (int64_t j = 0; j < inputs; ++j)
            turned[k * inputs + order[static_cast<size_t>(j)]] = matrix[static_cast<size_t>(j * outputs + k)];
    layers::Conv2d layer;
    layer.out_channels = static_cast<int>(outputs);
    layer.kernel = Pair(1);
    layer.bias = !bias.empty();
    const std::string name = network.add(layer, name_of(*last, node.inputs[1]), {x.layer});
    network.set(name, "weight", std::move(turned));
    if (layer.bias) network.set(name, "bias", HostTensor(Shape{outputs}, bias));
    Traced y = x.with_channels(name, last_axis, layer.out_channels);
    y.row = false;
    if (last != &node) fused(*last);
    give(*last, std::move(y));
}

void Importer::batch_norm(const ReadNode& node) {
    Traced x = data(node, 0);
    if (node.integer("training_mode", 0) != 0) throw Refused{say_import("import.of_training")};
    if (model_.opset < 9 && node.integer("spatial", 1) == 0) throw Refused{say_import("import.spatial")};
    for (size_t i = 1; i < node.outputs.size(); ++i)
        if (!node.outputs[i].empty() && readers_.contains(node.outputs[i]))
            throw Refused{say_import("import.of_training")};
    constexpr std::array axes{1};
    if (x.rank() < 2 || !x.is_batch(0)) throw Refused{say_import("import.rank", x.rank())};
    const int64_t channels = x.extent(1);
    x = as_channels(x);
    if (!x.are_channels(axes)) throw Refused{say_import("import.layout")};
    constexpr std::array<const char*, 4> names{"weight", "bias", "running_mean", "running_var"};
    // Before a list of all channels is made, which may be far more than the file has numbers.
    for (size_t i = 0; i < names.size(); ++i)
        if (const StoredTensor& stored = weights(node, i + 1);
            stored.count() != channels || !stored.is_float())
            throw Refused{say_import("import.per_channel", stored.count(), channels)};
    network.reserve(names.size() * static_cast<uint64_t>(channels));
    const std::vector<int64_t> order = x.order(axes);
    layers::BatchNorm layer;
    layer.eps = node.number("epsilon", 1e-5F);
    layer.momentum = std::clamp(1 - node.number("momentum", 0.9F), 0.0F, 1.0F);
    std::array<HostTensor, 4> tensors;
    for (size_t i = 0; i < names.size(); ++i) {
        const std::vector<float> theirs = floats(node, i + 1);
        tensors[i] = HostTensor(Shape{channels});
        for (int64_t c = 0; c < channels; ++c)
            tensors[i][order[static_cast<size_t>(c)]] = theirs[static_cast<size_t>(c)];
    }
    const Traced y = network.same(x, layer, name_of(node, node.inputs[1]));
    for (size_t i = 0; i < names.size(); ++i) network.set(y.layer, names[i], std::move(tensors[i]));
    give(node, y);
}

void Importer::softmax(const ReadNode& node) {
    Traced x = data(node, 0);
    const bool flattens = model_.opset < 13;
    const int axis = axis_of(x, node.integer("axis", flattens ? 1 : -1));
    std::vector<int> axes{axis};
    for (int next = axis + 1; flattens && next < x.rank(); ++next) axes.push_back(next);
    if (std::any_of(axes.begin(), axes.end(), [&](int one) { return x.is_batch(one); }))
        throw Refused{say_import("import.softmax_axis")};
    int64_t count = 1;
    for (const int one : axes) count *= x.extent(one);
    if (!x.are_channels(axes)) {
        if (count != x.shape.count()) throw Refused{say_import("import.softmax_axis")};
        x = network.flat(x);
    }
    if (node.op_type == "LogSoftmax") {
        if (node.outputs.at(0) != output_) throw Refused{say_import("import.no_layer")};
        log_softmax = true;
        return give(node, x);
    }
    give(node, network.same(x, layers::Softmax{}, name_of(node)));
}

void Importer::concat(const ReadNode& node) {
    if (node.inputs.empty()) throw Refused{say_import("import.few_inputs")};
    if (all_constant(node)) {
        std::vector<int64_t> values;
        for (size_t i = 0; i < node.inputs.size(); ++i) {
            const StoredTensor& part = weights(node, i);
            if (!part.is_whole() || part.shape.size() != 1 || !is_short(part))
                throw Refused{say_import("import.constant_only")};
            const std::vector<int64_t> numbers = part.whole_numbers();
            values.insert(values.end(), numbers.begin(), numbers.end());
            if (values.size() > most_numbers) throw Refused{say_import("import.constant_only")};
        }
        const auto count = static_cast<int64_t>(values.size());
        return give_whole(node, std::move(values), {count});
    }
    std::vector<Traced> parts;
    for (size_t i = 0; i < node.inputs.size(); ++i) parts.push_back(data(node, i));
    const int axis = axis_of(parts[0], node.integer("axis", 1));
    const std::array axes{axis};
    std::vector<std::string> from;
    int64_t channels = 0;
    for (Traced& part : parts) {
        if (part.rank() != parts[0].rank())
            throw Refused{say_import("import.other_shape", parts[0].str(), part.str())};
        if (!part.are_channels(axes) && !part.is_batch(axis) && part.extent(axis) == part.shape.count())
            part = network.flat(part);
        if (part.is_batch(axis) || !part.are_channels(axes)) throw Refused{say_import("import.concat_axis")};
        if (!part.is_in_order(axes)) throw Refused{say_import("import.layout")};
        // Beside the channels, axes lie alike where they run over the same parts, which stand before the channels.
        for (int other = 0; other < part.rank(); ++other) {
            const auto at = static_cast<size_t>(other);
            if (other != axis &&
                (part.axes[at] != parts[0].axes[at] || part.extent(other) != parts[0].extent(other)))
                throw Refused{say_import("import.other_shape", parts[0].str(), part.str())};
        }
        if (part.row != parts[0].row)
            throw Refused{say_import("import.other_shape", parts[0].str(), part.str())};
        channels += part.shape.channels;
        from.push_back(part.layer);
    }
    if (parts.size() == 1) return give(node, parts[0]);
    check_size(parts[0], parts[0].shape.height, parts[0].shape.width, channels);
    const std::string name = network.add(layers::Concat{}, name_of(node), from);
    give(node, parts[0].with_channels(name, axis, static_cast<int>(channels)));
}

}  // namespace cnnlab::onnx
