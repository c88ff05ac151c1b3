#include "engine/exchange/keras_config.hpp"

#include <cmath>

#include "engine/core/utf8.hpp"
#include "engine/exchange/import_messages.hpp"
#include "engine/exchange/keras_messages.hpp"

namespace cnnlab::keras {

namespace {

constexpr int64_t largest = int64_t{1} << 40U;

/// Whole numbers are also written as 2.0.
bool is_whole(const Json& value) {
    if (!value.is_number()) return false;
    const auto number = value.get<double>();
    return std::abs(number) <= static_cast<double>(largest) && number == std::floor(number);
}

int64_t whole(const Json& value) { return static_cast<int64_t>(value.get<double>()); }

}  // namespace

const Json& field_of(const Json& json, const char* key) {
    static const Json nothing;
    if (!json.is_object()) return nothing;
    const auto found = json.find(key);
    return found == json.end() ? nothing : *found;
}

std::string text_of(const Json& json) { return json.is_string() ? json.get<std::string>() : std::string(); }

std::string shown(const Json& value) {
    constexpr size_t most = 60;
    if (value.is_structured() && value.size() > most) return value.is_array() ? "[…]" : "{…}";
    std::string text = value.dump();
    if (text.size() > most) {
        text.resize(valid_utf8(std::string_view(text).substr(0, most)));
        text += "…";
    }
    return text;
}

void Config::refuse(const char* key) const {
    throw Refused{say_keras("keras.setting", key, shown((*this)[key]))};
}

bool Config::flag(const char* key, bool otherwise) const {
    const Json& value = (*this)[key];
    if (value.is_null()) return otherwise;
    if (!value.is_boolean()) refuse(key);
    return value.get<bool>();
}

double Config::number(const char* key, double otherwise) const {
    const Json& value = (*this)[key];
    if (value.is_null()) return otherwise;
    if (!value.is_number()) refuse(key);
    return value.get<double>();
}

std::string Config::text(const char* key, const std::string& otherwise) const {
    const Json& value = (*this)[key];
    if (value.is_null()) return otherwise;
    if (!value.is_string()) refuse(key);
    return value.get<std::string>();
}

std::vector<int64_t> Config::whole_numbers(const char* key, size_t count, int64_t otherwise) const {
    const Json& value = (*this)[key];
    if (value.is_null()) return std::vector<int64_t>(count, otherwise);
    if (is_whole(value)) return std::vector<int64_t>(count, whole(value));
    constexpr size_t most = 16;
    if (!value.is_array() || value.size() > most) refuse(key);
    std::vector<int64_t> numbers;
    for (const Json& one : value) {
        if (!is_whole(one)) refuse(key);
        numbers.push_back(whole(one));
    }
    if (count > 0 && numbers.size() == 1) numbers.resize(count, numbers[0]);  // Keras writes [2] for axes too
    if (count > 0 && numbers.size() != count) refuse(key);
    return numbers;
}

std::vector<float> Config::numbers(const char* key, float otherwise) const {
    const Json& value = (*this)[key];
    if (value.is_null()) return {otherwise};
    if (value.is_number()) return {value.get<float>()};
    if (!value.is_array()) refuse(key);
    std::vector<float> numbers;
    for (const Json& one : value) {
        if (!one.is_number()) refuse(key);
        numbers.push_back(one.get<float>());
    }
    return numbers;
}

std::string Config::function(const char* key) const {
    const Json& value = (*this)[key];
    if (value.is_null()) return "linear";
    if (value.is_string()) return value.get<std::string>();
    std::string type = text_of(field_of(value, "class_name")), inner = text_of(field_of(value, "config"));
    if (type == "function" && !inner.empty()) return inner;
    if (type.empty()) refuse(key);
    return type;
}

}  // namespace cnnlab::keras
