#include <memory>

#include "engine/core/parse_json.hpp"
#include "engine/drawing/svg.hpp"
#include "native/commands/commands.hpp"
#include "native/distributed/launch.hpp"
#include "native/study/study_report.hpp"
#include "native/study/trainings.hpp"
#include "native/system/file_bytes.hpp"
#include "native/system/interrupt.hpp"

namespace cnnlab {

namespace {

namespace fs = std::filesystem;

struct StudyArguments {
    std::string study, folder, data;
    std::vector<std::string> vary, settings;
    std::optional<int> seeds;
    int jobs = 1;
    BackendChoice backend;
    bool as_json = false;
};

Json read_study_file(const std::string& path) {
    const std::vector<uint8_t> bytes = read_file(path, size_t{4} << 20U);
    return parse_json({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, path);
}

bool is_json_file(const std::string& text) {
    return text.ends_with(".json") || text.find('/') != std::string::npos;
}

/// "3,5" or "[3,5],[5,7]": parts between commas that stand in no bracket and no quotes.
std::vector<std::string> values_in(const std::string& text) {
    std::vector<std::string> values(1);
    int depth = 0;
    bool quoted = false;
    for (const char c : text) {
        if (c == '"') quoted = !quoted;
        if (!quoted && (c == '[' || c == '{')) ++depth;
        if (!quoted && (c == ']' || c == '}')) --depth;
        if (c == ',' && depth == 0 && !quoted)
            values.emplace_back();
        else
            values.back() += c;
    }
    return values;
}

/// "model.layers.0.kernel" of "model.layers[0].kernel=3".
std::string path_of(const std::string& setting) {
    std::string path;
    for (const char c : setting.substr(0, setting.find('=')))
        if (c != ']') path += c == '[' ? '.' : c;
    return path;
}

/// A --set of what the variants set themselves would change nothing.
void refuse_settings_of_variants(const Study& study, const std::vector<std::string>& settings) {
    for (const std::string& mine : settings)
        for (const StudyVariant& variant : study.variants)
            for (const std::string& one : variant.set)
                if (path_of(one) == path_of(mine))
                    throw Error(ErrorCode::out_of_range, "--set " + mine,
                                "is what the variant \"" + variant.name + "\" sets itself",
                                "leave one of them out");
}

/// A file with "variants" or "vary", a study of the program, or an experiment that --vary makes a study of.
Study read_study(const StudyArguments& options) {
    Study study;
    const auto known = study_names();
    const bool built_in = std::find(known.begin(), known.end(), options.study) != known.end();
    note_namesake(options.study, options.study + ".json", options.vary.empty() ? known : experiment_names());
    Json json;
    if (is_json_file(options.study)) json = read_study_file(options.study);
    const fs::path beside = is_json_file(options.study) ? fs::path(options.study).parent_path() : fs::path();
    if (built_in) json = study_json(options.study);
    if (json.is_object() && json.contains("experiment")) {
        study = Study::parse(json);
        // A study's files lie beside it.
        const auto found = [&](std::string& experiment) {
            if (is_json_file(experiment)) experiment = (beside / experiment).string();
        };
        found(study.experiment);
        for (StudyVariant& variant : study.variants) found(variant.experiment);
    } else if (options.vary.empty()) {
        if (is_json_file(options.study))
            throw Error(ErrorCode::wrong_type, options.study, "is no study: it names no experiment",
                        "give one with an experiment, or an experiment with --vary FIELD=VALUE,VALUE");
        const auto experiments = experiment_names();
        if (std::find(experiments.begin(), experiments.end(), options.study) != experiments.end())
            throw Error(ErrorCode::unknown_name, "study",
                        "\"" + options.study + "\" is an experiment, not a study",
                        "vary something of it, as in --vary optimizer.lr=0.1,0.01");
        return Study::parse(study_json(options.study));
    } else {
        study = Study::parse(
            {{"name", fs::path(options.study).stem().string() + "-study"}, {"experiment", options.study}});
        study.variants.clear();
    }
    for (const std::string& text : options.vary) {
        const size_t equals = text.find('=');
        if (equals == std::string::npos || equals == 0)
            throw Error(ErrorCode::wrong_type, "--vary " + text, "has no field and values",
                        "write --vary model.layers.0.kernel=3,5,7");
        study.vary(text.substr(0, equals), values_in(text.substr(equals + 1)));
    }
    refuse_settings_of_variants(study, options.settings);
    // What is said here counts more than what the study says.
    std::erase_if(study.set, [&](const std::string& one) {
        return std::any_of(options.settings.begin(), options.settings.end(),
                           [&](const std::string& mine) { return path_of(mine) == path_of(one); });
    });
    study.set.insert(study.set.end(), options.settings.begin(), options.settings.end());
    if (options.seeds) study.seeds = *options.seeds;
    return study;
}

void run_study(const StudyArguments& options) {
    const Study study = read_study(options);
    BackendChoice backend = options.backend;
    backend.group = join_processes();
    if (backend.group && backend.group->rank() > 0) return serve_trainings(backend, options.jobs);
    Terminal terminal(options.as_json ? stderr : stdout);
    const StudyOptions how{options.folder, options.data, backend, options.jobs};
    const fs::path folder = study_folder(study, options.folder);
    const bool done = train_study(study, how, terminal);
    if (!done) {
        terminal.print("stopped; the same command goes on, and what is trained is kept in " +
                       folder.string());
        throw ExitWith{128 + InterruptWatch::signal()};
    }
    const std::vector<StudyRun> runs = read_study_runs(study, folder);
    const std::vector<VariantResult> results = study_results(study, records_of(runs));
    write_file(folder / "study.csv", study_csv(study, records_of(runs)));
    write_file(folder / "study.svg", study_svg(study, runs));
    write_file(folder / "report.html", study_html(study, runs));
    terminal.print("");
    terminal.print(study_text(results));
    for (const char* name : {"report.html", "study.csv", "study.svg"})
        terminal.print((folder / name).string());
    if (!options.as_json) return;
    Json warnings = Json::object();
    for (const StudyRun& one : runs)
        if (!one.run.warnings.empty()) warnings[study.variants[one.variant].name] = one.run.warnings;
    print_json({{"study", study.name},
                {"folder", folder.string()},
                {"variants", write_json(results)},
                {"warnings", warnings}});
}

}  // namespace

void add_study(CLI::App& app) {
    const auto o = std::make_shared<StudyArguments>();
    CLI::App* verb =
        app.add_subcommand("study", "Train variants of an experiment and compare them, seed by seed");
    verb->add_option("study", o->study, "STUDY.json, a study (`list` has them), or an experiment with --vary")
        ->type_name("")
        ->required();
    verb->add_option(
            "--vary", o->vary,
            "A variant for each value, as in --vary model.layers.0.kernel=3,5,7; several make a grid")
        ->type_name("FIELD=A,B")
        ->allow_extra_args(false);
    verb->add_option("--seeds", o->seeds, "How often each variant is trained")
        ->type_name("N")
        ->check(CLI::Range(1, 1000));
    verb->add_option("--set", o->settings, "Change a field of every variant, as in --set train.epochs=3")
        ->type_name("PATH=VALUE")
        ->allow_extra_args(false);
    verb->add_option("--jobs", o->jobs, "Trainings side by side")->type_name("N")->check(CLI::Range(1, 256));
    verb->add_option("--data", o->data, "Folder or file with the images")->type_name("PATH");
    verb->add_option("--out", o->folder, "Folder of the study (runs/NAME)")->type_name("DIR");
    add_backend_options(*verb, o->backend);
    verb->add_flag("--json", o->as_json,
                   "End with one line of JSON on stdout; everything else goes to stderr");
    verb->callback([o] { run_study(*o); });
}

}  // namespace cnnlab
