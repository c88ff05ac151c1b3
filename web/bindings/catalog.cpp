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

template <class Spec>
std::vector<FieldInfo> fields_of(const Spec& defaults) {
    std::vector<FieldInfo> list;
    [[maybe_unused]] const auto add = [&]<class T>(const Field<Spec, T>& field) {
        FieldInfo info{.name = std::string(field.name),
                       .key = std::string(spec_key<Spec>()) + "." + std::string(field.name),
                       .help = std::string(field.doc),
                       .kind = kind_of<T>(),
                       .initial = write_json(defaults.*field.member),
                       .required = field.required};
        if (field.low > -1e300) info.min = field.low;
        if (field.high < 1e300) info.max = field.high;
        if constexpr (std::is_enum_v<T>)
            info.choices.assign(EnumNames<T>::names.begin(), EnumNames<T>::names.end());
        list.push_back(std::move(info));
    };
    std::apply([&](const auto&... field) { (add(field), ...); }, Spec::fields());
    return list;
}

template <class... T>
std::vector<SpecInfo> specs_of(const std::variant<T...>*) {
    return {SpecInfo{std::string(T::type), fields_of(T{})}...};
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
