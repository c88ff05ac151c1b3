#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <typeindex>
#include <vector>

#include "engine/core/spec.hpp"

namespace cnnlab::protocol {

/// "batch_norm" → "BatchNorm".
[[nodiscard]] std::string pascal_case(std::string_view name);
/// 'a' | 'b'
[[nodiscard]] std::string one_of(const std::vector<std::string>& words);

/// Writes the TypeScript types of C++ types, from their lists of fields. A type is declared before those that hold it.
class TypeScript {
  public:
    void section(const std::string& title) { text_ += "\n// ---- " + title + "\n"; }
    void line(const std::string& text) { text_ += text + "\n"; }

    /// A type that writes itself in a way of its own.
    template <class T>
    void alias(const std::string& name, const std::string& type) {
        declare<T>(name, "export type " + name + " = " + type + ";\n");
    }
    /// A type that is written by hand elsewhere.
    template <class T>
    void declared(const std::string& name) {
        names_[typeid(T)] = name;
    }
    template <class E>
    void enumeration(const std::string& name) {
        const auto& names = EnumNames<E>::names;
        alias<E>(name, one_of({names.begin(), names.end()}));
    }
    /// What the engine gives: every field is there.
    template <HasFields T>
    void record(const std::string& name) {
        declare<T>(name, "export interface " + name + " {\n" + members<T>(false) + "}\n");
    }
    /// What a person writes: fields with a default may be left out.
    template <HasFields T>
    void spec(const std::string& name) {
        declare<T>(name, "export interface " + name + " {\n" + members<T>(true) + "}\n");
    }
    /// What a person writes, open to what is known at run time alone: typed fields that every alternative has, and any
    /// other option.
    template <HasFields T>
    void open(const std::string& name) {
        std::string text;
        const auto add = [&](const auto& field) {
            using F = std::decay_t<decltype(field)>;
            if constexpr (is_flattened<F>::value) {
                using V = std::decay_t<decltype(std::declval<T>().*field.member)>;
                if constexpr (is_variant<V>::value)
                    text += "  type: string;\n" + common_members(static_cast<const V*>(nullptr));
            } else if constexpr (is_plain<std::decay_t<decltype(std::declval<T>().*field.member)>>) {
                text += member<T>(field, true);
            }
        };
        std::apply([&](const auto&... field) { (add(field), ...); }, T::fields());
        declare<T>(name,
                   "export interface " + name + " {\n" + text + "  [option: string]: Json | undefined;\n}\n");
    }
    /// Alternatives with a "type", each a type of its own: "relu" with the suffix "Layer" is ReluLayer.
    template <class V>
    void variant(const std::string& name, const std::string& suffix, bool is_spec) {
        std::vector<std::string> all;
        each(static_cast<const V*>(nullptr), [&]<class T>(const T*) {
            const std::string own = pascal_case(T::type) + suffix;
            declare<T>(own, "export interface " + own + " {\n  type: '" + std::string(T::type) + "';\n" +
                                members<T>(is_spec) + "}\n");
            all.push_back(own);
        });
        std::string type;
        for (const std::string& one : all) type += (type.empty() ? "" : " | ") + one;
        declare<V>(name, "export type " + name + " = " + type + ";\n");
    }

    template <class T>
    [[nodiscard]] std::string type_of() const {
        const auto found = names_.find(typeid(T));
        if (found != names_.end()) return found->second;
        if constexpr (std::is_same_v<T, bool>) {
            return "boolean";
        } else if constexpr (std::is_arithmetic_v<T>) {
            return "number";
        } else if constexpr (std::is_same_v<T, std::string>) {
            return "string";
        } else if constexpr (std::is_same_v<T, Shape>) {
            return "number[]";
        } else if constexpr (std::is_same_v<T, Json>) {
            return "Json";
        } else if constexpr (is_optional<T>::value) {
            return type_of<typename T::value_type>() + " | null";
        } else if constexpr (is_vector<T>::value) {
            const std::string item = type_of<typename T::value_type>();
            return item.find(' ') == std::string::npos ? item + "[]" : "(" + item + ")[]";
        } else if constexpr (is_map<T>::value) {
            return "Record<string, " + type_of<typename T::mapped_type>() + ">";
        } else if constexpr (is_variant<T>::value) {
            std::string type;
            each(static_cast<const T*>(nullptr),
                 [&]<class A>(const A*) { type += (type.empty() ? "" : " | ") + type_of<A>(); });
            return type;
        } else {
            throw std::logic_error(std::string("not declared before it is used: ") + typeid(T).name());
        }
    }
    [[nodiscard]] const std::string& text() const { return text_; }

  private:
    template <class... T, class Call>
    static void each(const std::variant<T...>* /*variant*/, const Call& call) {
        (call(static_cast<const T*>(nullptr)), ...);
    }
    template <class T>
    void declare(const std::string& name, const std::string& text) {
        names_[typeid(T)] = name;
        text_ += text;
    }
    template <class F>
    static constexpr bool is_plain =
        std::is_arithmetic_v<F> || std::is_same_v<F, std::string> ||
        std::is_same_v<F, std::vector<std::string>> || std::is_same_v<F, std::vector<float>>;

    template <class T, class F>
    [[nodiscard]] std::string member(const F& field, bool is_spec) const {
        using V = std::decay_t<decltype(std::declval<T>().*field.member)>;
        std::string type;
        if constexpr (is_optional<V>::value)
            type = field.only_if_set ? type_of<typename V::value_type>() : type_of<V>();
        else
            type = type_of<V>();
        if constexpr (is_vector<V>::value)
            if (is_spec && field.one_or_list) type = type_of<typename V::value_type>() + " | " + type;
        // A bare word stands for an alternative with all its defaults.
        if constexpr (is_variant<V>::value)
            if (is_spec || field.by_word) type = (is_spec ? type + " | " : "") + "(" + type + ")['type']";
        if constexpr (HasFields<V> && ReadsItself<V>)
            if (is_spec) type += " | string";
        const bool may_miss = is_spec ? !field.required : field.only_if_set;
        std::string text;
        if (!field.doc.empty()) text += "  /** " + std::string(field.doc) + " */\n";
        return text + "  " + std::string(field.name) + (may_miss ? "?: " : ": ") + type + ";\n";
    }
    template <class T>
    [[nodiscard]] std::string members(bool is_spec) const {
        std::string text;
        for_own_fields<T>([&](const auto& field) { text += member<T>(field, is_spec); });
        return text;
    }
    /// The fields of the first alternative that all others have as well.
    template <class First, class... Others>
    [[nodiscard]] std::string common_members(const std::variant<First, Others...>* /*variant*/) const {
        std::string text;
        for_own_fields<First>([&](const auto& field) {
            const auto has = [&](const std::vector<std::string>& names) {
                return std::find(names.begin(), names.end(), field.name) != names.end();
            };
            if ((has(field_names<Others>()) && ...)) text += member<First>(field, true);
        });
        return text;
    }

    std::map<std::type_index, std::string> names_;
    std::string text_;
};

/// What stands in web/src/client/protocol/generated.ts.
[[nodiscard]] std::string protocol_types();

}  // namespace cnnlab::protocol
