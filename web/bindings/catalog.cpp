#include "web/bindings/catalog.hpp"

namespace cnnlab::web {

namespace {

template <class T>
std::string_view kind_of() {
    if constexpr (std::is_same_v<T, bool>)
        return "boolean";
    else if constexpr (std::is_enum_v<T>)
        return "choice";
    else if constexpr (std::is_integral_v<T> || std::is_same_v<T, Pair>)
        return "integer";
    else if constexpr (std::is_floating_point_v<T>)
        return "number";
    else if constexpr (std::is_same_v<T, std::string>)
        return "text";
    else
        return "json";
}

template <class Spec>
Json fields_json(const Spec& defaults) {
    Json list = Json::array();
    [[maybe_unused]] const auto add = [&]<class T>(const Field<Spec, T>& field) {
        Json json{{"name", field.name},
                  {"key", std::string(spec_key<Spec>()) + "." + std::string(field.name)},
                  {"help", field.doc},
                  {"kind", kind_of<T>()},
                  {"default", write_json(defaults.*field.member)},
                  {"required", field.required}};
        if (field.low > -1e300) json["min"] = field.low;
        if (field.high < 1e300) json["max"] = field.high;
        if constexpr (std::is_enum_v<T>) {
            Json choices = Json::array();
            for (const auto name : EnumNames<T>::names) choices.push_back(name);
            json["choices"] = choices;
        }
        list.push_back(std::move(json));
    };
    std::apply([&](const auto&... field) { (add(field), ...); }, Spec::fields());
    return list;
}

template <class... T>
Json variants_json(const std::variant<T...>*) {
    Json list = Json::array();
    (list.push_back({{"type", T::type}, {"fields", fields_json(T{})}}), ...);
    return list;
}

template <class Variant>
Json all_of() {
    return variants_json(static_cast<const Variant*>(nullptr));
}

}  // namespace

Json catalog() {
    return {{"layers", all_of<AnyLayer>()},         {"losses", all_of<AnyLoss>()},
            {"optimizers", all_of<AnyOptimizer>()}, {"schedules", all_of<AnySchedule>()},
            {"datasets", all_of<AnyDataset>()},     {"augment", fields_json(Augmentation{})},
            {"train", fields_json(TrainSpec{})}};
}

}  // namespace cnnlab::web
