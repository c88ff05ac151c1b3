#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
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

/// First part of the key of a field's help in other languages: "conv2d" of "conv2d.kernel".
/// Structs that are no alternative of a variant, and so have no `type`, name it themselves.
template <class T>
constexpr std::string_view spec_key() {
    if constexpr (requires { std::string_view(T::type); })
        return T::type;
    else if constexpr (requires { std::string_view(T::key); })
        return T::key;
    else
        return {};
}

template <>
constexpr std::string_view spec_key<ImageShape>() {
    return "image";
}

/// What read_json can ask for.
enum class JsonKind : uint8_t { boolean, number, whole_number, text, pair, list, object, fields, type };

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

/// A number as a person writes it: "3", "0.5".
std::string number_text(double value);

/// What read_json throws. `give` says what would be right.
[[noreturn]] void wrong_type(const std::string& place, const Json& json, Message give);
[[noreturn]] void wrong_type(const std::string& place, const Json& json, JsonKind wanted);
[[noreturn]] void unknown_field(const std::string& place, const std::string& name,
                                const std::vector<std::string>& known);
[[noreturn]] void missing_field(const std::string& place, const std::string& name, std::string_view spec,
                                std::string_view doc);
[[noreturn]] void missing_type(const std::string& place, const std::vector<std::string>& known);
[[noreturn]] void unknown_type(const std::string& place, const std::string& name,
                               const std::vector<std::string>& known);
/// The position of a text among the names of an enumeration's values.
[[nodiscard]] size_t read_choice(const Json& json, const std::vector<std::string>& known,
                                 const std::string& place);
void check_range(double value, double low, double high, const std::string& place);

// What needs no template stands in spec.cpp: the page's module holds each line of these templates for every field.

/// Throws unless the JSON is a number, or a whole number, from `low` to `high`.
void check_number(const Json& json, double low, double high, const std::string& place);
void check_whole(const Json& json, double low, double high, const std::string& place);

/// Looks for the fields of an object, one after the other.
class FieldFinder {
  public:
    FieldFinder(const Json& json, const std::string& place, std::string_view spec)
        : json_(&json), place_(&place), spec_(spec) {}
    /// What is given for a field; none if nothing is. Throws if it is required.
    const Json* find(std::string_view name, std::string_view doc, bool required, bool one_or_list);
    /// The place of the field that was found last.
    [[nodiscard]] const std::string& place() const { return found_; }

  private:
    const Json* json_;
    const std::string* place_;
    std::string_view spec_;
    std::string found_;
    Json list_;  ///< of a single item that stands for a list
};

[[nodiscard]] std::vector<std::string> texts(std::span<const std::string_view> words);
[[nodiscard]] Json json_text(std::string_view text);
/// The shortest text that reads back as the same float; null for a number that is none.
[[nodiscard]] Json json_number(float value);
[[nodiscard]] Json json_number(double value);
/// {"type": …}
[[nodiscard]] Json json_tagged(std::string_view type);
void put(Json& object, std::string_view name, Json value);
/// The type that an alternative is named by, as a bare word or as "type".
[[nodiscard]] std::string type_in(const Json& json, const std::vector<std::string>& known,
                                  const std::string& place);

template <class T>
void read_json(const Json& json, T& value, const std::string& place,
               double low = -std::numeric_limits<double>::infinity(),
               double high = std::numeric_limits<double>::infinity());

template <class T>
struct is_flattened : std::false_type {};
template <class Spec, class T>
struct is_flattened<Flattened<Spec, T>> : std::true_type {};

/// The fields of `T` that are not those of a flattened member, each as a call of `one`.
template <HasFields T, class Call>
void for_own_fields(const Call& one) {
    [[maybe_unused]] const auto pass = [&]<class F>(const F& field) {
        if constexpr (!is_flattened<F>::value) one(field);
    };
    std::apply([&](const auto&... f) { (pass(f), ...); }, T::fields());
}

/// Its flattened members, likewise.
template <HasFields T, class Call>
void for_flattened(const Call& one) {
    [[maybe_unused]] const auto pass = [&]<class F>(const F& member) {
        if constexpr (is_flattened<F>::value) one(member);
    };
    std::apply([&](const auto&... f) { (pass(f), ...); }, T::fields());
}

template <HasFields T>
constexpr bool has_flattened = std::apply(
    [](const auto&... f) { return (is_flattened<std::decay_t<decltype(f)>>::value || ...); }, T::fields());

template <class F>
constexpr std::string_view own_name(const F& field) {
    if constexpr (is_flattened<F>::value)
        return {};
    else
        return field.name;
}

/// The names of a spec's own fields, for messages.
template <HasFields T>
std::vector<std::string> field_names() {
    static constexpr auto names = std::apply(
        [](const auto&... f) { return std::array<std::string_view, sizeof...(f)>{own_name(f)...}; },
        T::fields());
    return texts(names);
}

/// A field's help under its key, "conv2d.kernel": the English of what a form says about it.
struct FieldHelp {
    std::string key;
    std::string_view help;
};

template <HasFields T>
void add_help(std::vector<FieldHelp>& list) {
    for_own_fields<T>([&](const auto& field) {
        list.push_back({std::string(spec_key<T>()) + "." + std::string(field.name), field.doc});
    });
}

template <class F>
constexpr bool is_required(const F& field) {
    if constexpr (is_flattened<F>::value)
        return false;
    else
        return field.required;
}

template <HasFields T>
constexpr bool has_required_field() {
    return std::apply([](const auto&... f) { return (false || ... || is_required(f)); }, T::fields());
}

template <class... T>
void read_variant(const Json& json, std::variant<T...>& value, const std::string& place,
                  const std::vector<std::string>& also = {});

