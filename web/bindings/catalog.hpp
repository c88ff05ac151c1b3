#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/model/experiment.hpp"

namespace cnnlab::web {

/// What a form needs to ask for a field.
enum class FieldKind : uint8_t { integer, number, boolean, text, choice, json };

}  // namespace cnnlab::web

template <>
struct cnnlab::EnumNames<cnnlab::web::FieldKind> {
    static constexpr std::array<std::string_view, 6> names{"integer", "number", "boolean",
                                                           "text",    "choice", "json"};
};

namespace cnnlab::web {

/// One field of a layer, optimizer, loss, …
struct FieldInfo {
    std::string name, key, help;
    FieldKind kind = FieldKind::json;
    Json initial;
    bool required = false;
    std::optional<double> min, max;
    std::vector<std::string> choices;

    static constexpr auto fields() {
        using F = FieldInfo;
        return std::tuple{field("name", &F::name),
                          field("key", &F::key, "of its help in other languages"),
                          field("help", &F::help),
                          field("kind", &F::kind),
                          field("default", &F::initial),
                          field("required", &F::required),
                          field("min", &F::min).if_set(),
                          field("max", &F::max).if_set(),
                          field("choices", &F::choices, "of a \"choice\"").if_set()};
    }
};

struct SpecInfo {
    std::string type;
    std::vector<FieldInfo> own;

    static constexpr auto fields() {
        return std::tuple{field("type", &SpecInfo::type), field("fields", &SpecInfo::own)};
    }
};

/// Fields, ranges, defaults and help of everything that an experiment can hold: what the page's forms are made of.
struct Catalog {
    std::vector<SpecInfo> layers, losses, optimizers, schedules, datasets;
    std::vector<FieldInfo> augment, train;

    static constexpr auto fields() {
        using C = Catalog;
        return std::tuple{field("layers", &C::layers),
                          field("losses", &C::losses),
                          field("optimizers", &C::optimizers),
                          field("schedules", &C::schedules),
                          field("datasets", &C::datasets),
                          field("augment", &C::augment),
                          field("train", &C::train)};
    }
};
[[nodiscard]] Catalog catalog();

}  // namespace cnnlab::web
