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

/// Takes the folder out of the data set's fields and fills in the defaults of the others.
void resolve_data(ExperimentFile& file, const fs::path& base, const fs::path& wanted) {
    DataSpec& spec = file.experiment.dataset;
    if (spec.options.contains("directory")) {
        const Json& directory = spec.options["directory"];
        if (!directory.is_string())
            wrong_type("dataset.directory", directory, "give the folder with the images, in quotes");
        file.data.directory = fs::absolute(base / directory.get<std::string>()).lexically_normal();
        spec.options.erase("directory");
    }
    if (!wanted.empty()) file.data.directory = fs::absolute(wanted).lexically_normal();
    read_data_fields(spec.name, spec.options, file.data, "dataset");
    const std::string& format = find_card(spec.name).format;
    if (format == "lines") spec.options = write_json(file.data.lines);
    if (format == "folder") spec.options = write_json(file.data.folder);
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
        file.experiment = Experiment::parse(json);
        resolve_data(file, is_file ? fs::path(name_or_file).parent_path() : fs::path(), changes.directory);
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
    options.directory = data_directory(spec.name, options.directory);
    DownloadLine line;
    options.observer = line.observer();
    Dataset dataset = load_dataset(spec.name, options);
    line.finish();
    apply_data_spec(spec, dataset);
    return dataset;
}

DatasetCard card_without_images(const ExperimentFile& file) {
    DataSpec spec = file.experiment.dataset;
    Dataset dataset;
    dataset.card = find_card(spec.name);
    if (dataset.card.format == "lines") dataset = load_dataset(spec.name, file.data);
    if (dataset.card.format == "folder") {
        const FolderSpec& folder = file.data.folder;
        dataset.card.image = ImageShape(folder.size.height, folder.size.width, folder.grey ? 1 : 3);
        dataset.card.mean.resize(static_cast<size_t>(dataset.card.image.channels));
        dataset.card.stddev.resize(static_cast<size_t>(dataset.card.image.channels));
    }
    apply_data_spec(spec, dataset);
    return dataset.card;
}

fs::path data_directory(const std::string& dataset, const fs::path& wanted) {
    // A folder of one's own images is never guessed.
    if (!wanted.empty() || find_card(dataset).format == "folder") return wanted;
    const char* home = std::getenv("CNNLAB_HOME");
    for (const fs::path& folder :
         {fs::path("data"), home != nullptr ? fs::path(home) / "data" : fs::path()}) {
        std::error_code error;
        if (!folder.empty() && fs::is_directory(folder, error)) return folder;
    }
    return {};
}

}  // namespace cnnlab
