#include "engine/exchange/onnx_read.hpp"

#include "engine/core/error.hpp"
#include "engine/exchange/import_messages.hpp"
#include "engine/exchange/onnx_read_tensor.hpp"

namespace cnnlab::onnx {

namespace {

constexpr size_t most_nodes = 1000000;

/// Reads messages by the numbers of their fields in onnx.proto.
class ModelReader {
  public:
    using Reader = Fields::Reader;

    ModelReader(const std::string& place, const ReadBeside& read_beside)
        : place_(place), fields_(place), tensors_(place, read_beside) {}

    ReadModel model(std::span<const uint8_t> bytes) {
        ReadModel model;
        Fields::each(Reader(reinterpret_cast<const char*>(bytes.data()), bytes.size()), [&](Reader& in) {
            switch (in.tag()) {
                case 2:
                    model.producer = fields_.text(in);
                    break;
                case 7:
                    graph(fields_.message(in), model);
                    break;
                case 8:
                    opset(fields_.message(in), model);
                    break;
                case 14:
                    fields_.entry(fields_.message(in), model.metadata);
                    break;
                default:
                    in.skip();
            }
        });
        return model;
    }

  private:
    void opset(Reader in, ReadModel& model) const {
        std::string domain;
        int64_t version = 0;
        Fields::each(in, [&](Reader& field) {
            if (field.tag() == 1)
                domain = fields_.text(field);
            else if (field.tag() == 2)
                version = fields_.integer(field);
            else
                field.skip();
        });
        if (domain.empty() || domain == "ai.onnx") model.opset = version;
    }
    void graph(Reader in, ReadModel& model) {
        Fields::each(in, [&](Reader& field) {
            switch (field.tag()) {
                case 1:
                    if (model.nodes.size() == most_nodes)
                        throw Error(ErrorCode::bad_file, place_, say_import("import.nodes", most_nodes),
                                    say_import("import.smaller"));
                    model.nodes.push_back(node(fields_.message(field)));
                    break;
                case 2:
                    model.graph = fields_.text(field);
                    break;
                case 5: {
                    std::string name;
                    StoredTensor values = tensors_.read(fields_.message(field), name);
                    if (!model.initializers.emplace(name, std::move(values)).second)
                        bad_model(place_, say_import("import.one_graph", name));
                    break;
                }
                case 11:
                    model.inputs.push_back(value(fields_.message(field)));
                    break;
                case 12:
                    model.outputs.push_back(value(fields_.message(field)));
                    break;
                default:
                    field.skip();
            }
        });
    }
    ReadNode node(Reader in) {
        ReadNode node;
        Fields::each(in, [&](Reader& field) {
            switch (field.tag()) {
                case 1:
                    node.inputs.push_back(fields_.text(field));
                    break;
                case 2:
                    node.outputs.push_back(fields_.text(field));
                    break;
                case 3:
                    node.name = fields_.text(field);
                    break;
                case 4:
                    node.op_type = fields_.text(field);
                    break;
                case 5:
                    attribute(fields_.message(field), node);
                    break;
                case 7:
                    node.domain = fields_.text(field);
                    break;
                default:
                    field.skip();
            }
        });
        if (node.domain == "ai.onnx") node.domain.clear();
        if (node.name.empty() && !node.outputs.empty()) node.name = node.outputs[0];
        return node;
    }
    void attribute(Reader in, ReadNode& node) {
        std::string name;
        ReadAttribute value;
        Fields::each(in, [&](Reader& field) {
            switch (field.tag()) {
                case 1:
                    name = fields_.text(field);
                    break;
                case 2:
                    value.number = fields_.number(field);
                    break;
                case 3:
                    value.integer = fields_.integer(field);
                    break;
                case 4:
                    value.text = fields_.text(field);
                    break;
                case 5: {
                    std::string unused;
                    value.tensor = tensors_.read(fields_.message(field), unused);
                    break;
                }
                case 7:
                    fields_.numbers(field, value.numbers);
                    break;
                case 8:
                    fields_.integers(field, value.integers);
                    break;
                case 6:
                case 11:
                case 21:
                    value.is_graph = true;
                    field.skip();
                    break;
                default:
                    field.skip();
            }
        });
        node.attributes[name] = std::move(value);
    }
    ReadValue value(Reader in) const {
        ReadValue value;
        Fields::each(in, [&](Reader& field) {
            if (field.tag() == 1)
                value.name = fields_.text(field);
            else if (field.tag() == 2)
                type(fields_.message(field), value);
            else
                field.skip();
        });
        return value;
    }
    void type(Reader in, ReadValue& value) const {
        Fields::each(in, [&](Reader& field) {
            if (field.tag() != 1) return field.skip();
            Fields::each(fields_.message(field), [&](Reader& tensor) {
                if (tensor.tag() == 1)
                    value.type = static_cast<int32_t>(fields_.integer(tensor));
                else if (tensor.tag() == 2)
                    Fields::each(fields_.message(tensor), [&](Reader& shape) {
                        if (shape.tag() != 1) return shape.skip();
                        int64_t extent = -1;
                        Fields::each(fields_.message(shape), [&](Reader& axis) {
                            axis.tag() == 1 ? void(extent = fields_.integer(axis)) : axis.skip();
                        });
                        value.shape.push_back(extent);
                    });
                else
                    tensor.skip();
            });
        });
    }

    const std::string& place_;
    Fields fields_;
    TensorReader tensors_;
};

}  // namespace

const ReadAttribute* ReadNode::find(const std::string& attribute) const {
    const auto found = attributes.find(attribute);
    return found == attributes.end() ? nullptr : &found->second;
}

int64_t ReadNode::integer(const std::string& attribute, int64_t otherwise) const {
    const ReadAttribute* found = find(attribute);
    return found == nullptr ? otherwise : found->integer;
}

float ReadNode::number(const std::string& attribute, float otherwise) const {
    const ReadAttribute* found = find(attribute);
    return found == nullptr ? otherwise : found->number;
}

std::string ReadNode::text(const std::string& attribute, const std::string& otherwise) const {
    const ReadAttribute* found = find(attribute);
    return found == nullptr ? otherwise : found->text;
}

std::vector<int64_t> ReadNode::integers(const std::string& attribute) const {
    const ReadAttribute* found = find(attribute);
    return found == nullptr ? std::vector<int64_t>() : found->integers;
}

ReadModel read_model(std::span<const uint8_t> bytes, const std::string& place,
                     const ReadBeside& read_beside) {
    try {
        ReadModel model = ModelReader(place, read_beside).model(bytes);
        if (model.nodes.empty() || model.outputs.empty()) bad_model(place);
        return model;
    } catch (const protozero::exception&) {
        bad_model(place);
    }
}

}  // namespace cnnlab::onnx
