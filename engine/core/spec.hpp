#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <variant>
#include <vector>

#include "engine/core/error.hpp"
#include "engine/core/fields.hpp"
#include "engine/core/names.hpp"
#include "engine/core/shape.hpp"

/// Reflection of spec structs. A spec lists its fields once:
///
///     struct Dropout {
///         static constexpr std::string_view type = "dropout";
///         float p = 0.5F;
///         static constexpr auto fields() {
///             return std::tuple{field("p", &Dropout::p, "share of values set to zero", 0, 0.99)};
///         }
///     };
///
/// The list gives parsing, defaults, range checks, errors that name the field, `cnnlab describe` and the page's
/// forms.
namespace cnnlab {

using Json = nlohmann::ordered_json;

template <class T>
struct is_variant : std::false_type {};
template <class... T>
struct is_variant<std::variant<T...>> : std::true_type {};
template <class T>
struct is_vector : std::false_type {};
template <class T>
struct is_vector<std::vector<T>> : std::true_type {};
template <class T>
struct is_map : std::false_type {};
template <class T>
struct is_map<std::map<std::string, T>> : std::true_type {};
template <class T>
struct is_optional : std::false_type {};
template <class T>
struct is_optional<std::optional<T>> : std::true_type {};

/// A type that reads itself: `static T from_json(const Json&, place)`.
template <class T>
concept ReadsItself = requires(const Json& json, const std::string& place) {
    { T::from_json(json, place) } -> std::same_as<T>;
};
/// A type that writes itself: `Json to_json() const`.
template <class T>
concept WritesItself = requires(const T& value) {
    { value.to_json() } -> std::same_as<Json>;
};

inline std::string json_kind(const Json& json) {
    if (json.is_string()) return "the text \"" + json.get<std::string>() + "\"";
    if (json.is_array()) return "a list";
    if (json.is_object()) return "an object";
    if (json.is_null()) return "null";
    return json.dump();
}

[[noreturn]] inline void wrong_type(const std::string& place, const Json& json, const std::string& wanted) {
    throw Error(ErrorCode::wrong_type, place, "is " + json_kind(json), "give " + wanted);
}

/// A number as a person writes it: "3", "0.5".
inline std::string number_text(double value) {
    const bool whole = value == std::floor(value) && std::abs(value) < 1e15;
    return whole ? Json(static_cast<int64_t>(value)).dump() : Json(value).dump();
}

inline void check_range(double value, double low, double high, const std::string& place) {
    if (value >= low && value <= high) return;
    const bool has_low = low > -1e300, has_high = high < 1e300;
    throw Error(ErrorCode::out_of_range, place, "is " + number_text(value),
                has_low && has_high ? "give a number from " + number_text(low) + " to " + number_text(high)
                : has_low           ? "give a number of at least " + number_text(low)
                                    : "give a number of at most " + number_text(high));
}

template <class T>
void read_json(const Json& json, T& value, const std::string& place,
               double low = -std::numeric_limits<double>::infinity(),
               double high = std::numeric_limits<double>::infinity());

/// The names of a spec's fields, for messages.
template <HasFields T>
std::vector<std::string> field_names() {
    std::vector<std::string> names;
    std::apply([&](const auto&... f) { (names.emplace_back(f.name), ...); }, T::fields());
    return names;
}

/// Reads the fields that `json` gives into `spec`; the others keep their defaults. Keys in `also` are ignored here:
/// another reader takes them.
template <HasFields T>
void read_fields(const Json& json, T& spec, const std::string& place,
                 const std::vector<std::string>& also = {}) {
    if (!json.is_object()) wrong_type(place, json, "an object with named fields");
    for (const auto& [key, unused] : json.items()) {
        auto names = field_names<T>();
        names.insert(names.end(), also.begin(), also.end());
        if (std::find(names.begin(), names.end(), key) == names.end())
            throw Error(ErrorCode::unknown_name, place, "has no field \"" + key + "\"", suggest(key, names));
    }
    std::apply(
        [&](const auto&... f) {
            [[maybe_unused]] const auto one = [&](const auto& fld) {
                const std::string name(fld.name);
                if (json.contains(name))
                    read_json(json.at(name), spec.*fld.member, place.empty() ? name : place + "." + name,
                              fld.low, fld.high);
                else if (fld.required)
                    throw Error(ErrorCode::wrong_type, place, "lacks the field \"" + name + "\"",
                                "give it: " + std::string(fld.doc));
            };
            (one(f), ...);
        },
        T::fields());
}

template <class... T>
std::vector<std::string> type_names(const std::variant<T...>*) {
    return {std::string(T::type)...};
}

template <class... T>
void read_variant(const Json& json, std::variant<T...>& value, const std::string& place,
                  const std::vector<std::string>& also = {}) {
    // A bare word stands for the alternative with all its defaults: "optimizer": "adam".
    if (!json.is_object() && !json.is_string()) wrong_type(place, json, "an object with a \"type\"");
    const Json tag = json.is_string() ? json : json.value("type", Json());
    const auto names = type_names(&value);
    if (!tag.is_string())
        throw Error(ErrorCode::wrong_type, place, "lacks the field \"type\"",
                    "give one of " + list_of(names));
    const auto name = tag.get<std::string>();
    bool found = false;
    const auto one = [&]<class A>(A alternative) {
        if (found || name != A::type) return;
        found = true;
        auto others = also;
        others.emplace_back("type");
        read_fields(json.is_string() ? Json::object() : json, alternative, place, others);
        value = std::move(alternative);
    };
    (one(T{}), ...);
    if (!found)
        throw Error(ErrorCode::unknown_name, place + ".type", "\"" + name + "\" is not known",
                    suggest(name, names));
}

template <class T>
void read_json(const Json& json, T& value, const std::string& place, double low, double high) {
    if constexpr (std::is_same_v<T, bool>) {
        if (!json.is_boolean()) wrong_type(place, json, "true or false");
        value = json.get<bool>();
    } else if constexpr (std::is_enum_v<T>) {
        const auto& names = EnumNames<T>::names;
        const std::vector<std::string> known(names.begin(), names.end());
        if (!json.is_string()) wrong_type(place, json, "one of " + list_of(known));
        const auto at = std::find(known.begin(), known.end(), json.get<std::string>());
        if (at == known.end())
            throw Error(ErrorCode::unknown_name, place, "is \"" + json.get<std::string>() + "\"",
                        suggest(json.get<std::string>(), known));
        value = static_cast<T>(at - known.begin());
    } else if constexpr (std::is_integral_v<T>) {
        if (!json.is_number()) wrong_type(place, json, "a whole number");
        const auto number = json.get<double>();
        if (number != std::floor(number))
            throw Error(ErrorCode::wrong_type, place, "is " + json.dump(), "give a whole number");
        check_range(number, std::max(low, static_cast<double>(std::numeric_limits<T>::min())),
                    std::min(high, static_cast<double>(std::numeric_limits<T>::max())), place);
        value = json.get<T>();
    } else if constexpr (std::is_floating_point_v<T>) {
        if (!json.is_number()) wrong_type(place, json, "a number");
        value = json.get<T>();
        check_range(static_cast<double>(json.get<double>()), low, high, place);
    } else if constexpr (std::is_same_v<T, std::string>) {
        if (!json.is_string()) wrong_type(place, json, "a text in quotes");
        value = json.get<std::string>();
    } else if constexpr (std::is_same_v<T, Pair>) {
        if (json.is_array()) {
            if (json.size() != 2) wrong_type(place, json, "one whole number, or two as [height, width]");
            read_json(json[0], value.height, place + "[0]", low, high);
            read_json(json[1], value.width, place + "[1]", low, high);
        } else {
            read_json(json, value.height, place, low, high);
            value.width = value.height;
        }
    } else if constexpr (ReadsItself<T>) {
        value = T::from_json(json, place);
    } else if constexpr (is_optional<T>::value) {
        value.reset();
        if (!json.is_null()) read_json(json, value.emplace(), place, low, high);
    } else if constexpr (is_vector<T>::value) {
        if (!json.is_array()) wrong_type(place, json, "a list");
        value.clear();
        for (size_t i = 0; i < json.size(); ++i)
            read_json(json[i], value.emplace_back(), place + "[" + std::to_string(i) + "]", low, high);
    } else if constexpr (is_variant<T>::value) {
        read_variant(json, value, place);
    } else {
        read_fields(json, value, place);
    }
}

template <class T>
Json write_json(const T& value);

/// Every field of a struct, in the order of its list; a spec's defaults are filled in.
template <HasFields T>
void write_fields(const T& spec, Json& json) {
    std::apply(
        [&]([[maybe_unused]] const auto&... f) {
            ((json[std::string(f.name)] = write_json(spec.*f.member)), ...);
        },
        T::fields());
}

/// One spelling for all JSON. A number that is none (NaN, infinity) and an empty optional are null. A Shape is the list
/// of its extents.
template <class T>
Json write_json(const T& value) {
    if constexpr (std::is_same_v<T, Pair>) {
        return value.height == value.width ? Json(value.height) : Json::array({value.height, value.width});
    } else if constexpr (std::is_same_v<T, Shape>) {
        return Json(std::vector<int64_t>(value.begin(), value.end()));
    } else if constexpr (std::is_enum_v<T>) {
        return Json(std::string(enum_name(value)));
    } else if constexpr (std::is_same_v<T, float>) {
        // the shortest text that reads back as the same float
        return std::isfinite(value) ? Json::parse(short_float(value)) : Json();
    } else if constexpr (std::is_same_v<T, double>) {
        return std::isfinite(value) ? Json(value) : Json();
    } else if constexpr (WritesItself<T>) {
        return value.to_json();
    } else if constexpr (is_optional<T>::value) {
        return value ? write_json(*value) : Json();
    } else if constexpr (is_vector<T>::value) {
        Json list = Json::array();
        for (const auto& item : value) list.push_back(write_json(item));
        return list;
    } else if constexpr (is_map<T>::value) {
        Json object = Json::object();
        for (const auto& [key, item] : value) object[key] = write_json(item);
        return object;
    } else if constexpr (is_variant<T>::value) {
        return std::visit(
            [](const auto& spec) {
                Json json{{"type", std::string(spec.type)}};
                write_fields(spec, json);
                return json;
            },
            value);
    } else if constexpr (HasFields<T>) {
        Json json = Json::object();
        write_fields(value, json);
        return json;
    } else {
        return Json(value);
    }
}

}  // namespace cnnlab
