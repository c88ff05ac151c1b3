#pragma once

#include <emscripten/val.h>

#include <new>
#include <span>
#include <string>
#include <vector>

#include "engine/core/error.hpp"
#include "engine/core/spec.hpp"
#include "engine/core/tensor.hpp"
#include "engine/data/dataset.hpp"

/// What crosses between the engine and JavaScript. Every function of the module gives {value} or {error: {code,
/// place, problem, remedy}}; no exception crosses. Numbers are copied out of the module's memory, so JavaScript holds
/// nothing that can move or must be freed.
namespace cnnlab::web {

using emscripten::val;

[[nodiscard]] std::string_view code_name(ErrorCode code);
[[nodiscard]] val failure(std::string_view code, const std::string& place, const std::string& problem,
                          const std::string& remedy);

/// Runs a call and turns whatever it throws into a value.
template <class Call>
val guarded(Call&& call) {
    try {
        val result = val::object();
        result.set("value", call());
        return result;
    } catch (const Error& e) {
        return failure(code_name(e.code()), e.place(), e.problem(), e.remedy());
    } catch (const std::bad_alloc&) {
        return failure("out_of_memory", "engine", "there is not enough memory",
                       "use a smaller network, a smaller batch or fewer images");
    } catch (const std::exception& e) {
        return failure("internal", "engine", e.what(), "report this as a bug");
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

/// {count, shape, pixels, labels}
[[nodiscard]] val split_value(const Split& split, const ImageShape& image);
/// Labels are zero where none are given.
[[nodiscard]] Split split_of(const val& pixels, const val& labels, const ImageShape& image);

}  // namespace cnnlab::web
