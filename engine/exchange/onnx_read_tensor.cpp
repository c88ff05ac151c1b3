#include "engine/exchange/onnx_read_tensor.hpp"

#include <cstring>

#include "engine/core/error.hpp"
#include "engine/exchange/file_beside.hpp"

namespace cnnlab::onnx {

namespace {

/// Numbers that stand in fields of 32 or 64 bits, in as many bytes as their type has.
std::vector<uint8_t> narrowed(const std::vector<int64_t>& values, size_t width) {
    std::vector<uint8_t> bytes(values.size() * width);
    for (size_t i = 0; i < values.size() && width > 0; ++i)
        std::memcpy(bytes.data() + i * width, &values[i], width);  // little-endian: the low bytes come first
    return bytes;
}

}  // namespace

StoredTensor TensorReader::read(Fields::Reader in, std::string& name) {
    StoredTensor tensor;
    std::map<std::string, std::string> entries;
    bool raw = false, is_beside = false;
    std::vector<int64_t> wholes;
    std::vector<float> singles;
    std::vector<double> doubled;
    Fields::each(in, [&](Fields::Reader& field) {
        switch (field.tag()) {
            case 1:
                fields_.integers(field, tensor.shape);
                break;
            case 2:
                tensor.type = static_cast<int32_t>(fields_.integer(field));
                break;
            case 4:
                fields_.numbers(field, singles);
                break;
            case 5:
            case 7:
            case 11:
                fields_.integers(field, wholes);
                break;
            case 8:
                name = fields_.text(field);
                break;
            case 9:
                tensor.bytes = fields_.view(field);
                raw = true;
                break;
            case 10:
                fields_.doubles(field, doubled);
                break;
            case 13:
                fields_.entry(fields_.message(field), entries);
                break;
            case 14:
                is_beside = fields_.integer(field) == 1;
                break;
            default:
                field.skip();
        }
    });
    if (is_beside) {
        take_beside(entries, tensor);
    } else if (!raw) {
        if (tensor.type == StoredTensor::f32)
            tensor.own(singles);
        else if (tensor.type == StoredTensor::f64)
            tensor.own(doubled);
        else
            tensor.own(narrowed(wholes, StoredTensor::width(tensor.type)));
    }
    check_size(tensor, name);
    return tensor;
}

void TensorReader::check_size(const StoredTensor& tensor, const std::string& name) const {
    const std::string where = place_ + ": \"" + name + "\"";
    const size_t width = StoredTensor::width(tensor.type);
    if (width == 0) {  // a text, or one of the small types: whoever needs it says so
        if (tensor.type != StoredTensor::text && !tensor.bytes.empty() && tensor.type <= StoredTensor::none)
            bad_model(where, say_import("import.tensor_type"));
        return;
    }
    const int64_t count = tensor.count();
    if (tensor.shape.size() > StoredTensor::most_axes)
        bad_model(where, say_import("import.tensor_shape", std::to_string(tensor.shape.size()) + " axes"));
    if (count < 0) bad_model(where, say_import("import.tensor_shape", extents_text(tensor.shape)));
    if (static_cast<uint64_t>(count) * width != tensor.bytes.size())
        bad_model(where, say_import("import.tensor_bytes", tensor.bytes.size(), extents_text(tensor.shape),
                                    static_cast<uint64_t>(count) * width));
}

void TensorReader::take_beside(const std::map<std::string, std::string>& entries, StoredTensor& tensor) {
    const auto text_of = [&](const char* key) {
        const auto found = entries.find(key);
        return found == entries.end() ? std::string() : found->second;
    };
    const std::string file = name_beside(text_of("location"), place_);
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
            bad_model(place_);
        return static_cast<uint64_t>(std::stoull(digits));
    };
    const uint64_t begin = number("offset", 0);
    if (begin > bytes->size()) bad_model(file);
    const uint64_t length = number("length", bytes->size() - begin);
    if (length > bytes->size() - begin) bad_model(file);
    tensor.owner = bytes;
    tensor.bytes = std::span(*bytes).subspan(static_cast<size_t>(begin), static_cast<size_t>(length));
}

}  // namespace cnnlab::onnx
