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
    bool required = false;

    /// The same field, which a description must give.
    [[nodiscard]] constexpr Field must() const {
        Field copy = *this;
        copy.required = true;
        return copy;
    }
};

template <class Spec, class T>
constexpr Field<Spec, T> field(std::string_view name, T Spec::*member, std::string_view doc = {}) {
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
