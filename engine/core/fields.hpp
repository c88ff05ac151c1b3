#pragma once

#include <array>
#include <limits>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <variant>

/// Reflection: a struct lists its fields once. From that list come JSON both ways (engine/core/spec.hpp), range checks,
/// forms, and the TypeScript types of the page (tests/protocol). A struct that crosses a border includes this header,
/// which needs no JSON library.
namespace cnnlab {

template <class Spec, class T>
struct Field {
    std::string_view name;
    T Spec::*member;
    std::string_view doc;
    double low = -std::numeric_limits<double>::infinity(), high = std::numeric_limits<double>::infinity();
    bool required = false, one_or_list = false, only_if_set = false, by_word = false;

    /// The same field, which a description must give.
    [[nodiscard]] constexpr Field must() const {
        Field copy = *this;
        copy.required = true;
        return copy;
    }
    /// The same list, for which a single item may stand.
    [[nodiscard]] constexpr Field or_one() const {
        Field copy = *this;
        copy.one_or_list = true;
        return copy;
    }
    /// The same field, written only where it differs from its default.
    [[nodiscard]] constexpr Field if_set() const {
        Field copy = *this;
        copy.only_if_set = true;
        return copy;
    }
    /// The same variant, written as a bare word where its own fields have their defaults.
    [[nodiscard]] constexpr Field as_word() const {
        Field copy = *this;
        copy.by_word = true;
        return copy;
    }
};

/// A member whose fields stand beside those of the spec that holds it, in the same JSON object: a variant with its
/// "type", or an optional variant that from_json() has chosen, without one.
template <class Spec, class T>
struct Flattened {
    T Spec::*member;
};
template <class Spec, class T>
constexpr Flattened<Spec, T> flatten(T Spec::*member) {
    return {member};
}

/// Structs whose fields stand in forms have help keys: "conv2d.kernel". Others are records, such as events.
template <class Spec>
concept HasHelpKey = requires {
    Spec::key;
}
|| requires { Spec::type; };

template <class Spec, class T>
constexpr Field<Spec, T> field(std::string_view name, T Spec::*member, std::string_view doc = {}) {
#if defined(__EMSCRIPTEN__)
    // What a record's fields mean is for the generated types: a visitor need not download it.
    if constexpr (!HasHelpKey<Spec>) doc = {};
#endif
    return {name, member, doc};
}
template <class Spec, class T>
constexpr Field<Spec, T> field(std::string_view name, T Spec::*member, std::string_view doc, double low,
                               double high) {
    return {name, member, doc, low, high};
}

/// The names of an enumeration's values, in order. To specialise: `constexpr static std::array<std::string_view, N>
/// names`.
template <class E>
struct EnumNames;

template <class E>
[[nodiscard]] constexpr std::string_view enum_name(E value) {
    return EnumNames<E>::names[static_cast<size_t>(value)];
}

/// A height and a width; in JSON one number for both, or [height, width].
struct Pair {
    int height = 1, width = 1;
    constexpr Pair() = default;
    constexpr Pair(int both) : height(both), width(both) {}  // NOLINT: a number is a pair
    constexpr Pair(int h, int w) : height(h), width(w) {}
    constexpr bool operator==(const Pair&) const = default;
};

template <class T>
concept HasFields = requires {
    T::fields();
};

}  // namespace cnnlab
