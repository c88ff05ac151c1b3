#include "engine/exchange/onnx_read.hpp"

#include <cstring>
#include <protozero/pbf_reader.hpp>

#include "engine/core/error.hpp"
#include "engine/core/shape.hpp"
#include "engine/exchange/import_messages.hpp"

namespace cnnlab::onnx {

namespace {

using protozero::pbf_reader;
using protozero::pbf_wire_type;

constexpr size_t most_axes = 16;

[[noreturn]] void bad_model(const std::string& place, Message problem) {
    throw Error(ErrorCode::bad_file, place, std::move(problem), say_import("import.get_again"));
}

std::string shape_text(std::span<const int64_t> shape) {
    std::string text;
    for (const int64_t extent : shape) text += (text.empty() ? "" : "×") + std::to_string(extent);
    return text.empty() ? "scalar" : text;
}

/// Reads messages by the numbers of their fields in onnx.proto. The library asserts what the wire says of a field:
/// here it is asked first.
class ProtoReader {
  public:
    ProtoReader(const std::string& place, const ReadBeside& read_beside)
        : place_(place), read_beside_(read_beside) {}

    ReadModel model(std::span<const uint8_t> bytes) {
        ReadModel model;
        each(pbf_reader(reinterpret_cast<const char*>(bytes.data()), bytes.size()), [&](pbf_reader& in) {
            switch (in.tag()) {
                case 2:
                    model.producer = text(in);
                    break;
                case 7:
                    graph(message(in), model);
                    break;
                case 8:
                    opset(message(in), model);
                    break;
                case 14:
                    entry(message(in), model.metadata);
                    break;
                default:
                    in.skip();
            }
        });
        return model;
    }

  private:
    template <class Read>
    static void each(pbf_reader in, const Read& read) {
        while (in.next()) read(in);
    }

    // ---- fields ----

    void check(const pbf_reader& in, pbf_wire_type wanted) const {
        if (!in.has_wire_type(wanted)) bad_model(place_, say_import("import.no_model"));
    }
    int64_t integer(pbf_reader& in) const {
        check(in, pbf_wire_type::varint);
        return in.get_int64();
    }
    std::string text(pbf_reader& in) const {
        check(in, pbf_wire_type::length_delimited);
        return in.get_string();
    }
    pbf_reader message(pbf_reader& in) const {
        check(in, pbf_wire_type::length_delimited);
        return in.get_message();
    }
    std::span<const uint8_t> view(pbf_reader& in) const {
        check(in, pbf_wire_type::length_delimited);
        const auto bytes = in.get_view();
        return {reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size()};
    }
    /// One of repeated numbers, or all of them packed.
    void integers(pbf_reader& in, std::vector<int64_t>& values) const {
        if (in.has_wire_type(pbf_wire_type::varint)) return values.push_back(in.get_int64());
        check(in, pbf_wire_type::length_delimited);
        for (const int64_t value : in.get_packed_int64()) values.push_back(value);
    }
    void numbers(pbf_reader& in, std::vector<float>& values) const {
        if (in.has_wire_type(pbf_wire_type::fixed32)) return values.push_back(in.get_float());
        check(in, pbf_wire_type::length_delimited);
        for (const float value : in.get_packed_float()) values.push_back(value);
    }
    void doubles(pbf_reader& in, std::vector<double>& values) const {
        if (in.has_wire_type(pbf_wire_type::fixed64)) return values.push_back(in.get_double());
        check(in, pbf_wire_type::length_delimited);
        for (const double value : in.get_packed_double()) values.push_back(value);
    }

    // ---- messages ----

