#include "engine/exchange/stored_tensor.hpp"

#include <algorithm>
#include <cstring>

#include "engine/io/dtype.hpp"

namespace cnnlab {

namespace {

constexpr int64_t most_values = int64_t{1} << 40U;

/// Values of type T as whole numbers.
template <class T>
std::vector<int64_t> widen(std::span<const uint8_t> bytes) {
    std::vector<int64_t> values(bytes.size() / sizeof(T));
    for (size_t i = 0; i < values.size(); ++i) {
        T value;
        std::memcpy(&value, bytes.data() + i * sizeof(T), sizeof(T));
        values[i] = static_cast<int64_t>(value);
    }
    return values;
}

}  // namespace

size_t StoredTensor::width(int32_t type) {
    switch (type) {
        case u8:
        case i8:
        case boolean:
            return 1;
        case u16:
        case i16:
        case f16:
        case bf16:
            return 2;
        case f32:
        case i32:
        case u32:
            return 4;
        case f64:
        case i64:
        case u64:
            return 8;
        default:
            return 0;
    }
}

bool StoredTensor::is_whole() const { return width(type) > 0 && !is_float(); }

int64_t StoredTensor::count_of(std::span<const int64_t> shape) {
    int64_t count = 1;
    bool empty = false;
    for (const int64_t extent : shape) {
        if (extent < 0 || extent > most_values) return -1;
        if (extent == 0) {
            empty = true;
        } else {
            if (count > most_values / extent) return -1;
            count *= extent;
        }
    }
    return empty ? 0 : count;
}

std::vector<float> StoredTensor::floats(const std::string& place) const {
    switch (type) {
        case f32:
            return to_float(bytes, Dtype::f32, place);
        case f16:
            return to_float(bytes, Dtype::f16, place);
        case bf16:
            return to_float(bytes, Dtype::bf16, place);
        case f64:
            return to_float(bytes, Dtype::f64, place);
        default: {
            const std::vector<int64_t> numbers = whole_numbers();
            return {numbers.begin(), numbers.end()};
        }
    }
}

std::vector<int64_t> StoredTensor::whole_numbers() const {
    switch (type) {
        case u8:
        case boolean:
            return widen<uint8_t>(bytes);
        case i8: {
            std::vector<int64_t> values = widen<uint8_t>(bytes);
            for (int64_t& value : values) value -= value > 127 ? 256 : 0;
            return values;
        }
        case u16:
            return widen<uint16_t>(bytes);
        case i16:
            return widen<int16_t>(bytes);
        case i32:
            return widen<int32_t>(bytes);
        case u32:
            return widen<uint32_t>(bytes);
        case i64:
            return widen<int64_t>(bytes);
        case u64:
            return widen<uint64_t>(bytes);
        default:
            return {};
    }
}

std::string extents_text(std::span<const int64_t> shape) {
    constexpr size_t most_shown = 16;
    std::string text;
    for (size_t i = 0; i < std::min(shape.size(), most_shown); ++i)
        text += (i == 0 ? "" : "×") + std::to_string(shape[i]);
    if (shape.size() > most_shown) text += "×…";
    return text.empty() ? "scalar" : text;
}

}  // namespace cnnlab