template <HasFields T>
void read_fields(const Json& json, T& spec, const std::string& place,
                 const std::vector<std::string>& also = {});

/// Throws unknown_name for a key of the object that is not among `names`.
void check_keys(const Json& json, const std::vector<std::string>& names, const std::string& place);

/// Reads a flattened member and checks that no key is unknown. Keys in `also` are not its own.
template <class T>
void read_flattened(const Json& json, T& value, const std::string& place,
                    const std::vector<std::string>& also) {
    if constexpr (is_optional<T>::value) {
        if (!json.is_object()) wrong_type(place, json, JsonKind::fields);
        if (value)
            std::visit([&](auto& chosen) { read_fields(json, chosen, place, also); }, *value);
        else
            check_keys(json, also, place);
    } else {
        read_variant(json, value, place, also);
    }
}

/// Reads the fields that `json` gives into `spec`; the others keep their defaults. Keys in `also` are ignored here:
/// another reader takes them.
template <HasFields T>
void read_fields(const Json& json, T& spec, const std::string& place, const std::vector<std::string>& also) {
    static_assert(!has_required_field<T>() || !spec_key<T>().empty(), "give the struct a `key` for its help");
    auto names = field_names<T>();
    names.insert(names.end(), also.begin(), also.end());
    if constexpr (has_flattened<T>) {
        for_flattened<T>(
            [&](const auto& member) { read_flattened(json, spec.*member.member, place, names); });
        if (!json.is_object()) return;  // a bare word
    } else {
        if (!json.is_object()) wrong_type(place, json, JsonKind::fields);
        check_keys(json, names, place);
    }
    FieldFinder fields(json, place, spec_key<T>());
    for_own_fields<T>([&](const auto& fld) {
        if (const Json* given = fields.find(fld.name, fld.doc, fld.required, fld.one_or_list))
            read_json(*given, spec.*fld.member, fields.place(), fld.low, fld.high);
    });
}

template <class... T>
std::vector<std::string> type_names(const std::variant<T...>*) {
    static constexpr std::array<std::string_view, sizeof...(T)> names{T::type...};
    return texts(names);
}

template <class... T>
void read_variant(const Json& json, std::variant<T...>& value, const std::string& place,
                  const std::vector<std::string>& also) {
    // A bare word stands for the alternative with all its defaults: "optimizer": "adam".
    const std::string name = type_in(json, type_names(&value), place);
    const Json fields = json.is_string() ? Json::object() : json;
    std::vector<std::string> others = also;
    others.emplace_back("type");
    const auto one = [&]<class A>(const A* /*alternative*/) {
        if (name != A::type) return;
        A alternative{};
        read_fields(fields, alternative, place, others);
        value = std::move(alternative);
    };
    (one(static_cast<const T*>(nullptr)), ...);
}

template <class T>
void read_json(const Json& json, T& value, const std::string& place, double low, double high) {
    if constexpr (std::is_same_v<T, bool>) {
        if (!json.is_boolean()) wrong_type(place, json, JsonKind::boolean);
        value = json.get<bool>();
    } else if constexpr (std::is_enum_v<T>) {
        const auto& names = EnumNames<T>::names;
        value = static_cast<T>(read_choice(json, texts(names), place));
    } else if constexpr (std::is_integral_v<T>) {
        check_whole(json, std::max(low, static_cast<double>(std::numeric_limits<T>::min())),
                    std::min(high, static_cast<double>(std::numeric_limits<T>::max())), place);
        value = json.get<T>();
    } else if constexpr (std::is_floating_point_v<T>) {
        check_number(json, low, high, place);
        value = json.get<T>();
    } else if constexpr (std::is_same_v<T, std::string>) {
        if (!json.is_string()) wrong_type(place, json, JsonKind::text);
        value = json.get<std::string>();
    } else if constexpr (std::is_same_v<T, Pair>) {
        if (json.is_array()) {
            if (json.size() != 2) wrong_type(place, json, JsonKind::pair);
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
        if (!json.is_array()) wrong_type(place, json, JsonKind::list);
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

template <class... T>
bool has_defaults(const std::variant<T...>& value) {
    return std::visit(
        [](const auto& spec) { return write_json(spec) == write_json(std::decay_t<decltype(spec)>{}); },
        value);
}

template <class F>
constexpr bool is_if_set(const F& field) {
    if constexpr (is_flattened<F>::value)
        return false;
    else
        return field.only_if_set;
}
template <HasFields T>
constexpr bool has_if_set = std::apply([](const auto&... f) { return (false || ... || is_if_set(f)); },
                                       T::fields());

/// Every field of a struct, in the order of its list; a spec's defaults are filled in.
template <HasFields T>
void write_fields(const T& spec, Json& json) {
    [[maybe_unused]] const auto one = [&]<class F>(const F& fld) {
        if constexpr (is_flattened<F>::value) {
            const auto& value = spec.*fld.member;
            if constexpr (is_optional<std::decay_t<decltype(value)>>::value) {
                if (value) std::visit([&](const auto& chosen) { write_fields(chosen, json); }, *value);
            } else {
                json.update(write_json(value));
            }
        } else {
            const auto& value = spec.*fld.member;
            Json written = write_json(value);
            if constexpr (has_if_set<T>)
                if (fld.only_if_set && written == write_json(T{}.*fld.member)) return;
            if constexpr (is_variant<std::decay_t<decltype(value)>>::value)
                if (fld.by_word && has_defaults(value)) written = written.at("type");
            put(json, fld.name, std::move(written));
        }
    };
    std::apply([&](const auto&... f) { (one(f), ...); }, T::fields());
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
        return json_text(enum_name(value));
    } else if constexpr (std::is_floating_point_v<T>) {
        return json_number(value);
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
                Json json = json_tagged(spec.type);
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
