#include "web/bindings/catalog.hpp"

namespace cnnlab::web {

namespace {

template <class T>
FieldKind kind_of() {
    if constexpr (std::is_same_v<T, bool>)
        return FieldKind::boolean;
    else if constexpr (std::is_enum_v<T>)
        return FieldKind::choice;
    else if constexpr (std::is_integral_v<T> || std::is_same_v<T, Pair>)
        return FieldKind::integer;
    else if constexpr (std::is_floating_point_v<T>)
        return FieldKind::number;
    else if constexpr (std::is_same_v<T, std::string>)
        return FieldKind::text;
    else
        return FieldKind::json;
}

/// Out of line, as there are a hundred fields.
void add(std::vector<FieldInfo>& list, std::string_view spec, std::string_view name, std::string_view help,
         FieldKind kind, bool required, double low, double high, Json initial) {
    FieldInfo& info = list.emplace_back();
    info.name = name;
    info.key = std::string(spec) + "." + info.name;
    info.help = help;
    info.kind = kind;
    info.initial = std::move(initial);
    info.required = required;
    if (low > -1e300) info.min = low;
    if (high < 1e300) info.max = high;
}

template <class Spec>
std::vector<FieldInfo> fields_of(const Spec& defaults) {
    std::vector<FieldInfo> list;
    [[maybe_unused]] const auto one = [&]<class T>(const Field<Spec, T>& field) {
        add(list, spec_key<Spec>(), field.name, field.doc, kind_of<T>(), field.required, field.low,
            field.high, write_json(defaults.*field.member));
        if constexpr (std::is_enum_v<T>) list.back().choices = texts(EnumNames<T>::names);
    };
    std::apply([&](const auto&... field) { (one(field), ...); }, Spec::fields());
    return list;
}

template <class... T>
std::vector<SpecInfo> specs_of(const std::variant<T...>*) {
    std::vector<SpecInfo> list;
    (list.push_back({std::string(T::type), fields_of(T{})}), ...);
    return list;
}

template <class Variant>
std::vector<SpecInfo> all_of() {
    return specs_of(static_cast<const Variant*>(nullptr));
}

}  // namespace

Catalog catalog() {
    return {all_of<AnyLayer>(),   all_of<AnyLoss>(),         all_of<AnyOptimizer>(), all_of<AnySchedule>(),
            all_of<AnyDataset>(), fields_of(Augmentation{}), fields_of(TrainSpec{})};
}

}  // namespace cnnlab::web
