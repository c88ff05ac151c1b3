#include "native/answer/records.hpp"
#include "native/answer/routes.hpp"
#include "native/system/version.hpp"

namespace cnnlab {

namespace {

Json reference(std::string_view schema) { return {{"$ref", "#/components/schemas/" + std::string(schema)}}; }

/// The JSON schema of a type, from its list of fields.
template <class T>
Json schema_of() {
    if constexpr (is_vector<T>::value) {
        return {{"type", "array"}, {"items", schema_of<typename T::value_type>()}};
    } else if constexpr (std::is_same_v<T, bool>) {
        return {{"type", "boolean"}};
    } else if constexpr (std::is_integral_v<T>) {
        return {{"type", "integer"}};
    } else if constexpr (std::is_floating_point_v<T>) {
        return {{"type", "number"}};
    } else if constexpr (std::is_same_v<T, std::string>) {
        return {{"type", "string"}};
    } else {
        Json properties = Json::object(), required = Json::array();
        for_own_fields<T>([&]<class F>(const F& field) {
            Json schema = schema_of<std::decay_t<decltype(T{}.*field.member)>>();
            if (!field.doc.empty()) schema["description"] = field.doc;
            properties[std::string(field.name)] = std::move(schema);
            if (!field.only_if_set) required.push_back(field.name);
        });
        return {{"type", "object"}, {"properties", properties}, {"required", required}};
    }
}

/// A tensor with its numbers.
Json tensor_schema() {
    Json schema = schema_of<TensorFacts>();
    schema["properties"]["data"] = {{"type", "array"}, {"items", Json::object()}};
    return schema;
}

Json infer_request_schema(const Service::Facts& facts) {
    Json schema = schema_of<TensorFacts>();
    schema["properties"]["data"] = {
        {"type", "array"},
        {"items", Json::object()},
        {"description", "pixels from 0 to 255, all in one list or in nested ones"}};
    schema["required"].push_back("data");
    const ModelFacts model = model_facts(facts.name, facts.image, facts.classes.size());
    std::vector<int64_t> shape = model.inputs[0].shape;
    shape[0] = 1;
    schema["example"] = {{"name", model.inputs[0].name},
                         {"shape", shape},
                         {"datatype", model.inputs[0].datatype},
                         {"data", {0, 0, 0}}};
    return {{"type", "object"},
            {"properties",
             {{"id", {{"type", "string"}}},
              {"inputs", {{"type", "array"}, {"minItems", 1}, {"maxItems", 1}, {"items", schema}}},
              {"outputs",
               {{"type", "array"},
                {"items", {{"type", "object"}, {"properties", {{"name", {{"type", "string"}}}}}}}}}}},
            {"required", {"inputs"}}};
}

Json infer_answer_schema() {
    return {{"type", "object"},
            {"properties",
             {{"model_name", {{"type", "string"}}},
              {"model_version", {{"type", "string"}}},
              {"id", {{"type", "string"}}},
              {"outputs", {{"type", "array"}, {"items", tensor_schema()}}}}},
            {"required", {"model_name", "model_version", "outputs"}}};
}

/// The body of a request or an answer: JSON of a schema, or another medium.
Json content(std::string_view what) {
    if (what.find('/') == std::string_view::npos)
        return {{"application/json", {{"schema", reference(what)}}}};
    return {{std::string(what), {{"schema", {{"type", "string"}}}}}};
}

Json picture_content() {
    const Json file{{"type", "string"}, {"format", "binary"}};
    return {{"image/*", {{"schema", file}}},
            {"application/octet-stream", {{"schema", file}}},
            {"multipart/form-data",
             {{"schema",
               {{"type", "object"}, {"properties", {{"image", {{"type", "array"}, {"items", file}}}}}}}}}};
}

Json parameter(std::string_view name, std::string_view in, Json schema) {
    return {{"name", name}, {"in", in}, {"required", in == "path"}, {"schema", std::move(schema)}};
}

Json responses(const Route& route) {
    const std::pair<const char*, const char*> problems[] = {
        {"400", "The body or a field is wrong"},  {"404", "There is no such path or model"},
        {"405", "The path takes another method"}, {"408", "The request came too slowly"},
        {"411", "The length is missing"},         {"413", "The body is too long"},
        {"415", "The body is of another type"},   {"431", "The headers are too long"},
        {"500", "The service has failed"},        {"503", "There is too much to do: see Retry-After"}};
    Json all{{"200", {{"description", "The answer"}, {"content", content(route.gives)}}}};
    for (const auto& [status, description] : problems)
        all[status] = {{"description", description}, {"content", content("Failure")}};
    return all;
}

}  // namespace

Json openapi_description(const Service::Facts& facts, const ServiceLimits& limits) {
    Json paths = Json::object();
    for (const Route& route : Routes::all) {
        Json operation{{"summary", route.summary}, {"responses", responses(route)}};
        Json parameters = Json::array();
        if (route.path.find("{model}") != std::string_view::npos)
            parameters.push_back(parameter("model", "path", {{"type", "string"}, {"enum", {facts.name}}}));
        if (route.path == Routes::predict)
            parameters.push_back(parameter("top", "query",
                                           {{"type", "integer"},
                                            {"minimum", 1},
                                            {"maximum", facts.classes.size()},
                                            {"default", shown_classes}}));
        if (!parameters.empty()) operation["parameters"] = parameters;
        if (!route.takes.empty())
            operation["requestBody"] = {
                {"required", true},
                {"content", route.path == Routes::predict ? picture_content() : content(route.takes)}};
        paths[std::string(route.path)][route.method == "GET" ? "get" : "post"] = operation;
    }
    const Json schemas{{"Health", schema_of<Health>()},         {"Predictions", schema_of<Predictions>()},
                       {"Server", schema_of<ServerFacts>()},    {"Live", schema_of<Live>()},
                       {"Ready", schema_of<Ready>()},           {"Model", schema_of<ModelFacts>()},
                       {"ModelReady", schema_of<ModelReady>()}, {"InferRequest", infer_request_schema(facts)},
                       {"InferAnswer", infer_answer_schema()},  {"Failure", schema_of<Failure>()}};
    return {
        {"openapi", "3.0.3"},
        {"info",
         {{"title", "cnnlab: " + facts.name},
          {"version", program_version()},
          {"description", "Classes of images, " + std::to_string(facts.classes.size()) +
                              " in all. A request has at most " + std::to_string(limits.body) + " bytes."}}},
        {"paths", paths},
        {"components", {{"schemas", schemas}}}};
}

}  // namespace cnnlab
