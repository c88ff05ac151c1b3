#include "web/bindings/values.hpp"

#include <algorithm>

#include "engine/core/message_json.hpp"
#include "engine/data/card.hpp"
#include "engine/model/experiment.hpp"
#include "web/bindings/messages.hpp"

namespace cnnlab::web {

val failure(const Error& error) {
    const Json problem{{"code", enum_name(error.code())},
                       {"place", error.place()},
                       {"problem", message_json(error.problem())},
                       {"remedy", message_json(error.remedy())}};
    val result = val::object();
    result.set("error", json_value(problem));
    return result;
}

val json_value(const Json& json) {
    // a name may be a file's in any encoding
    return val::global("JSON").call<val>("parse", json.dump(-1, ' ', false, Json::error_handler_t::replace));
}

val success(const val& value) {
    val result = val::object();
    result.set("value", value);
    return result;
}

val failure_of_now() {
    try {
        throw;
    } catch (const Error& e) {
        return failure(e);
    } catch (const std::exception& e) {
        val result = val::object();
        result.set("failed", std::string(e.what()));
        return result;
    }
}

Json json_of(const val& value, const Json& otherwise) {
    if (value.isUndefined() || value.isNull()) return otherwise;
    return Json::parse(val::global("JSON").call<std::string>("stringify", value));
}

val tensor_value(const HostTensor& tensor) {
    val result = val::object();
    val shape = val::array();
    for (const int64_t extent : tensor.shape()) shape.call<void>("push", static_cast<double>(extent));
    result.set("shape", shape);
    result.set("data", copy_out("Float32Array", tensor.span()));
    return result;
}

HostTensor tensor_of(const val& value, const std::string& place) {
    const auto extents = copy_in<double>(val::global("Float64Array").call<val>("from", value["shape"]));
    if (extents.empty() || extents.size() > Shape::max_rank)
        throw Error(ErrorCode::shape_mismatch, place, say("tensor.axes", extents.size()),
                    say("tensor.give_axes"));
    int64_t count = 1;
    for (const double extent : extents) {
        if (!(extent >= 1 && extent <= 1e8))
            throw Error(ErrorCode::shape_mismatch, place, say("tensor.axis", number_text(extent)),
                        say("tensor.give_extent"));
        count *= static_cast<int64_t>(extent);
    }
    auto data = copy_in<float>(val::global("Float32Array").call<val>("from", value["data"]));
    if (count != static_cast<int64_t>(data.size()))
        throw Error(ErrorCode::shape_mismatch, place, say("tensor.numbers", data.size(), count),
                    say("tensor.as_shape"));
    Shape shape;
    switch (extents.size()) {
        case 1:
            shape = {static_cast<int64_t>(extents[0])};
            break;
        case 2:
            shape = {static_cast<int64_t>(extents[0]), static_cast<int64_t>(extents[1])};
            break;
        case 3:
            shape = {static_cast<int64_t>(extents[0]), static_cast<int64_t>(extents[1]),
                     static_cast<int64_t>(extents[2])};
            break;
        default:
            shape = {static_cast<int64_t>(extents[0]), static_cast<int64_t>(extents[1]),
                     static_cast<int64_t>(extents[2]), static_cast<int64_t>(extents[3])};
    }
    return {shape, std::move(data)};
}

DatasetCard given_card(const std::string& text) {
    Json json = parse_json(text, "card");
    if (!json.is_object()) wrong_type("card", json, JsonKind::object);
    const Json others{{"name", "folder"}, {"title", ""},        {"licence", ""},
                      {"source", ""},     {"format", "folder"}, {"files", Json::array()}};
    for (const auto& [key, value] : others.items())
        if (!json.contains(key)) json[key] = value;
    return parse_card(json.dump(), "card");
}

val value_of(const std::vector<uint8_t>& bytes) {
    return copy_out("Uint8Array", std::span<const uint8_t>(bytes));
}

val split_value(const Split& split, const ImageShape& image) {
    val result = val::object(), shape = val::array();
    for (const int extent : {image.height, image.width, image.channels}) shape.call<void>("push", extent);
    result.set("count", static_cast<double>(split.count()));
    result.set("shape", shape);
    result.set("pixels", copy_out("Uint8Array", std::span<const uint8_t>(split.images)));
    result.set("labels", copy_out("Int32Array", std::span<const int32_t>(split.labels)));
    return result;
}

Split split_of(const val& pixels, const val& labels, const ImageShape& image) {
    Split split{copy_in<uint8_t>(pixels), {}};
    const int64_t count = static_cast<int64_t>(split.images.size()) / std::max<int64_t>(1, image.count());
    if (labels.isNull() || labels.isUndefined())
        split.labels.assign(static_cast<size_t>(count), 0);
    else
        split.labels = copy_in<int32_t>(labels);
    return split;
}

}  // namespace cnnlab::web
