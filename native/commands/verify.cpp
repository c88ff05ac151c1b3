#include <cerrno>
#include <cstdlib>
#include <functional>
#include <memory>
#include <system_error>

#include "engine/drawing/svg.hpp"
#include "native/commands/commands.hpp"
#include "native/report/text.hpp"
#include "native/run/data_facts.hpp"
#include "native/run/memory_check.hpp"
#include "native/run/metrics_log.hpp"
#include "native/run/training_run.hpp"
#include "native/study/run_record.hpp"
#include "native/system/file_bytes.hpp"
#include "native/system/interrupt.hpp"

namespace cnnlab {

namespace {

namespace fs = std::filesystem;

struct VerifyArguments {
    std::string run, data, models;
    BackendChoice backend;
    bool as_json = false;
};

/// A folder that goes when the verification ends: with the temporary files, as a run may lie where nothing can be
/// written.
class ReplayFolder {
  public:
    ReplayFolder() {
        std::error_code error;
        fs::path place = fs::temp_directory_path(error);
        if (error) place = "/tmp";
        std::string path = (place / "cnnlab-verify-XXXXXX").string();
        if (::mkdtemp(path.data()) == nullptr)
            throw Error(ErrorCode::io, place.string(),
                        "the replay's folder cannot be made: " + std::generic_category().message(errno),
                        elsewhere);
        path_ = path;
    }
    ~ReplayFolder() {
        std::error_code ignored;
        fs::remove_all(path_, ignored);
    }
    ReplayFolder(const ReplayFolder&) = delete;
    ReplayFolder& operator=(const ReplayFolder&) = delete;
    [[nodiscard]] const fs::path& path() const { return path_; }

    static constexpr const char* elsewhere = "set TMPDIR to a folder on a disk with room";

  private:
    fs::path path_;
};

/// The lines of metrics.jsonl that a replay has to give again: without times, and of one session.
std::vector<Json> claims_of(const fs::path& path) {
    std::vector<Json> claims;
    for (Json& line : read_metrics(path)) {
        const std::string event = line["event"].get<std::string>();
        if (event == "train_begin" || event == "train_end" || event == "epoch_begin") continue;
        line.erase("seconds");
        claims.push_back(std::move(line));
    }
    return claims;
}

struct Verification {
    bool same = false;
    std::string difference;  ///< the first one
    int64_t claims = 0;
};

/// Why a value may differ although nobody has made it up.
std::string likely_reason(const std::string& key, const RunHistory& claimed, const std::string& backend) {
    if (key == "learning_rate")
        return "; a rate or a length that was changed on the way (--resume with --set or --epochs) cannot be "
               "replayed";
    if (!claimed.backend.empty() && claimed.backend != backend)
        return "; the run was trained on " + claimed.backend + " and the replay on " + backend +
               ", which round differently";
    return "";
}

Verification compare_claims(const std::vector<Json>& claimed, const std::vector<Json>& found, bool same_model,
                            const std::function<std::string(const std::string&)>& reason) {
    Verification result;
    result.claims = static_cast<int64_t>(claimed.size());
    for (size_t i = 0; i < claimed.size(); ++i) {
        if (i >= found.size()) {
            result.difference = "the replay ends before " + claimed[i].dump();
            return result;
        }
        for (const auto& [key, value] : claimed[i].items()) {
            if (found[i].contains(key) && found[i][key] == value) continue;
            result.difference = claimed[i].value("event", "") + " " + std::to_string(i) + ": " + key +
                                " is claimed as " + value.dump().substr(0, 60) + ", the replay gives " +
                                (found[i].contains(key) ? found[i][key].dump().substr(0, 60) : "nothing") +
                                reason(key);
            return result;
        }
    }
    if (found.size() > claimed.size()) {
        result.difference = "metrics.jsonl lacks the last " + std::to_string(found.size() - claimed.size()) +
                            " events that the replay gives";
        return result;
    }
    if (!same_model) {
        result.difference = "model.safetensors has other weights than the replay" + reason("");
        return result;
    }
    result.same = true;
    return result;
}

/// Trains the run again. False if a signal has stopped it.
bool replay_run(TrainingRun& run, const RunHistory& claimed, const Dataset& images, Terminal& terminal) {
    try {
        run.start();
        if (claimed.images.is_object() && claimed.images != run.facts()["images"])
            throw Error(ErrorCode::missing_data, images.origin,
                        "has other images than the run was trained on",
                        "name the folder with the same images with --data PATH");
        for (const std::string& line : data_lines(images)) terminal.print(line);
        for (const Concern& concern : run.concerns())
            terminal.print(terminal.bold("warning") + ": " + english(concern));
        return run.train();
    } catch (const Error& error) {
        if (error.code() != ErrorCode::io) throw;
        throw Error(error.code(), error.place(), error.problem(), ReplayFolder::elsewhere);
    }
}

void verify(const VerifyArguments& options) {
    const RunFolder folder = RunFolder::open(options.run);
    const std::vector<Json> claimed = claims_of(folder.metrics());
    const RunHistory history = read_run(folder);
    if (!history.record.finished)
        throw Error(ErrorCode::missing_data, folder.path().string(), "is not trained to its end",
                    "go on with `" + command_name() + " train --resume " +
                        shell_word(folder.path().string()) + "` first");
    const ReplayFolder replay;
    Terminal terminal(options.as_json ? stderr : stdout);
    ExperimentFile file = read_experiment(folder.experiment().string(), {{}, options.data, options.models});
    const auto backend = make_backend(options.backend);
    const Dataset images = load_images(file, {.classes = folder.classes(), .run = nullptr});
    check_training_memory(file.experiment, images, options.backend);
    TrainingRun run(std::move(file), images, *backend, terminal,
                    [&] { return RunFolder::create("verify", replay.path()); });
    if (!replay_run(run, history, images, terminal)) {
        terminal.print("stopped: nothing is said of " + folder.path().string());
        throw ExitWith{128 + InterruptWatch::signal()};
    }
    const bool same_model = read_file(folder.model()) == read_file(run.folder().model());
    const Verification result =
        compare_claims(claimed, claims_of(run.folder().metrics()), same_model, [&](const std::string& key) {
            return likely_reason(key, history, run.facts()["backend"].get<std::string>());
        });
    const RunSummary summary = run.summary();
    if (options.as_json) {
        print_json({{"run", folder.path().string()},
                    {"same", result.same},
                    {"claims", result.claims},
                    {"difference", result.difference},
                    {"test_accuracy", summary.test_accuracy ? Json(*summary.test_accuracy) : Json()}});
    } else {
        terminal.print(result.same ? "verified: " + grouped_number(result.claims) +
                                         " events and the model come out, bit for bit"
                                   : "not verified: " + result.difference);
        if (summary.test_accuracy) terminal.print("test accuracy " + percent_text(*summary.test_accuracy));
    }
    if (!result.same) throw ExitWith{1};
}

}  // namespace

void add_verify(CLI::App& app) {
    const auto options = std::make_shared<VerifyArguments>();
    CLI::App* verb = app.add_subcommand(
        "verify", "Train a run's experiment again and say whether its figures come out, bit for bit");
    verb->add_option("run", options->run, "Folder of the run, or its name in runs/")
        ->type_name("")
        ->required();
    verb->add_option("--data", options->data, "Folder or file with the images, where they have moved")
        ->type_name("PATH");
    add_models_option(*verb, options->models);
    add_backend_options(*verb, options->backend);
    verb->add_flag("--json", options->as_json, "One line of JSON");
    verb->callback([options] { verify(*options); });
}

}  // namespace cnnlab
