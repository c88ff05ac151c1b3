#include "engine/study/settings.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "engine/study/study_messages.hpp"

namespace cnnlab {

namespace {

/// Values by path, and the paths in the order in which they came.
struct FlatFields {
    std::map<std::string, std::string> values;
    std::vector<std::string> paths;

    void add(const Json& json, const std::string& path) {
        if (json.is_structured() && !json.empty()) {
            for (const auto& [key, value] : json.items()) add(value, path.empty() ? key : path + "." + key);
            return;
        }
        values[path] = json.is_string() ? json.get<std::string>() : json.dump();
        paths.push_back(path);
    }
};

}  // namespace

void apply_settings(Json& json, const std::vector<std::string>& settings) {
    for (const std::string& setting : settings) {
        // A setting may go into the data set's fields; a bare name has none.
        if (json.is_object() && json.contains("dataset") && json["dataset"].is_string())
            json["dataset"] = Json{{"name", json["dataset"]}};
        const size_t equals = setting.find('=');
        if (equals == std::string::npos || equals == 0)
            throw Error(ErrorCode::wrong_type, "\"" + setting + "\"", say_study("setting.no_path"),
                        say_study("setting.write"));
        set_by_path(json, setting.substr(0, equals), setting.substr(equals + 1));
    }
}

std::vector<FieldDifference> differences(const std::vector<Json>& experiments) {
    std::vector<FlatFields> all;
    std::vector<std::string> paths;
    std::set<std::string> seen;
    for (const Json& json : experiments) {
        all.emplace_back().add(json, "");
        for (const std::string& path : all.back().paths)
            if (seen.insert(path).second) paths.push_back(path);
    }
    std::vector<FieldDifference> found;
    for (const std::string& path : paths) {
        if (path == "name" || path == "title") continue;
        FieldDifference one{path, {}};
        for (const FlatFields& fields : all) {
            const auto at = fields.values.find(path);
            one.values.push_back(at == fields.values.end() ? std::nullopt : std::optional(at->second));
        }
        if (std::any_of(one.values.begin(), one.values.end(),
                        [&](const auto& v) { return v != one.values[0]; }))
            found.push_back(std::move(one));
    }
    return found;
}

}  // namespace cnnlab
