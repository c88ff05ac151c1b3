#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "engine/core/tensor.hpp"

namespace cnnlab::onnx {

/// The parts of the ONNX format that are written here, by their names in the standard.
using AttributeValue = std::variant<int64_t, float, std::string, std::vector<int64_t>>;

struct Node {
    std::string op_type;
    std::vector<std::string> inputs;
    std::string output;  ///< also the name of the node
    std::vector<std::pair<std::string, AttributeValue>> attributes;
};

/// Floats that are made when they are written, so that not all weights are in memory twice before the file is.
struct LaterFloats {
    int64_t count = 0;
    std::function<HostTensor()> make;
};

/// A tensor in the file: floats, or whole numbers (shapes).
struct Initializer {
    std::string name;
    std::vector<int64_t> shape;
    std::variant<std::vector<float>, std::vector<int64_t>, LaterFloats> values;
};

/// A float tensor that comes and goes. The first axis of every one is the batch, which may have any size.
struct Value {
    std::string name;
    std::vector<int64_t> shape;  ///< without the batch
};

struct Model {
    int opset = 17;
    std::string name;
    std::vector<Node> nodes;
    std::vector<Initializer> initializers;
    std::vector<Value> inputs, outputs, values;  ///< values: what lies in between, for viewers
    std::vector<std::pair<std::string, std::string>> metadata;
};

/// What makes `to` of `from` pixels in a Resize: a runtime takes ⌊from · factor⌋.
[[nodiscard]] float resize_factor(int64_t from, int64_t to);

/// The model as a ModelProto. Source: onnx.proto of the standard, for the numbers of its fields.
[[nodiscard]] std::string encode(const Model& model);

}  // namespace cnnlab::onnx
