#pragma once

#include <string>
#include <vector>

#include "engine/core/message.hpp"
#include "engine/core/spec.hpp"

namespace cnnlab::keras {

/// Thrown for a layer that has no counterpart here; the others are read on, so that all are told at once.
struct Refused {
    Message reason;
    bool of_rank = false;  ///< for the number of axes, which nobody knows behind a layer that was refused
};

/// A field of a JSON object; null where there is none, or the value is no object.
[[nodiscard]] const Json& field_of(const Json& json, const char* key);
/// A text; empty where it is none.
[[nodiscard]] std::string text_of(const Json& json);

/// The settings of a layer. What is missing or null has Keras' default. Throws Refused for values of another kind.
class Config {
  public:
    explicit Config(const Json& json) : json_(&json) {}

    [[nodiscard]] const Json& operator[](const char* key) const { return field_of(*json_, key); }
    [[nodiscard]] bool has(const char* key) const { return !(*this)[key].is_null(); }
    [[nodiscard]] bool flag(const char* key, bool otherwise) const;
    [[nodiscard]] double number(const char* key, double otherwise) const;
    [[nodiscard]] std::string text(const char* key, const std::string& otherwise) const;
    /// Whole numbers: a list, or one for `count` of them.
    [[nodiscard]] std::vector<int64_t> whole_numbers(const char* key, size_t count, int64_t otherwise) const;
    /// A list of numbers, or a single one.
    [[nodiscard]] std::vector<float> numbers(const char* key, float otherwise) const;
    /// The name of a function: "relu", also as an object that describes it.
    [[nodiscard]] std::string function(const char* key) const;
    [[noreturn]] void refuse(const char* key) const;

  private:
    const Json* json_;
};

/// A value of JSON for a message, of a long one its beginning.
[[nodiscard]] std::string shown(const Json& value);

}  // namespace cnnlab::keras
