#include "engine/study/study.hpp"

#include <set>

#include "engine/core/embedded.hpp"
#include "engine/core/names.hpp"
#include "engine/core/parse_json.hpp"
#include "engine/study/settings.hpp"
#include "engine/study/study_messages.hpp"

namespace cnnlab {

namespace {

/// "kernel" of "model.layers.0.kernel+model.layers.3.kernel".
std::string short_name(const std::string& path) {
    const std::string first = path.substr(0, path.find('+'));
    return first.substr(first.rfind('.') + 1);
}

/// A value as --set takes it: a text without quotes.
std::string setting_text(const Json& value) {
    return value.is_string() ? value.get<std::string>() : value.dump();
}

}  // namespace

void Study::vary(const std::string& path, const std::vector<std::string>& values) {
    if (values.empty())
        throw Error(ErrorCode::out_of_range, "vary." + path, say_study("study.no_values"),
                    say_study("study.give_values"));
    std::vector<StudyVariant> before = variants.empty() ? std::vector<StudyVariant>(1) : std::move(variants);
    variants.clear();
    for (const StudyVariant& variant : before) {
        for (const std::string& value : values) {
            StudyVariant next = variant;
            next.name += (next.name.empty() ? "" : ", ") + short_name(path) + " " + value;
            for (size_t begin = 0; begin <= path.size();) {
                const size_t end = std::min(path.find('+', begin), path.size());
                next.set.push_back(path.substr(begin, end - begin) + "=" + value);
                begin = end + 1;
            }
            variants.push_back(std::move(next));
        }
    }
}

Study Study::parse(const Json& json) {
    Study study;
    read_fields(json, study, "", {"vary"});
    std::vector<StudyVariant> listed = std::move(study.variants);
    study.variants.clear();
    if (json.contains("vary")) {
        if (!json["vary"].is_object()) wrong_type("vary", json["vary"], say_study("study.give_fields"));
        for (const auto& [path, values] : json["vary"].items()) {
            if (!values.is_array()) wrong_type("vary." + path, values, say_study("study.give_list"));
            std::vector<std::string> texts;
            for (const Json& value : values) texts.push_back(setting_text(value));
            study.vary(path, texts);
        }
    }
    study.variants.insert(study.variants.end(), listed.begin(), listed.end());
    if (study.variants.empty()) study.variants.push_back({study.experiment, "", {}});
    std::set<std::string> names;
    for (size_t i = 0; i < study.variants.size(); ++i) {
        if (!names.insert(study.variants[i].name).second)
            throw Error(ErrorCode::out_of_range, "variants[" + std::to_string(i) + "].name",
                        say_study("study.same_name", study.variants[i].name), say_study("study.name_each"));
    }
    return study;
}

Json Study::to_json() const {
    Json json = Json::object();
    write_fields(*this, json);
    return json;
}

Experiment variant_experiment(const Study& study, size_t variant) {
    const StudyVariant& mine = study.variants.at(variant);
    try {
        Json json = experiment_json(mine.experiment.empty() ? study.experiment : mine.experiment);
        apply_settings(json, study.set);
        apply_settings(json, mine.set);
        return Experiment::parse(json);
    } catch (const Error& error) {
        throw Error(error.code(), mine.name + ": " + error.place(), error.problem(), error.remedy());
    }
}

std::vector<std::string> study_names() {
    std::vector<std::string> names;
    for (const embedded::File& file : embedded::studies()) names.emplace_back(file.name);
    return names;
}

Json study_json(const std::string& name) {
    for (const embedded::File& file : embedded::studies())
        if (file.name == name) return parse_json(file.text, "engine/studies/" + name + ".json");
    throw Error(ErrorCode::unknown_name, "study", say_study("study.unknown", name),
                suggest(name, study_names()));
}

}  // namespace cnnlab
