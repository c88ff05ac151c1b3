#include "engine/model/experiment.hpp"

#include <algorithm>
#include <cctype>

#include "engine/core/messages.hpp"
#include "engine/core/transfer_messages.hpp"
#include "engine/core/utf8.hpp"

namespace cnnlab {

Experiment Experiment::parse(const Json& json, const std::string& place) {
    Experiment experiment;
    const auto part = [](const Json* object, const char* name) {
        const bool has = object != nullptr && object->is_object() && object->contains(name);
        return has ? &object->at(name) : nullptr;
    };
    const Json* layers = part(part(&json, "model"), "layers");
    // before memory is taken for each
    if (layers != nullptr && layers->is_array() && layers->size() > ModelSpec::most_layers)
        throw Error(ErrorCode::out_of_range, place.empty() ? "model.layers" : place + ".model.layers",
                    say("experiment.layers", layers->size()),
                    say("experiment.fewer_layers", ModelSpec::most_layers));
    read_json(json, experiment, place);
    const int given = experiment.base ? experiment.base->layers : 0;
    if (experiment.model.layers.empty() && (!experiment.base || given > 0))
        throw Error(ErrorCode::out_of_range, place.empty() ? "model.layers" : place + ".model.layers",
                    say("value.is_empty"), say("experiment.add_a_layer"));
    if (static_cast<size_t>(given) > experiment.model.layers.size())
        throw Error(ErrorCode::out_of_range, place.empty() ? "base.layers" : place + ".base.layers",
                    say_transfer("transfer.layers", given), say_transfer("transfer.fewer_layers"));
    return experiment;
}

Json Experiment::to_json() const {
    Json json = Json::object();
    write_fields(*this, json);
    return json;
}

std::vector<std::string> experiment_names() {
    std::vector<std::string> names;
    for (const auto& file : embedded::experiments()) names.emplace_back(file.name);
    std::sort(names.begin(), names.end());
    return names;
}

std::vector<ExperimentInfo> experiment_infos() {
    std::vector<ExperimentInfo> infos;
    for (const std::string& name : experiment_names()) {
        const Experiment e = Experiment::parse(experiment_json(name), name);
        infos.push_back({name, e.title, e.dataset.name});
    }
    return infos;
}

Json experiment_json(const std::string& name) {
    for (const auto& file : embedded::experiments())
        if (file.name == name) return parse_json(file.text, name);
    throw Error(ErrorCode::unknown_name, "experiment", say("name.unknown", name),
                suggest(name, experiment_names()));
}

void set_by_path(Json& json, const std::string& path, const std::string& text) {
    Json* at = &json;
    size_t i = 0;
    const auto bad = [&](Message why) {
        return Error(ErrorCode::unknown_name, path, std::move(why), say("path.write"));
    };
    while (i < path.size()) {
        // A list's item as in [3], or as another name between points.
        const bool in_brackets = path[i] == '[';
        const size_t begin = i + (in_brackets ? 1 : 0);
        const size_t end =
            in_brackets ? path.find(']', i) : std::min(path.find_first_of(".[", i), path.size());
        const std::string name = end == std::string::npos ? "" : path.substr(begin, end - begin);
        if (in_brackets || at->is_array()) {
            const bool is_index =
                !name.empty() && name.size() <= 6 &&
                std::all_of(name.begin(), name.end(), [](unsigned char c) { return std::isdigit(c) != 0; });
            if (!is_index) throw bad(say("path.no_index"));
            const size_t index = std::stoul(name);
            if (!at->is_array() || index >= at->size())
                throw Error(ErrorCode::out_of_range, path,
                            say("path.past_list", at->is_array() ? at->size() : 0), say("path.count_from_0"));
            at = &(*at)[index];
        } else {
            if (name.empty()) throw bad(say("path.empty_name"));
            if (at->is_null()) *at = Json::object();
            if (at->is_string()) *at = Json{{"type", *at}};  // "optimizer": "adam" gains fields
            if (!at->is_object()) throw bad(say("path.no_fields"));
            at = &(*at)[name];
        }
        i = end + (in_brackets ? 1 : 0);
        if (i < path.size() && path[i] == '.') ++i;
    }
    if (at == &json) throw bad(say("value.is_empty"));
    if (!is_utf8(path) || !is_utf8(text))
        throw Error(ErrorCode::wrong_type, to_utf8(path), say("path.not_utf8"), say("path.use_utf8"));
    Json value = Json::parse(text, nullptr, false);
    if (value.is_discarded()) value = parse_number(text);
    *at = value.is_null() && text != "null" ? Json(text) : value;
}

}  // namespace cnnlab
