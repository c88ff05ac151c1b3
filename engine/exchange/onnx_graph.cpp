#include "engine/exchange/onnx_graph.hpp"

#include <cmath>
#include <limits>
#include <protozero/pbf_writer.hpp>
#include <span>

namespace cnnlab::onnx {

namespace {

using protozero::pbf_writer;

constexpr int32_t float_type = 1, int64_type = 7;  // TensorProto.DataType

/// Which version of the format came with an opset.
int64_t ir_version(int opset) {
    if (opset < 15) return 7;
    if (opset < 19) return 8;
    return opset < 21 ? 9 : 10;
}

/// The AttributeProto of one value, by its kind: field and number of the type.
struct AttributeWriter {
    pbf_writer& out;

    void operator()(int64_t value) const {
        out.add_int64(3, value);
        out.add_int32(20, 2);
    }
    void operator()(float value) const {
        out.add_float(2, value);
        out.add_int32(20, 1);
    }
    void operator()(const std::string& value) const {
        out.add_bytes(4, value);
        out.add_int32(20, 3);
    }
    void operator()(const std::vector<int64_t>& values) const {
        for (const int64_t value : values) out.add_int64(8, value);
        out.add_int32(20, 7);
    }
};

void write_node(pbf_writer& graph, const Node& node) {
    pbf_writer out(graph, 1);
    for (const std::string& input : node.inputs) out.add_string(1, input);
    out.add_string(2, node.output);
    out.add_string(3, node.output);
    out.add_string(4, node.op_type);
    for (const auto& [name, value] : node.attributes) {
        pbf_writer attribute(out, 5);
        attribute.add_string(1, name);
        std::visit(AttributeWriter{attribute}, value);
    }
}

/// The raw_data of an initializer: little-endian, as all machines of this program are.
struct RawData {
    pbf_writer& out;

    template <class T>
    void operator()(const std::vector<T>& values) const {
        write(std::span(values));
    }
    void operator()(const LaterFloats& later) const {
        const HostTensor made = later.make();
        write(made.span());
    }

  private:
    template <class T>
    void write(std::span<const T> values) const {
        out.add_bytes(9, reinterpret_cast<const char*>(values.data()), values.size_bytes());
    }
};

size_t bytes_of(const Initializer& tensor) {
    if (const auto* later = std::get_if<LaterFloats>(&tensor.values))
        return static_cast<size_t>(later->count) * sizeof(float);
    if (const auto* floats = std::get_if<std::vector<float>>(&tensor.values))
        return floats->size() * sizeof(float);
    return std::get<std::vector<int64_t>>(tensor.values).size() * sizeof(int64_t);
}

void write_initializer(pbf_writer& graph, const Initializer& tensor) {
    pbf_writer out(graph, 5);
    for (const int64_t extent : tensor.shape) out.add_int64(1, extent);
    out.add_int32(2, std::holds_alternative<std::vector<int64_t>>(tensor.values) ? int64_type : float_type);
    out.add_string(8, tensor.name);
    std::visit(RawData{out}, tensor.values);
}

void write_value(pbf_writer& graph, uint32_t field, const Value& value) {
    pbf_writer out(graph, field);
    out.add_string(1, value.name);
    pbf_writer type(out, 2);
    pbf_writer tensor(type, 1);
    tensor.add_int32(1, float_type);
    pbf_writer shape(tensor, 2);
    {
        pbf_writer batch(shape, 1);
        batch.add_string(2, "batch");
    }
    for (const int64_t extent : value.shape) {
        pbf_writer axis(shape, 1);
        axis.add_int64(1, extent);
    }
}

}  // namespace

float resize_factor(int64_t from, int64_t to) {
    auto value = static_cast<float>(static_cast<double>(to) / static_cast<double>(from));
    while (static_cast<int64_t>(std::floor(static_cast<float>(from) * value)) < to)
        value = std::nextafter(value, std::numeric_limits<float>::max());
    return value;
}

std::string encode(const Model& model) {
    std::string bytes;
    size_t size = 65536;
    for (const Initializer& tensor : model.initializers) size += bytes_of(tensor);
    bytes.reserve(size);
    pbf_writer out(bytes);
    out.add_int64(1, ir_version(model.opset));
    out.add_string(2, "cnnlab");
    {
        pbf_writer graph(out, 7);
        for (const Node& node : model.nodes) write_node(graph, node);
        graph.add_string(2, model.name);
        for (const Initializer& tensor : model.initializers) write_initializer(graph, tensor);
        for (const Value& value : model.inputs) write_value(graph, 11, value);
        for (const Value& value : model.outputs) write_value(graph, 12, value);
        for (const Value& value : model.values) write_value(graph, 13, value);
    }
    {
        pbf_writer opset(out, 8);
        opset.add_string(1, "");
        opset.add_int64(2, model.opset);
    }
    for (const auto& [key, value] : model.metadata) {
        pbf_writer entry(out, 14);
        entry.add_string(1, key);
        entry.add_string(2, value);
    }
    return bytes;
}

}  // namespace cnnlab::onnx
