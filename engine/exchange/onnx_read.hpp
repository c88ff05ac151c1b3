#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/message.hpp"
#include "engine/exchange/file_beside.hpp"
#include "engine/exchange/stored_tensor.hpp"

namespace cnnlab::onnx {

/// An AttributeProto: one of these, by its name in the standard.
struct ReadAttribute {
    int64_t integer = 0;
    float number = 0;
    std::string text;
    std::vector<int64_t> integers;
    std::vector<float> numbers;
    StoredTensor tensor;
    bool is_graph = false;  ///< or a type or a reference: nothing that is read here
};

struct ReadNode {
    std::string op_type, domain, name;
    std::vector<std::string> inputs, outputs;
    std::map<std::string, ReadAttribute> attributes;
    // of a network in another format, whose layers have become nodes
    std::string layer_type;          ///< what the format calls it; empty: op_type
    std::optional<Message> refused;  ///< why it cannot be a node

    [[nodiscard]] const ReadAttribute* find(const std::string& attribute) const;
    /// The attribute's value, or another where there is none.
    [[nodiscard]] int64_t integer(const std::string& attribute, int64_t otherwise) const;
    [[nodiscard]] float number(const std::string& attribute, float otherwise) const;
    [[nodiscard]] std::string text(const std::string& attribute, const std::string& otherwise) const;
    [[nodiscard]] std::vector<int64_t> integers(const std::string& attribute) const;
    /// Whether there is an input of that number; the last ones may be left out.
    [[nodiscard]] bool has_input(size_t i) const { return i < inputs.size() && !inputs[i].empty(); }
};

/// An input or output of the graph.
struct ReadValue {
    std::string name;
    int32_t type = 0;
    std::vector<int64_t> shape;  ///< -1: any
};

/// A ModelProto. Tensors look into the bytes that it was read from.
struct ReadModel {
    int64_t opset = 0;
    std::string producer, graph;
    std::vector<ReadNode> nodes;
    std::map<std::string, StoredTensor> initializers;
    std::vector<ReadValue> inputs, outputs;
    std::map<std::string, std::string> metadata;
};

/// Reads a ModelProto, without looking at what its nodes mean. `place` is the file in errors. Files with tensors are
/// asked for by their names, each once; none leaves the model's folder. Nothing is allocated that the bytes do not
/// hold. Throws Error (bad_file).
[[nodiscard]] ReadModel read_model(std::span<const uint8_t> bytes, const std::string& place,
                                   const ReadBeside& read_beside = {});

}  // namespace cnnlab::onnx
