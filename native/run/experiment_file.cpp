#include "native/run/experiment_file.hpp"

#include <algorithm>
#include <cstdlib>
#include <map>

#include "engine/core/utf8.hpp"
#include "engine/data/card.hpp"
#include "engine/data/file_kind.hpp"
#include "engine/data/folder_names.hpp"
#include "engine/data/label_noise.hpp"
#include "engine/data/look_messages.hpp"
#include "engine/data/own_card.hpp"
#include "engine/study/settings.hpp"
#include "native/data/download_line.hpp"
#include "native/report/terminal.hpp"
#include "native/report/text.hpp"
#include "native/run/data_facts.hpp"
#include "native/run/json_hint.hpp"
#include "native/run/run_folder.hpp"
#include "native/system/file_bytes.hpp"

namespace cnnlab {

namespace {

namespace fs = std::filesystem;

constexpr size_t largest_description = size_t{4} << 20U;

bool is_file_name(const std::string& text) {
    return text.ends_with(".json") || text.find('/') != std::string::npos;
}

/// What to do with a person's own images in place of an experiment.
std::string instead_of_images(const std::string& path) {
    return "give NAME or FILE.json; for images of your own `" + command_name() + " data " + shell_word(path) +
           "` prints the command that trains on them";
}

/// A run, or a folder of whatever, in place of an experiment.
[[noreturn]] void refuse_folder(const fs::path& folder) {
    const std::string run = shell_word(folder.lexically_normal().string());
    if (holds_a_run(folder))
        throw Error(ErrorCode::unsupported, folder.string(), "is a run",
                    "go on with it with `" + command_name() + " train --resume " + run +
                        "`; its experiment is " + shell_word((folder / "experiment.json").string()));
    throw Error(ErrorCode::unsupported, folder.string(), "is a folder, not an experiment",
                instead_of_images(folder.lexically_normal().string()));
}

/// A table or arrays in place of a description, by the name: they may be too large to be looked into.
void refuse_images(const std::string& name) {
    const std::string suffix = suffix_of(name);
    const bool is_table = suffix == "CSV" || suffix == "TSV";
    if (is_table || suffix == "NPY" || suffix == "MAT")
        throw Error(ErrorCode::unsupported, name,
                    is_table ? "is a table, not an experiment" : "holds arrays, not an experiment",
                    instead_of_images(name));
}

/// A file of another kind in place of a description.
void refuse_other_file(FileKind kind, const std::string& name) {
    const auto fail = [&](const std::string& is, const std::string& remedy) {
        throw Error(ErrorCode::unsupported, name, is + ", not an experiment", remedy);
    };
    if (kind == FileKind::empty) fail("is empty", "give NAME or FILE.json");
    if (kind == FileKind::picture)
        fail("is a picture", "give NAME or FILE.json, and images of your own with --data");
    if (is_packed(kind)) fail("is an archive or a packed file", instead_of_images(name));
    if (kind == FileKind::safetensors)
        fail("is weights", "try them with `" + command_name() + " predict " + shell_word(name) +
                               " IMAGE`, or name them in an experiment: \"base\": {\"file\": \"" + name +
                               "\"}");
}

/// Two values for one field: only one of them can be what a person means.
void refuse_contradictions(const std::vector<std::string>& settings) {
    std::map<std::string, std::string> given;
    for (const std::string& setting : settings) {
        const size_t equals = setting.find('=');
        const std::string path = setting.substr(0, equals), value = setting.substr(equals + 1);
        const auto [before, is_new] = given.emplace(path, value);
        if (!is_new && before->second != value)
            throw Error(ErrorCode::wrong_type, path,
                        "is given twice, as " + before->second + " and as " + value, "give it once");
        // "dataset=folder" only names what the fields are of
        const auto is_whole = [](const std::string& text) {
            return text.starts_with('{') || text.starts_with('[');
        };
        for (const auto& [other, theirs] : given)
            if ((other.starts_with(path + ".") && is_whole(value)) ||
                (path.starts_with(other + ".") && is_whole(theirs)))
                throw Error(ErrorCode::wrong_type, std::max(other, path),
                            "is given, and so is " + std::min(other, path) + ", which it is a part of",
                            "give one of them");
    }
}

/// A folder of weights that is not there, or that nothing needs.
void check_models(const fs::path& models, const Experiment& experiment) {
    std::error_code error;
    if (models.empty()) return;
    const std::string place = "--models " + shell_word(models.string());
    const bool is_named = experiment.base && is_known_network(experiment.base->file);
    const std::string weights =
        is_named ? network_card(experiment.base->file).file : "the weights of pretrained networks";
    if (!fs::is_directory(models, error))
        throw Error(ErrorCode::missing_data, place, "is no folder", "name the folder with " + weights);
    if (!experiment.base)
        throw Error(ErrorCode::unsupported, place,
                    "is of no use: " + experiment.name + " begins with no trained network", "leave it out");
}

Json read_description(const std::string& name_or_file) {
    std::error_code error;
    const fs::path path = name_or_file;
    if (!is_file_name(name_or_file)) {
        const auto known = experiment_names();
        const bool is_known = std::find(known.begin(), known.end(), name_or_file) != known.end();
        for (const fs::path& folder : {path, "runs" / path})
            if (!is_known && fs::is_directory(folder, error)) refuse_folder(folder);
        if (!is_known && fs::is_regular_file(path, error)) {
            refuse_images(name_or_file);
            refuse_other_file(file_kind(read_start(path, 512)), name_or_file);
            throw Error(ErrorCode::unknown_name, "experiment",
                        "\"" + name_or_file + "\" is no experiment's name, but a file",
                        "give a file's name that ends in .json, or write ./" + name_or_file);
        }
        return experiment_json(name_or_file);
    }
    if (fs::is_directory(path, error)) refuse_folder(path);
    if (fs::path folder = path.parent_path();
        path.extension() == ".safetensors" || path.extension() == ".jsonl") {
        if (folder.empty()) folder = ".";
        if (holds_a_run(folder)) refuse_folder(folder);
    }
    refuse_images(name_or_file);
    // What a person names may be a pipe; what lies in a run's folder is a file.
    const bool is_of_a_run = path.filename() == "experiment.json";
    const std::vector<uint8_t> bytes =
        is_of_a_run ? read_file(path, largest_description) : read_stream(path, largest_description);
    refuse_other_file(file_kind(bytes), name_or_file);
    const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    try {
        return parse_json(text, name_or_file);
    } catch (const Error& reason) {
        const std::string hint = json_hint(text);
        if (hint.empty() || !reason.problem().english().starts_with("is not JSON")) throw;
        const size_t remedy = hint.find("; ");
        throw Error(reason.code(), reason.place(), "is not JSON: " + hint.substr(0, remedy),
                    hint.substr(remedy + 2));
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
    const auto name = directory.get<std::string>();
    if (name.empty() || name.find('\0') != std::string::npos)
        wrong_type("dataset.directory", directory, "give the folder with the images, in quotes");
    return base / name;
}

/// Layers of a base that are not there yet. A path is kept as an absolute one, as that of the images is.
void put_base(ExperimentFile& file) {
    std::optional<BaseSpec>& spec = file.experiment.base;
    if (!spec || spec->layers > 0) return;
    if (is_known_network(spec->file)) {  // its weights are not needed yet
        if (spec->sha256.empty()) spec->sha256 = network_card(spec->file).sha256;
        file.experiment = with_known_base(std::move(file.experiment));
        return;
    }
    auto base = std::make_shared<BaseFile>(read_base_file(*spec, file.base_places));
    spec->sha256 = base->sha256;
    spec->file = base->path.string();
    file.experiment = with_base(std::move(file.experiment), base->network);
    file.base = std::move(base);
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
        for (const std::string& setting : changes.settings)
            if (const size_t equals = setting.find('='); equals == std::string::npos || equals == 0)
                throw Error(ErrorCode::wrong_type, "--set " + setting, "has no path and value",
                            "write --set optimizer.lr=0.01");
        refuse_contradictions(changes.settings);
        apply_settings(json, changes.settings);
        for (const std::string& setting : changes.settings)
            if (setting.starts_with("dataset.directory=") && !changes.directory.empty())
                throw Error(ErrorCode::wrong_type, "--data " + changes.directory.string(),
                            "is given, and so is --set " + setting, "give one of them");
        const fs::path base = is_file ? fs::path(name_or_file).parent_path() : fs::path();
        fs::path directory = take_directory(json, base);
        if (!changes.directory.empty()) directory = changes.directory;
        if (!directory.empty()) file.data.directory = fs::absolute(directory).lexically_normal();
        if (!is_utf8(file.data.directory.string()))
            throw Error(ErrorCode::unsupported, to_utf8(file.data.directory.string()),
                        "is no UTF-8, in which a run keeps the path of its images",
                        "rename the folder, or name a link to it: ln -s FOLDER images; --data images");
        file.experiment = Experiment::parse(json);
        file.base_places = {base, changes.models};
        check_models(changes.models, file.experiment);
        put_base(file);
        (void)find_card(file.experiment.dataset.name);
    } catch (const Error& error) {
        if (!is_file) throw;
        throw Error(error.code(), name_or_file + (error.place().empty() ? "" : ": " + error.place()),
                    error.problem(), error.remedy());
    }
    return file;
}

ExperimentFile experiment_of_model(Experiment experiment, const fs::path& directory) {
    ExperimentFile file;
    file.experiment = std::move(experiment);
    if (!directory.empty()) file.data.directory = fs::absolute(directory).lexically_normal();
    return file;
}

namespace {

/// Says what the spec has changed in the training images, so that nobody takes it for the data's own.
void note_changes(const DataSpec& spec, Dataset& dataset) {
    const int64_t total = dataset.train.count();
    if (total == 0) return;
    std::vector<Message>& notes = dataset.report.notes;
    if (spec.imbalance < 1) {
        const std::vector<int64_t> counts = class_counts(dataset.train, dataset.card.classes.size());
        const auto [fewest, most] = std::minmax_element(counts.begin(), counts.end());
        notes.push_back(say_look("look.imbalance", *most, *fewest));
    }
    if (spec.label_noise > 0)
        notes.push_back(say_look("look.noise", noisy_labels(total, spec.label_noise), total));
}

}  // namespace

Dataset load_images(const ExperimentFile& file, const ImageNeeds& needs) {
    const DataSpec& spec = file.experiment.dataset;
    DataOptions options = file.data;
    options.usual = usual_directory(spec);
    options.only_test = needs.run != nullptr;
    options.run = needs.run;
    options.tests_alone = needs.tests_alone;
    DownloadLine line;
    options.observer = line.observer();
    Dataset dataset = load_dataset(spec, options);
    line.finish();
    for (std::string& name : dataset.card.classes) name = to_utf8(name);
    const std::vector<std::string>& classes = needs.run != nullptr ? needs.run->classes : needs.classes;
    if (!classes.empty()) adopt_classes(dataset, classes);
    apply_data_spec(spec, dataset);
    note_changes(spec, dataset);
    return dataset;
}

fs::path usual_directory(const DataSpec& dataset) {
    // A folder of one's own images is never guessed.
    if (dataset.kind && std::holds_alternative<datasets::Folder>(*dataset.kind)) return {};
    const char* home = std::getenv("CNNLAB_HOME");
    for (const fs::path& folder :
         {fs::path("data"), home != nullptr ? fs::path(home) / "data" : fs::path()}) {
        std::error_code error;
        if (!folder.empty() && fs::is_directory(folder, error)) return folder;
    }
    return {};
}

}  // namespace cnnlab
