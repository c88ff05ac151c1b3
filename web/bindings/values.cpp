#include "web/bindings/values.hpp"

#include <algorithm>

namespace cnnlab::web {

std::string_view code_name(ErrorCode code) {
    switch (code) {
        case ErrorCode::unknown_name:
            return "unknown_name";
        case ErrorCode::wrong_type:
            return "wrong_type";
        case ErrorCode::out_of_range:
            return "out_of_range";
        case ErrorCode::shape_mismatch:
            return "shape_mismatch";
        case ErrorCode::bad_file:
            return "bad_file";
        case ErrorCode::missing_data:
            return "missing_data";
        case ErrorCode::io:
            return "io";
        case ErrorCode::checkpoint:
            return "checkpoint";
        case ErrorCode::unsupported:
            return "unsupported";
        case ErrorCode::diverged:
            return "diverged";
    }
    return "internal";
}

val failure(std::string_view code, const std::string& place, const std::string& problem,
            const std::string& remedy) {
    val error = val::object();
    error.set("code", std::string(code));
    error.set("place", place);
    error.set("problem", problem);
    error.set("remedy", remedy);
    val result = val::object();
    result.set("error", error);
    return result;
}

val json_value(const Json& json) { return val::global("JSON").call<val>("parse", json.dump()); }

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
        throw Error(ErrorCode::shape_mismatch, place, "has " + std::to_string(extents.size()) + " axes",
                    "give one to four");
    int64_t count = 1;
    for (const double extent : extents) {
        if (!(extent >= 1 && extent <= 1e8))
            throw Error(ErrorCode::shape_mismatch, place, "has an axis of " + number_text(extent),
                        "give at least 1");
        count *= static_cast<int64_t>(extent);
    }
    auto data = copy_in<float>(val::global("Float32Array").call<val>("from", value["data"]));
    if (count != static_cast<int64_t>(data.size()))
        throw Error(
            ErrorCode::shape_mismatch, place,
            "has " + std::to_string(data.size()) + " numbers for " + std::to_string(count) + " places",
            "give as many as the shape says");
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
