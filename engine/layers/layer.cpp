#include "engine/layers/layer.hpp"

namespace cnnlab {

namespace {

/// The fields that every layer has beside its own.
struct Common {
    std::string name;
    std::vector<std::string> from;
    bool trainable = true;

    static constexpr auto fields() {
        return std::tuple{field("name", &Common::name, "what other layers call it"),
                          field("from", &Common::from, "names of its inputs; the layer before if not given"),
                          field("trainable", &Common::trainable, "whether its parameters learn")};
    }
};

}  // namespace

LayerSpec LayerSpec::from_json(const Json& json, const std::string& place) {
    LayerSpec spec;
    read_variant(json, spec.kind, place, field_names<Common>());
    if (!json.is_object()) return spec;
    Common common;
    Json part = Json::object();
    for (const auto& name : field_names<Common>())
        if (json.contains(name)) part[name] = json.at(name);
    if (part.contains("from") && part["from"].is_string()) part["from"] = Json::array({part["from"]});
    read_fields(part, common, place);
    spec.name = common.name;
    spec.from = common.from;
    spec.trainable = common.trainable;
    return spec;
}

Json LayerSpec::to_json() const {
    Json json = write_json(kind);
    if (!name.empty()) json["name"] = name;
    if (!from.empty()) json["from"] = from;
    if (!trainable) json["trainable"] = false;
    return json;
}

}  // namespace cnnlab
