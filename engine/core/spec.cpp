#include "engine/core/spec.hpp"

#include "engine/core/messages.hpp"

namespace cnnlab {

namespace {

Message kind_of(const Json& json) {
    if (json.is_string()) return say("value.is_kind", say("kind.text", json.get<std::string>()));
    if (json.is_array()) return say("value.is_kind", say("kind.list"));
    if (json.is_object()) return say("value.is_kind", say("kind.object"));
    if (json.is_null()) return say("value.is_kind", say("kind.null"));
    return say("value.is", json.dump());
}

Message give(JsonKind wanted) {
    switch (wanted) {
        case JsonKind::boolean:
            return say("give.true_or_false");
        case JsonKind::number:
            return say("give.number");
        case JsonKind::whole_number:
            return say("give.whole_number");
        case JsonKind::text:
            return say("give.text");
        case JsonKind::pair:
            return say("give.pair");
        case JsonKind::list:
            return say("give.list");
        case JsonKind::object:
            return say("give.object");
        case JsonKind::fields:
            return say("give.fields");
        case JsonKind::type:
            break;
    }
    return say("give.type");
}

}  // namespace

std::string number_text(double value) {
    const bool whole = value == std::floor(value) && std::abs(value) < 1e15;
    return whole ? Json(static_cast<int64_t>(value)).dump() : Json(value).dump();
}

void wrong_type(const std::string& place, const Json& json, Message give) {
    throw Error(ErrorCode::wrong_type, place, kind_of(json), std::move(give));
}

void wrong_type(const std::string& place, const Json& json, JsonKind wanted) {
    wrong_type(place, json, give(wanted));
}

void unknown_field(const std::string& place, const std::string& name, const std::vector<std::string>& known) {
    throw Error(ErrorCode::unknown_name, place, say("spec.no_field", name), suggest(name, known));
}

void check_keys(const Json& json, const std::vector<std::string>& names, const std::string& place) {
    for (const auto& [key, unused] : json.items())
        if (std::find(names.begin(), names.end(), key) == names.end()) unknown_field(place, key, names);
}

void missing_field(const std::string& place, const std::string& name, std::string_view spec,
                   std::string_view doc) {
    const Message help("help." + std::string(spec) + "." + name, doc);
    throw Error(ErrorCode::wrong_type, place, say("spec.lacks_field", name), say("give.field", help));
}

void missing_type(const std::string& place, const std::vector<std::string>& known) {
    throw Error(ErrorCode::wrong_type, place, say("spec.lacks_field", "type"), say("give.one_of", known));
}

void unknown_type(const std::string& place, const std::string& name, const std::vector<std::string>& known) {
    throw Error(ErrorCode::unknown_name, place + ".type", say("name.unknown", name), suggest(name, known));
}

size_t read_choice(const Json& json, const std::vector<std::string>& known, const std::string& place) {
    if (!json.is_string()) wrong_type(place, json, say("give.one_of", known));
    const auto name = json.get<std::string>();
    const auto at = std::find(known.begin(), known.end(), name);
    if (at == known.end())
        throw Error(ErrorCode::unknown_name, place, say("value.is_text", name), suggest(name, known));
    return static_cast<size_t>(at - known.begin());
}

void check_range(double value, double low, double high, const std::string& place) {
    if (value >= low && value <= high) return;
    const bool has_low = low > -1e300, has_high = high < 1e300;
    throw Error(ErrorCode::out_of_range, place, say("value.is", number_text(value)),
                has_low && has_high ? say("give.between", number_text(low), number_text(high))
                : has_low           ? say("give.at_least", number_text(low))
                                    : say("give.at_most", number_text(high)));
}

void check_number(const Json& json, double low, double high, const std::string& place) {
    if (!json.is_number()) wrong_type(place, json, JsonKind::number);
    check_range(json.get<double>(), low, high, place);
}

void check_whole(const Json& json, double low, double high, const std::string& place) {
    const double number = json.is_number() ? json.get<double>() : 0.5;
    if (number != std::floor(number)) wrong_type(place, json, JsonKind::whole_number);
    check_range(number, low, high, place);
}

const Json* FieldFinder::find(std::string_view name, std::string_view doc, bool required, bool one_or_list) {
    const auto given = json_->find(name);
    if (given == json_->end()) {
        if (required) missing_field(*place_, std::string(name), spec_, doc);
        return nullptr;
    }
    found_ = *place_;
    if (!found_.empty()) found_ += '.';
    found_ += name;
    if (!one_or_list || given->is_array()) return &*given;
    list_ = Json::array({*given});
    return &list_;
}

std::vector<std::string> texts(std::span<const std::string_view> words) {
    std::vector<std::string> list;
    for (const std::string_view word : words)
        if (!word.empty()) list.emplace_back(word);
    return list;
}

Json json_text(std::string_view text) { return std::string(text); }
Json json_number(float value) { return std::isfinite(value) ? Json::parse(short_float(value)) : Json(); }
Json json_number(double value) { return std::isfinite(value) ? Json(value) : Json(); }

Json json_tagged(std::string_view type) {
    Json json = Json::object();
    json["type"] = std::string(type);
    return json;
}

void put(Json& object, std::string_view name, Json value) { object[std::string(name)] = std::move(value); }

std::string type_in(const Json& json, const std::vector<std::string>& known, const std::string& place) {
    if (!json.is_object() && !json.is_string()) wrong_type(place, json, JsonKind::type);
    const Json tag = json.is_string() ? json : json.value("type", Json());
    if (!tag.is_string()) missing_type(place, known);
    auto name = tag.get<std::string>();
    if (std::find(known.begin(), known.end(), name) == known.end()) unknown_type(place, name, known);
    return name;
}

}  // namespace cnnlab
