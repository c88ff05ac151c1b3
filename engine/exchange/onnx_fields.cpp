#include "engine/exchange/onnx_fields.hpp"

#include "engine/core/error.hpp"

namespace cnnlab::onnx {

using protozero::pbf_wire_type;

void bad_model(const std::string& place, Message problem) {
    throw Error(ErrorCode::bad_file, place, std::move(problem), say_import("import.get_again"));
}

void Fields::check(const Reader& in, pbf_wire_type wanted) const {
    if (!in.has_wire_type(wanted)) bad_model(place_);
}

int64_t Fields::integer(Reader& in) const {
    check(in, pbf_wire_type::varint);
    return in.get_int64();
}

float Fields::number(Reader& in) const {
    check(in, pbf_wire_type::fixed32);
    return in.get_float();
}

std::string Fields::text(Reader& in) const {
    check(in, pbf_wire_type::length_delimited);
    return in.get_string();
}

Fields::Reader Fields::message(Reader& in) const {
    check(in, pbf_wire_type::length_delimited);
    return in.get_message();
}

std::span<const uint8_t> Fields::view(Reader& in) const {
    check(in, pbf_wire_type::length_delimited);
    const auto bytes = in.get_view();
    return {reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size()};
}

void Fields::integers(Reader& in, std::vector<int64_t>& values) const {
    if (in.has_wire_type(pbf_wire_type::varint)) return values.push_back(in.get_int64());
    check(in, pbf_wire_type::length_delimited);
    for (const int64_t value : in.get_packed_int64()) values.push_back(value);
}

void Fields::numbers(Reader& in, std::vector<float>& values) const {
    if (in.has_wire_type(pbf_wire_type::fixed32)) return values.push_back(in.get_float());
    check(in, pbf_wire_type::length_delimited);
    for (const float value : in.get_packed_float()) values.push_back(value);
}

void Fields::doubles(Reader& in, std::vector<double>& values) const {
    if (in.has_wire_type(pbf_wire_type::fixed64)) return values.push_back(in.get_double());
    check(in, pbf_wire_type::length_delimited);
    for (const double value : in.get_packed_double()) values.push_back(value);
}

void Fields::entry(Reader in, std::map<std::string, std::string>& entries) const {
    std::string key, value;
    each(in, [&](Reader& field) {
        if (field.tag() == 1)
            key = text(field);
        else if (field.tag() == 2)
            value = text(field);
        else
            field.skip();
    });
    entries[key] = std::move(value);
}

}  // namespace cnnlab::onnx
