#include "native/answer/infer.hpp"

#include <algorithm>
#include <cmath>

#include "engine/core/names.hpp"
#include "engine/core/parse_json.hpp"

namespace cnnlab {

namespace {

constexpr auto probabilities_name = "probabilities", class_name = "class";

/// A tensor of a request without its data.
struct InputHead {
    static constexpr std::string_view key = "infer_input";
    std::string name, datatype;
    std::vector<int64_t> shape;

    static constexpr auto fields() {
        using I = InputHead;
        return std::tuple{field("name", &I::name, "the input's name").must(),
                          field("datatype", &I::datatype, "UINT8, INT32, FP32 and the like").must(),
                          field("shape", &I::shape, "images, height, width, channels").must()};
    }
};

std::string shape_text(std::span<const int64_t> shape) {
    std::string text;
    for (const int64_t extent : shape) text += (text.empty() ? "[" : ", ") + std::to_string(extent);
    return (text.empty() ? "[" : text) + "]";
}

std::string at(const std::string& place, size_t i) { return place + "[" + std::to_string(i) + "]"; }

uint8_t pixel(const Json& json, const std::string& place, size_t i) {
    const double value = json.is_number() ? json.get<double>() : -1;
    if (value < 0 || value > 255 || value != std::floor(value))
        throw Error(ErrorCode::out_of_range, at(place, i), "is " + json.dump().substr(0, 40),
                    "give pixels, whole numbers from 0 to 255; the network normalises them itself");
    return static_cast<uint8_t>(value);
}

/// The numbers of `list`, all in one or in lists of lists as `shape` has it.
void take_pixels(const Json& list, std::span<const int64_t> shape, const std::string& place, Pixels& out) {
    if (!list.is_array()) wrong_type(place, list, JsonKind::list);
    if (static_cast<int64_t>(list.size()) != shape[0])
        throw Error(ErrorCode::shape_mismatch, place, "has " + std::to_string(list.size()) + " entries",
                    "give " + std::to_string(shape[0]) + ", as its shape says");
    for (size_t i = 0; i < list.size(); ++i) {
        if (shape.size() > 1)
            take_pixels(list[i], shape.subspan(1), at(place, i), out);
        else
            out.push_back(pixel(list[i], place, i));
    }
}

const std::vector<std::string> number_types{"UINT8", "UINT16", "UINT32", "UINT64", "INT8", "INT16",
                                            "INT32", "INT64",  "FP16",   "FP32",   "FP64"};

/// Throws unless the head is that of the model's input. The number of images.
size_t check_head(const InputHead& head, const TensorFacts& wanted, size_t most, const std::string& place) {
    if (head.name != wanted.name)
        throw Error(ErrorCode::unknown_name, place + ".name", "is \"" + head.name + "\"",
                    "the model has one input, \"" + wanted.name + "\"");
    if (std::find(number_types.begin(), number_types.end(), head.datatype) == number_types.end())
        throw Error(ErrorCode::wrong_type, place + ".datatype", "is \"" + head.datatype + "\"",
                    "give UINT8, or another type of numbers");
    const auto& shape = head.shape;
    if (shape.size() != wanted.shape.size() || shape[0] < 1 ||
        !std::equal(shape.begin() + 1, shape.end(), wanted.shape.begin() + 1))
        throw Error(
            ErrorCode::shape_mismatch, place + ".shape", "is " + shape_text(shape),
            "give " + shape_text(wanted.shape) + ": images (any number for -1), height, width, channels");
    if (static_cast<uint64_t>(shape[0]) > most)
        throw Error(ErrorCode::out_of_range, place + ".shape",
                    "has " + std::to_string(shape[0]) + " images, more than " + std::to_string(most),
                    "send several requests");
    return static_cast<size_t>(shape[0]);
}

/// The bytes of a tensor behind the JSON; none where its data stand in the JSON.
std::optional<size_t> bytes_behind(const Json& input, const InputHead& head, size_t values,
                                   const std::string& place) {
    const auto parameters = input.find("parameters");
    if (parameters == input.end() || !parameters->is_object()) return {};
    const auto size = parameters->find("binary_data_size");
    if (size == parameters->end()) return {};
    size_t bytes = 0;
    read_json(*size, bytes, place + ".parameters.binary_data_size", 0, 1e12);
    if (head.datatype != "UINT8")
        throw Error(ErrorCode::unsupported, place + ".datatype",
                    "is \"" + head.datatype + "\" for bytes behind the JSON", "give UINT8");
    if (bytes != values)
        throw Error(ErrorCode::shape_mismatch, place + ".parameters.binary_data_size",
                    "is " + std::to_string(bytes),
                    "give " + std::to_string(values) + ", one byte for each number of the shape");
    return bytes;
}

Pixels read_input(const Json& input, const InputHead& head, std::string_view tail, const std::string& place) {
    size_t values = 1;
    for (const int64_t extent : head.shape) values *= static_cast<size_t>(extent);
    if (const auto bytes = bytes_behind(input, head, values, place)) {
        if (tail.size() != *bytes)
            throw Error(ErrorCode::shape_mismatch, "body",
                        "has " + std::to_string(tail.size()) + " bytes behind the JSON",
                        "give " + std::to_string(*bytes));
        return {tail.begin(), tail.end()};
    }
    const auto data = input.find("data");
    if (data == input.end())
        throw Error(ErrorCode::missing_data, place + ".data", "is missing", "give the pixels as a list");
    Pixels pixels;
    const int64_t flat[] = {static_cast<int64_t>(values)};
    const bool is_nested = data->is_array() && !data->empty() && data->front().is_array();
    take_pixels(*data, is_nested ? std::span<const int64_t>(head.shape) : std::span<const int64_t>(flat),
                place + ".data", pixels);
    return pixels;
}

std::vector<std::string> read_outputs(const Json& list, const ModelFacts& model) {
    std::vector<std::string> names, known;
    for (const TensorFacts& output : model.outputs) known.push_back(output.name);
    if (!list.is_array()) wrong_type("outputs", list, JsonKind::list);
    for (size_t i = 0; i < list.size(); ++i) {
        const std::string place = at("outputs", i);
        if (!list[i].is_object()) wrong_type(place, list[i], JsonKind::object);
        read_json(list[i].value("name", Json()), names.emplace_back(), place + ".name");
        if (std::find(known.begin(), known.end(), names.back()) == known.end())
            throw Error(ErrorCode::unknown_name, place + ".name", "is \"" + names.back() + "\"",
                        suggest(names.back(), known));
    }
    return names;
}

}  // namespace

ModelFacts model_facts(const std::string& name, const ImageShape& image, size_t classes) {
    return {.name = name,
            .versions = {model_version},
            .platform = "cnnlab",
            .inputs = {{"image", "UINT8", {-1, image.height, image.width, image.channels}}},
            .outputs = {{probabilities_name, "FP32", {-1, static_cast<int64_t>(classes)}},
                        {class_name, "BYTES", {-1}}}};
}

InferRequest read_infer(std::string_view body, std::optional<size_t> json_bytes, const ModelFacts& model,
                        size_t most_images) {
    if (json_bytes && *json_bytes > body.size())
        throw Error(ErrorCode::shape_mismatch, "Inference-Header-Content-Length",
                    "is " + std::to_string(*json_bytes) + ", and the body has " +
                        std::to_string(body.size()) + " bytes",
                    "give the length of the JSON");
    const std::string_view text = body.substr(0, json_bytes.value_or(body.size()));
    const Json json = parse_json(text, "body");
    if (!json.is_object()) wrong_type("body", json, JsonKind::object);
    check_keys(json, {"id", "inputs", "outputs", "parameters"}, "body");
    InferRequest request;
    if (json.contains("id")) read_json(json["id"], request.id, "id");
    if (json.contains("outputs")) request.outputs = read_outputs(json["outputs"], model);
    const std::string one_input = "give a list of one tensor, \"" + model.inputs[0].name + "\"";
    const auto inputs = json.find("inputs");
    if (inputs == json.end()) throw Error(ErrorCode::missing_data, "inputs", "is missing", one_input);
    if (!inputs->is_array()) wrong_type("inputs", *inputs, JsonKind::list);
    if (inputs->size() != 1)
        throw Error(ErrorCode::shape_mismatch, "inputs", "has " + std::to_string(inputs->size()) + " tensors",
                    one_input);
    const std::string place = "inputs[0]";
    const Json& input = inputs->front();
    InputHead head;
    read_fields(input, head, place, {"data", "parameters"});
    const size_t count = check_head(head, model.inputs[0], most_images, place);
    const Pixels pixels = read_input(input, head, body.substr(text.size()), place);
    const size_t size = pixels.size() / count;
    for (size_t i = 0; i < count; ++i) {
        const auto begin = pixels.begin() + static_cast<std::ptrdiff_t>(i * size);
        request.images.emplace_back(begin, begin + static_cast<std::ptrdiff_t>(size));
    }
    return request;
}

Json infer_answer(const InferRequest& request, const ModelFacts& model,
                  const std::vector<std::string>& classes, std::span<const Row> rows) {
    Json outputs = Json::array();
    const auto is_wanted = [&](const std::string& name) {
        const auto& names = request.outputs;
        return names.empty() || std::find(names.begin(), names.end(), name) != names.end();
    };
    for (TensorFacts output : model.outputs) {
        if (!is_wanted(output.name)) continue;
        output.shape[0] = static_cast<int64_t>(rows.size());
        Json data = Json::array();
        for (const Row& row : rows) {
            if (output.name == probabilities_name) {
                for (const double value : row) data.push_back(json_number(static_cast<float>(value)));
            } else {
                data.push_back(
                    classes[static_cast<size_t>(std::max_element(row.begin(), row.end()) - row.begin())]);
            }
        }
        Json tensor = write_json(output);
        tensor["data"] = std::move(data);
        outputs.push_back(std::move(tensor));
    }
    Json answer{{"model_name", model.name}, {"model_version", model_version}};
    if (!request.id.empty()) answer["id"] = request.id;
    answer["outputs"] = std::move(outputs);
    return answer;
}

}  // namespace cnnlab
