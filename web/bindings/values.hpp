#pragma once

#include <emscripten/val.h>

#include <span>
#include <string>
#include <vector>

#include "engine/core/error.hpp"
#include "engine/core/spec.hpp"
#include "engine/core/tensor.hpp"
#include "engine/data/dataset.hpp"

/// What crosses between the engine and JavaScript. Every function of the module gives {value}, {error} (a LabProblem of
/// web/src/client/protocol/errors.ts) or {failed} (what another exception says); no exception crosses. Numbers are
/// copied out of the module's memory, so JavaScript holds nothing that can move or must be freed.
namespace cnnlab::web {

using emscripten::val;

[[nodiscard]] val failure(const Error& error);

/// {value}
[[nodiscard]] val success(const val& value);
/// What the exception that is being handled has to say.
[[nodiscard]] val failure_of_now();

/// Runs a call and turns whatever it throws into a value.
template <class Call>
val guarded(Call&& call) {
    try {
        return success(call());
    } catch (...) {
        return failure_of_now();
    }
}

[[nodiscard]] val json_value(const Json& json);

/// A typed array with a copy of the numbers.
template <class T>
val copy_out(const char* type, std::span<const T> numbers) {
    return val::global(type).new_(val(emscripten::typed_memory_view(numbers.size(), numbers.data())));
}

template <class T>
std::vector<T> copy_in(const val& array) {
    std::vector<T> numbers(array["length"].as<size_t>());
    val(emscripten::typed_memory_view(numbers.size(), numbers.data())).call<void>("set", array);
    return numbers;
}

[[nodiscard]] val tensor_value(const HostTensor& tensor);
/// {shape, data}; throws shape_mismatch with `place`.
[[nodiscard]] HostTensor tensor_of(const val& value, const std::string& place);

// What a function of the module gives, as JavaScript has it.
inline val value_of(val value) { return value; }
inline val value_of(bool value) { return val(value); }
inline val value_of(int value) { return val(value); }
inline val value_of(int64_t value) { return val(static_cast<double>(value)); }
inline val value_of(double value) { return val(value); }
inline val value_of(const Json& json) { return json_value(json); }
inline val value_of(const HostTensor& tensor) { return tensor_value(tensor); }
[[nodiscard]] val value_of(const std::vector<uint8_t>& bytes);
template <class T>
requires(HasFields<T> || (is_vector<T>::value && HasFields<typename T::value_type>)) val
    value_of(const T& records) {
    return json_value(write_json(records));
}

/// The JSON of what JavaScript gives; `otherwise` where it gives nothing.
[[nodiscard]] Json json_of(const val& value, const Json& otherwise = {});

/// A card as a page gives it: what it leaves out is that of a folder of pictures. Throws Error as parse_card does.
[[nodiscard]] DatasetCard given_card(const std::string& text);

/// {count, shape, pixels, labels}
[[nodiscard]] val split_value(const Split& split, const ImageShape& image);
/// Labels are zero where none are given.
[[nodiscard]] Split split_of(const val& pixels, const val& labels, const ImageShape& image);

}  // namespace cnnlab::web