    void opset(pbf_reader in, ReadModel& model) const {
        std::string domain;
        int64_t version = 0;
        each(in, [&](pbf_reader& field) {
            if (field.tag() == 1)
                domain = text(field);
            else if (field.tag() == 2)
                version = integer(field);
            else
                field.skip();
        });
        if (domain.empty() || domain == "ai.onnx") model.opset = version;
    }
    void entry(pbf_reader in, std::map<std::string, std::string>& entries) const {
        std::string key, value;
        each(in, [&](pbf_reader& field) {
            if (field.tag() == 1)
                key = text(field);
            else if (field.tag() == 2)
                value = text(field);
            else
                field.skip();
        });
        entries[key] = std::move(value);
    }
    void graph(pbf_reader in, ReadModel& model) {
        each(in, [&](pbf_reader& field) {
            switch (field.tag()) {
                case 1:
                    model.nodes.push_back(node(message(field)));
                    break;
                case 2:
                    model.graph = text(field);
                    break;
                case 5: {
                    std::string name;
                    StoredTensor values = tensor(message(field), name);
                    if (!model.initializers.emplace(name, std::move(values)).second)
                        bad_model(place_, say_import("import.one_graph", name));
                    break;
                }
                case 11:
                    model.inputs.push_back(value(message(field)));
                    break;
                case 12:
                    model.outputs.push_back(value(message(field)));
                    break;
                default:
                    field.skip();
            }
        });
    }
    ReadNode node(pbf_reader in) {
        ReadNode node;
        each(in, [&](pbf_reader& field) {
            switch (field.tag()) {
                case 1:
                    node.inputs.push_back(text(field));
                    break;
                case 2:
                    node.outputs.push_back(text(field));
                    break;
                case 3:
                    node.name = text(field);
                    break;
                case 4:
                    node.op_type = text(field);
                    break;
                case 5:
                    attribute(message(field), node);
                    break;
                case 7:
                    node.domain = text(field);
                    break;
                default:
                    field.skip();
            }
        });
        if (node.domain == "ai.onnx") node.domain.clear();
        if (node.name.empty() && !node.outputs.empty()) node.name = node.outputs[0];
        return node;
    }
    void attribute(pbf_reader in, ReadNode& node) {
        std::string name;
        ReadAttribute value;
        each(in, [&](pbf_reader& field) {
            switch (field.tag()) {
                case 1:
                    name = text(field);
                    break;
                case 2:
                    check(field, pbf_wire_type::fixed32);
                    value.number = field.get_float();
                    break;
                case 3:
                    value.integer = integer(field);
                    break;
                case 4:
                    value.text = text(field);
                    break;
                case 5: {
                    std::string unused;
                    value.tensor = tensor(message(field), unused);
                    break;
                }
                case 7:
                    numbers(field, value.numbers);
                    break;
                case 8:
                    integers(field, value.integers);
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
    ReadValue value(pbf_reader in) const {
        ReadValue value;
        each(in, [&](pbf_reader& field) {
            if (field.tag() == 1)
                value.name = text(field);
            else if (field.tag() == 2)
                type(message(field), value);
            else
                field.skip();
        });
        return value;
    }
    void type(pbf_reader in, ReadValue& value) const {
        each(in, [&](pbf_reader& field) {
            if (field.tag() != 1) return field.skip();
            each(message(field), [&](pbf_reader& tensor) {
                if (tensor.tag() == 1)
                    value.type = static_cast<int32_t>(integer(tensor));
                else if (tensor.tag() == 2)
                    each(message(tensor), [&](pbf_reader& shape) {
                        if (shape.tag() != 1) return shape.skip();
                        int64_t extent = -1;
                        each(message(shape), [&](pbf_reader& axis) {
                            axis.tag() == 1 ? void(extent = integer(axis)) : axis.skip();
                        });
                        value.shape.push_back(extent);
                    });
                else
                    tensor.skip();
            });
        });
    }

    // ---- tensors ----

    /// Where the values of a tensor lie in another file.
    struct Beside {
        bool is = false;
        std::map<std::string, std::string> entries;
    };
    StoredTensor tensor(pbf_reader in, std::string& name) {
        StoredTensor tensor;
        Beside beside;
        bool raw = false;
        std::vector<int64_t> wholes;
        std::vector<float> singles;
        std::vector<double> doubled;
        each(in, [&](pbf_reader& field) {
            switch (field.tag()) {
                case 1:
                    integers(field, tensor.shape);
                    break;
                case 2:
                    tensor.type = static_cast<int32_t>(integer(field));
                    break;
                case 4:
                    numbers(field, singles);
                    break;
                case 5:
                case 7:
                case 11:
                    integers(field, wholes);
                    break;
                case 8:
                    name = text(field);
                    break;
                case 9:
                    tensor.bytes = view(field);
                    raw = true;
                    break;
                case 10:
                    doubles(field, doubled);
                    break;
                case 13:
                    entry(message(field), beside.entries);
                    break;
                case 14:
                    beside.is = integer(field) == 1;
                    break;
                default:
                    field.skip();
            }
        });
        if (beside.is) {
            take_beside(beside.entries, tensor);
        } else if (!raw) {
            if (tensor.type == StoredTensor::f32)
                own(singles, tensor);
            else if (tensor.type == StoredTensor::f64)
                own(doubled, tensor);
            else
                own_whole(wholes, tensor);
        }
        check_size(tensor, name);
        return tensor;
    }
    template <class T>
    static void own(const std::vector<T>& values, StoredTensor& tensor) {
        std::vector<uint8_t> bytes(values.size() * sizeof(T));
        if (!bytes.empty()) std::memcpy(bytes.data(), values.data(), bytes.size());
        tensor.owner = std::make_shared<const std::vector<uint8_t>>(std::move(bytes));
        tensor.bytes = *tensor.owner;
    }
    /// Numbers that stand in fields of 32 or 64 bits, in as many bytes as their type has.
    static void own_whole(const std::vector<int64_t>& values, StoredTensor& tensor) {
        const size_t width = StoredTensor::width(tensor.type);
        std::vector<uint8_t> bytes(values.size() * width);
        for (size_t i = 0; i < values.size() && width > 0; ++i)
            std::memcpy(bytes.data() + i * width, &values[i],
                        width);  // little-endian: the low bytes come first
        tensor.owner = std::make_shared<const std::vector<uint8_t>>(std::move(bytes));
        tensor.bytes = *tensor.owner;
    }
    void check_size(const StoredTensor& tensor, const std::string& name) const {
        const std::string where = place_ + ": \"" + name + "\"";
        const size_t width = StoredTensor::width(tensor.type);
        if (width == 0) {  // a text, or one of the small types: whoever needs it says so
            if (tensor.type != StoredTensor::text && !tensor.bytes.empty() &&
                tensor.type <= StoredTensor::none)
                bad_model(where, say_import("import.tensor_type"));
            return;
        }
        const int64_t count = tensor.count();
        if (tensor.shape.size() > most_axes)
            bad_model(where,
                      say_import("import.tensor_shape", std::to_string(tensor.shape.size()) + " axes"));
        if (count < 0) bad_model(where, say_import("import.tensor_shape", shape_text(tensor.shape)));
        if (static_cast<uint64_t>(count) * width != tensor.bytes.size())
            bad_model(where, say_import("import.tensor_bytes", tensor.bytes.size(), shape_text(tensor.shape),
                                        static_cast<uint64_t>(count) * width));
    }
    void take_beside(const std::map<std::string, std::string>& entries, StoredTensor& tensor) {
        const auto text_of = [&](const char* key) {
            const auto found = entries.find(key);
            return found == entries.end() ? std::string() : found->second;
        };
        const std::string file = text_of("location");
        const bool leaves = file.empty() || file.front() == '/' || file.find('\\') != std::string::npos ||
                            file.find('\0') != std::string::npos ||
                            ("/" + file + "/").find("/../") != std::string::npos ||
                            file.find(':') != std::string::npos;
        if (leaves)
            throw Error(ErrorCode::bad_file, place_, say_import("import.outside", file),
                        say_import("import.beside"));
        auto& bytes = files_[file];
        if (bytes == nullptr) {
            if (!read_beside_)
                throw Error(ErrorCode::missing_data, place_, say_import("import.no_files", file),
                            say_import("import.beside"));
            bytes = std::make_shared<const std::vector<uint8_t>>(read_beside_(file));
        }
        const auto number = [&](const char* key, uint64_t otherwise) {
            const std::string digits = text_of(key);
            if (digits.empty()) return otherwise;
            if (digits.size() > 18 || digits.find_first_not_of("0123456789") != std::string::npos)
                bad_model(place_, say_import("import.no_model"));
            return static_cast<uint64_t>(std::stoull(digits));
        };
        const uint64_t begin = number("offset", 0);
        if (begin > bytes->size()) bad_model(file, say_import("import.no_model"));
        const uint64_t length = number("length", bytes->size() - begin);
        if (length > bytes->size() - begin) bad_model(file, say_import("import.no_model"));
        tensor.owner = bytes;
        tensor.bytes = std::span(*bytes).subspan(static_cast<size_t>(begin), static_cast<size_t>(length));
    }

    const std::string& place_;
    const ReadBeside& read_beside_;
    std::map<std::string, std::shared_ptr<const std::vector<uint8_t>>> files_;
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
        ReadModel model = ProtoReader(place, read_beside).model(bytes);
        if (model.nodes.empty() || model.outputs.empty()) bad_model(place, say_import("import.no_model"));
        return model;
    } catch (const protozero::exception&) {
        bad_model(place, say_import("import.no_model"));
    }
}

}  // namespace cnnlab::onnx
