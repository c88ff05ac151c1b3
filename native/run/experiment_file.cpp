#include "native/run/experiment_file.hpp"

#include <cstdlib>

#include "engine/data/card.hpp"
#include "native/data/download_line.hpp"
#include "native/system/file_bytes.hpp"

namespace cnnlab {

namespace {

namespace fs = std::filesystem;

bool is_file_name(const std::string& text) {
    return text.ends_with(".json") || text.find('/') != std::string::npos;
}

Json read_description(const std::string& name_or_file) {
    if (!is_file_name(name_or_file)) return experiment_json(name_or_file);
    const std::vector<uint8_t> bytes = read_file(name_or_file);
    return parse_json({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, name_or_file);
}

void apply_settings(Json& json, const std::vector<std::string>& settings) {
    // A setting may go into the data set's fields; a bare name has none.
    if (json.is_object() && json.contains("dataset") && json["dataset"].is_string())
        json["dataset"] = Json{{"name", json["dataset"]}};
    for (const std::string& setting : settings) {
        const size_t equals = setting.find('=');
        if (equals == std::string::npos || equals == 0) {
            throw Error(ErrorCode::wrong_type, "--set " + setting, "has no path and value",
                        "write --set optimizer.lr=0.01");
        }
        set_by_path(json, setting.substr(0, equals), setting.substr(equals + 1));
    }
}

/// Takes the folder with the images out of the data set's fields; empty where there is none.
fs::path take_directory(Json& json, const fs::path& base) {
    if (!json.is_object() || !json.contains("dataset") || !json["dataset"].is_object()) return {};
    Json& fields = json["dataset"];
    if (!fields.contains("directory")) return {};
    const Json directory = fields["directory"];
    if (!directory.is_string())
        wrong_type("dataset.directory", directory, "give the folder with the images, in quotes");
    fields.erase("directory");
    return base / directory.get<std::string>();
}

}  // namespace

Json ExperimentFile::to_json() const {
    Json json = experiment.to_json();
    if (!data.directory.empty()) json["dataset"]["directory"] = data.directory.string();
    return json;
}

ExperimentFile read_experiment(const std::string& name_or_file, const ExperimentChanges& changes) {
    const bool is_file = is_file_name(name_or_file);
    Json json = read_description(name_or_file);
    ExperimentFile file;
    try {
        apply_settings(json, changes.settings);
        const fs::path base = is_file ? fs::path(name_or_file).parent_path() : fs::path();
        fs::path directory = take_directory(json, base);
        if (!changes.directory.empty()) directory = changes.directory;
        if (!directory.empty()) file.data.directory = fs::absolute(directory).lexically_normal();
        file.experiment = Experiment::parse(json);
        (void)find_card(file.experiment.dataset.name);
    } catch (const Error& error) {
        if (!is_file) throw;
        throw Error(error.code(), name_or_file + (error.place().empty() ? "" : ": " + error.place()),
                    error.problem(), error.remedy());
    }
    return file;
}

Dataset load_images(const ExperimentFile& file) {
    const DataSpec& spec = file.experiment.dataset;
    DataOptions options = file.data;
    options.directory = data_directory(spec, options.directory);
    DownloadLine line;
    options.observer = line.observer();
    Dataset dataset = load_dataset(spec, options);
    line.finish();
    apply_data_spec(spec, dataset);
    return dataset;
}

fs::path data_directory(const DataSpec& dataset, const fs::path& wanted) {
    // A folder of one's own images is never guessed.
    const bool own = dataset.kind && std::holds_alternative<datasets::Folder>(*dataset.kind);
    if (!wanted.empty() || own) return wanted;
    const char* home = std::getenv("CNNLAB_HOME");
    for (const fs::path& folder :
         {fs::path("data"), home != nullptr ? fs::path(home) / "data" : fs::path()}) {
        std::error_code error;
        if (!folder.empty() && fs::is_directory(folder, error)) return folder;
    }
    return {};
}

}  // namespace cnnlab
