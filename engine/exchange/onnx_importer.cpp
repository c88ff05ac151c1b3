#include "engine/exchange/onnx_importer.hpp"

#include <algorithm>
#include <limits>

#include "engine/core/error.hpp"
#include "engine/core/utf8.hpp"

namespace cnnlab::onnx {

namespace {

/// A node that reads what another, refused one would have given.
struct Unknown {};

constexpr int64_t most_extent = int64_t{1} << 22U, most_values = std::numeric_limits<int>::max();
constexpr size_t most_told = 20, most_refused = 1000;

}  // namespace

Importer::Importer(const ReadModel& model, const std::string& output, const std::string& place,
                   uint64_t most_bytes)
    : network(most_bytes), model_(model), output_(output), place_(place) {
    constants_ = model.initializers;
    find_live();
}

/// Nodes that the output depends on. A node stands behind those that it reads, so one pass from the end finds them.
void Importer::find_live() {
    std::set<std::string> wanted{output_}, given;
    live_.assign(model_.nodes.size(), 0);
    for (size_t i = model_.nodes.size(); i-- > 0;) {
        const ReadNode& node = model_.nodes[i];
        for (const std::string& output : node.outputs) {
            if (output.empty()) continue;
            if (!given.insert(output).second)
                throw Error(ErrorCode::bad_file, place_, say_import("import.one_graph", output),
                            say_import("import.get_again"));
            if (wanted.contains(output)) live_[i] = 1;
        }
        if (live_[i] == 0) continue;
        makers_[node.outputs[0]] = &node;
        wanted.insert(node.inputs.begin(), node.inputs.end());
        for (const std::string& input : node.inputs) readers_[input].push_back(&node);
    }
}

Traced Importer::run(const std::string& input_name, Traced input, int64_t batch) {
    batch_ = batch;
    values_[input_name] = std::move(input);
    for (size_t i = 0; i < model_.nodes.size(); ++i) {
        const ReadNode& node = model_.nodes[i];
        if (live_[i] == 0 || fused_.contains(&node)) continue;
        try {
            step(node);
        } catch (const Unknown&) {
            unknown_.insert(node.outputs.begin(), node.outputs.end());
        } catch (const Refused& refused) {
            refused_.emplace_back(&node, refused.reason);
            if (refused_.size() == most_refused) fail();  // no network, and each may have taken long
            unknown_.insert(node.outputs.begin(), node.outputs.end());
        }
    }
    if (!refused_.empty()) fail();
    const auto found = values_.find(output_);
    if (found == values_.end())
        throw Error(ErrorCode::unknown_name, place_, say_import("import.no_output", output_),
                    say_import("import.choose_output"));
    return network.settled(found->second);
}

void Importer::step(const ReadNode& node) {
    if (node.refused) throw Refused{*node.refused};
    if (!node.domain.empty()) throw Refused{say_import("import.domain", node.domain)};
    for (const std::string& input : node.inputs)
        if (unknown_.contains(input)) throw Unknown{};
    for (const std::string& input : node.inputs)
        if (!input.empty() && !values_.contains(input) && !constants_.contains(input))
            throw Refused{say_import("import.no_value", input)};
    for (const auto& [name, attribute] : node.attributes)
        if (attribute.is_graph) throw Refused{say_import("import.subgraph")};
    const auto found = handlers().find(node.op_type);
    if (found == handlers().end()) throw Refused{say_import("import.no_layer")};
    (this->*found->second)(node);
}

void Importer::fail() const {
    Message list;
    for (size_t i = 0; i < std::min(refused_.size(), most_told); ++i) {
        const auto& [node, reason] = refused_[i];
        const std::string& type = node->layer_type.empty() ? node->op_type : node->layer_type;
        Message one = say_import("import.node", type, node->name, reason);
        list = i == 0 ? std::move(one) : say_import("import.and", list, one);
    }
    if (refused_.size() > most_told) list = say_import("import.more", list, refused_.size() - most_told);
    throw Error(ErrorCode::unsupported, place_, say_import("import.refused", refused_.size(), list),
                say_import("import.refused_remedy"));
}

const StoredTensor* Importer::find_constant(const std::string& name) const {
    const auto found = constants_.find(name);
    return found == constants_.end() ? nullptr : &found->second;
}

bool Importer::is_data(const ReadNode& node, size_t i) const {
    return node.has_input(i) && values_.contains(node.inputs[i]);
}

const Traced& Importer::padded(const ReadNode& node, size_t i) const {
    if (!node.has_input(i)) throw Refused{say_import("import.few_inputs")};
    const auto found = values_.find(node.inputs[i]);
    if (found == values_.end()) throw Refused{say_import("import.constant_only")};
    return found->second;
}

Traced Importer::data(const ReadNode& node, size_t i) { return network.settled(padded(node, i)); }

const StoredTensor* Importer::constant(const ReadNode& node, size_t i) const {
    return node.has_input(i) ? find_constant(node.inputs[i]) : nullptr;
}

const StoredTensor& Importer::weights(const ReadNode& node, size_t i) const {
    if (!node.has_input(i)) throw Refused{say_import("import.few_inputs")};
    const StoredTensor* found = constant(node, i);
    if (found == nullptr) throw Refused{say_import("import.not_constant")};
    if (StoredTensor::width(found->type) == 0) throw Refused{say_import("import.tensor_type")};
    return *found;
}

std::vector<float> Importer::floats(const ReadNode& node, size_t i) const {
    return weights(node, i).floats(place_ + ": \"" + node.inputs[i] + "\"");
}

std::optional<std::vector<int64_t>> Importer::list(const ReadNode& node, const char* attribute,
                                                   size_t i) const {
    const auto check = [](size_t count) {
        if (count > most_numbers) throw Refused{say_import("import.long_list", count, most_numbers)};
    };
    if (const ReadAttribute* given = node.find(attribute)) {
        check(given->integers.size());
        return given->integers;
    }
    if (!node.has_input(i)) return std::nullopt;
    const StoredTensor& found = weights(node, i);
    if (!found.is_whole()) throw Refused{say_import("import.tensor_type")};
    check(static_cast<size_t>(found.count()));
    return found.whole_numbers();
}

std::optional<float> Importer::number(const ReadNode& node, size_t i) const {
    const StoredTensor* found = constant(node, i);
    if (found == nullptr || found->count() != 1 || StoredTensor::width(found->type) == 0) return std::nullopt;
    return floats(node, i).at(0);
}

const ReadNode* Importer::reader(const std::string& value) const {
    const auto found = readers_.find(value);
    const bool one = found != readers_.end() && found->second.size() == 1 && value != output_;
    return one ? found->second[0] : nullptr;
}

const ReadNode* Importer::reader(const std::string& value, const char* op_type) const {
    const ReadNode* found = reader(value);
    return found != nullptr && found->op_type == op_type && found->domain.empty() ? found : nullptr;
}

void Importer::give(const ReadNode& node, Traced value) {
    if (node.outputs.empty()) throw Refused{say_import("import.few_inputs")};
    values_[node.outputs[0]] = std::move(value);
}

void Importer::give(const ReadNode& node, StoredTensor value) {
    if (node.outputs.empty()) throw Refused{say_import("import.few_inputs")};
    constants_[node.outputs[0]] = std::move(value);
}

void Importer::give_whole(const ReadNode& node, std::vector<int64_t> values, std::vector<int64_t> shape) {
    StoredTensor tensor;
    tensor.type = StoredTensor::i64;
    tensor.shape = std::move(shape);
    tensor.own(values);
    give(node, std::move(tensor));
}

/// PyTorch's name of a layer, where its weights still have it.
std::string Importer::name_of(const ReadNode& node, const std::string& weight) const {
    constexpr std::string_view suffix = ".weight", part = ".map_out";
    if (weight.size() > suffix.size() && weight.ends_with(suffix) && is_utf8(weight))
        return weight.substr(0, weight.size() - suffix.size());
    if (!names_are_layers || node.outputs.empty() || !is_utf8(node.outputs[0])) return {};
    std::string name = node.outputs[0];
    if (name.starts_with('#')) return {};
    if (name.ends_with(part)) name.resize(name.size() - part.size());
    return name == "logits" || name == "probabilities" ? std::string() : name;
}

int Importer::axis_of(const Traced& value, int64_t axis) const {
    if (axis < 0) axis += value.rank();
    if (axis < 0 || axis >= value.rank()) throw Refused{say_import("import.rank", value.rank())};
    return static_cast<int>(axis);
}

Traced Importer::as_channels(const Traced& x) {
    constexpr std::array axes{1};
    const bool all = x.rank() >= 2 && x.is_batch(0) && !x.is_batch(1) && x.extent(1) == x.shape.count();
    return all && !x.are_channels(axes) ? network.flat(network.settled(x)) : x;
}

void Importer::check_size(const Traced& value, int64_t height, int64_t width, int64_t channels) const {
    const std::string shape =
        std::to_string(channels) + "×" + std::to_string(height) + "×" + std::to_string(width);
    if (height < 1 || width < 1 || channels < 1) throw Refused{say_import("import.window", value.str())};
    if (height > most_extent || width > most_extent || channels > most_extent ||
        height * width > most_values / channels)
        throw Refused{say_import("import.too_large", shape)};
}

const std::map<std::string, Importer::Handler>& Importer::handlers() {
    using I = Importer;
    static const std::map<std::string, Handler> all{
        {"Conv", &I::conv},
        {"MaxPool", &I::max_pool},
        {"AveragePool", &I::average_pool},
        {"GlobalAveragePool", &I::global_pool},
        {"GlobalMaxPool", &I::global_pool},
        {"ReduceMean", &I::reduce},
        {"ReduceMax", &I::reduce},
        {"Pad", &I::pad},
        {"Resize", &I::resize},
        {"Gemm", &I::gemm},
        {"MatMul", &I::mat_mul},
        {"BatchNormalization", &I::batch_norm},
        {"Softmax", &I::softmax},
        {"LogSoftmax", &I::softmax},
        {"Concat", &I::concat},
        {"Relu", &I::relu},
        {"LeakyRelu", &I::leaky_relu},
        {"PRelu", &I::leaky_relu},
        {"Sigmoid", &I::sigmoid},
        {"Tanh", &I::tanh},
        {"Gelu", &I::gelu},
        {"Erf", &I::erf},
        {"HardSigmoid", &I::hard_sigmoid},
        {"HardSwish", &I::hard_swish},
        {"Clip", &I::clip},
        {"Min", &I::bound},
        {"Max", &I::bound},
        {"Add", &I::arithmetic},
        {"Sub", &I::arithmetic},
        {"Mul", &I::arithmetic},
        {"Div", &I::arithmetic},
        {"Sum", &I::sum},
        {"Neg", &I::negate},
        {"Dropout", &I::dropout},
        {"Cast", &I::cast},
        {"Identity", &I::identity},
        {"Transpose", &I::transpose},
        {"Reshape", &I::reshape},
        {"Flatten", &I::flatten},
        {"Squeeze", &I::squeeze},
        {"Unsqueeze", &I::unsqueeze},
        {"Constant", &I::constant_node},
        {"Shape", &I::shape_of},
        {"Gather", &I::gather},
        {"Slice", &I::slice},
    };
    return all;
}

}  // namespace cnnlab::onnx
