#include <unistd.h>

#include <memory>

#include "native/commands/commands.hpp"
#include "native/report/svg.hpp"
#include "native/report/text.hpp"
#include "native/run/metrics_log.hpp"
#include "native/run/training_run.hpp"
#include "native/study/run_record.hpp"
#include "native/system/file_bytes.hpp"
#include "native/system/interrupt.hpp"

namespace cnnlab {

namespace {

namespace fs = std::filesystem;

struct VerifyArguments {
    std::string run, data;
    BackendChoice backend;
    bool as_json = false;
};

/// A folder beside the run that goes when the verification ends. Nobody else's has its name.
class ReplayFolder {
  public:
    explicit ReplayFolder(const RunFolder& run)
        : path_(run.path().string() + ".verify-" + std::to_string(::getpid())) {
        if (fs::exists(path_))
            throw Error(ErrorCode::io, path_.string(), "is there already", "move it away and verify again");
    }
    ~ReplayFolder() {
        std::error_code ignored;
        fs::remove_all(path_, ignored);
    }
    ReplayFolder(const ReplayFolder&) = delete;
    ReplayFolder& operator=(const ReplayFolder&) = delete;
    [[nodiscard]] const fs::path& path() const { return path_; }

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

Verification compare_claims(const std::vector<Json>& claimed, const std::vector<Json>& found,
                            bool same_model) {
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
                                (found[i].contains(key) ? found[i][key].dump().substr(0, 60) : "nothing");
            return result;
        }
    }
    if (!same_model) {
        result.difference = "model.safetensors has other weights than the replay";
        return result;
    }
    result.same = true;
    return result;
}

void verify(const VerifyArguments& options) {
    const RunFolder folder = RunFolder::open(options.run);
    const std::vector<Json> claimed = claims_of(folder.metrics());
    if (!read_run(folder).record.finished)
        throw Error(ErrorCode::missing_data, folder.path().string(), "is not trained to its end",
                    "go on with `" + command_name() + " train --resume " +
                        shell_word(folder.path().string()) + "` first");
    const ReplayFolder replay(folder);
    Terminal terminal(options.as_json ? stderr : stdout);
    ExperimentFile file = read_experiment(folder.experiment().string(), {{}, options.data});
    const auto backend = make_backend(options.backend);
    const Dataset images = load_images(file);
    TrainingRun run(std::move(file), images, *backend, terminal,
                    [&] { return RunFolder::create("verify", replay.path()); });
    run.start();
    if (!run.train()) throw ExitWith{128 + InterruptWatch::signal()};
    const bool same_model = read_file(folder.model()) == read_file(run.folder().model());
    const Verification result = compare_claims(claimed, claims_of(run.folder().metrics()), same_model);
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
    add_backend_options(*verb, options->backend);
    verb->add_flag("--json", options->as_json, "One line of JSON");
    verb->callback([options] { verify(*options); });
}

}  // namespace cnnlab
