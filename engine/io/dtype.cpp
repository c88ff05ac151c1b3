#include "engine/io/dtype.hpp"

#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <string_view>

#include "engine/core/error.hpp"
#include "engine/core/messages.hpp"
#include "engine/core/names.hpp"

namespace cnnlab {

namespace {

struct DtypeInfo {
    std::string_view name;
    size_t bytes;
};

constexpr std::array<DtypeInfo, 7> dtypes{
    {{"F32", 4}, {"F16", 2}, {"BF16", 2}, {"F64", 8}, {"I64", 8}, {"I32", 4}, {"U8", 1}}};

/// Every value of type T, turned to float by `convert`.
template <class T, class Convert>
std::vector<float> convert_all(std::span<const uint8_t> bytes, Convert convert) {
    std::vector<float> values(bytes.size() / sizeof(T));
    for (size_t i = 0; i < values.size(); ++i) {
        T value;
        std::memcpy(&value, bytes.data() + i * sizeof(T), sizeof(T));  // a file's data need not be aligned
        values[i] = convert(value);
    }
    return values;
}

}  // namespace

Dtype parse_dtype(const std::string& name, const std::string& place) {
    std::vector<std::string> known;
    for (size_t i = 0; i < dtypes.size(); ++i) {
        if (dtypes[i].name == name) return static_cast<Dtype>(i);
        known.emplace_back(dtypes[i].name);
    }
    throw Error(ErrorCode::unsupported, place, say("tensors.dtype", name), say("tensors.convert", known));
}

size_t bytes_per_value(Dtype dtype) { return dtypes[static_cast<size_t>(dtype)].bytes; }

float half_to_float(uint16_t bits) {
    const uint32_t sign = uint32_t{bits & 0x8000U} << 16U;
    const uint32_t exponent = (bits >> 10U) & 0x1FU, fraction = bits & 0x3FFU;
    if (exponent == 0) {
        const float magnitude = std::ldexp(static_cast<float>(fraction), -24);
        return std::bit_cast<float>(std::bit_cast<uint32_t>(magnitude) | sign);
    }
    const uint32_t wide_exponent = exponent == 0x1FU ? 0xFFU : exponent + (127 - 15);
    return std::bit_cast<float>(sign | wide_exponent << 23U | fraction << 13U);
}

std::vector<float> to_float(std::span<const uint8_t> bytes, Dtype dtype, const std::string& place) {
    switch (dtype) {
        case Dtype::f16:
            return convert_all<uint16_t>(bytes, half_to_float);
        case Dtype::bf16:
            return convert_all<uint16_t>(
                bytes, [](uint16_t bits) { return std::bit_cast<float>(uint32_t{bits} << 16U); });
        case Dtype::f64:
            return convert_all<double>(bytes, [&](double value) {
                if (std::isfinite(value) &&
                    std::abs(value) > static_cast<double>(std::numeric_limits<float>::max())) {
                    throw Error(ErrorCode::bad_file, place, say("tensors.too_large", std::to_string(value)),
                                say("tensors.scale"));
                }
                return static_cast<float>(value);
            });
        case Dtype::i64:
            return convert_all<int64_t>(bytes, [](int64_t value) { return static_cast<float>(value); });
        case Dtype::i32:
            return convert_all<int32_t>(bytes, [](int32_t value) { return static_cast<float>(value); });
        case Dtype::u8:
            return convert_all<uint8_t>(bytes, [](uint8_t value) { return static_cast<float>(value); });
        case Dtype::f32:
            break;
    }
    std::vector<float> values(bytes.size() / sizeof(float));
    if (!values.empty()) std::memcpy(values.data(), bytes.data(), values.size() * sizeof(float));
    return values;
}

}  // namespace cnnlab
