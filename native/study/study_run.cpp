#include "native/study/study_run.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <map>
#include <thread>

#include "engine/model/description.hpp"
#include "native/report/text.hpp"
#include "native/run/experiment_file.hpp"
#include "native/system/file_bytes.hpp"
#include "native/system/interrupt.hpp"

extern char** environ;

namespace cnnlab {

namespace {

namespace fs = std::filesystem;

fs::path run_path(const Study& study, const fs::path& folder, size_t variant, int seed) {
    return folder / folder_name(study.variants[variant].name) / ("seed-" + std::to_string(seed));
}

/// A variant's experiment with all its defaults.
ExperimentFile variant_experiment(const Study& study, size_t variant, const fs::path& data) {
    const StudyVariant& mine = study.variants[variant];
    ExperimentChanges changes{study.set, data};
    changes.settings.insert(changes.settings.end(), mine.set.begin(), mine.set.end());
    try {
        ExperimentFile file =
            read_experiment(mine.experiment.empty() ? study.experiment : mine.experiment, changes);
        // A network that does not fit is found before anything is trained. Own images
        // tell their classes only when read.
        const DatasetCard card = card_of(file.experiment.dataset);
        if (!card.classes.empty()) (void)describe(file.experiment, card);
        return file;
    } catch (const Error& error) {
        throw Error(error.code(), "variant \"" + mine.name + "\": " + error.place(), error.problem(),
                    error.remedy());
    }
}

bool is_finished(const fs::path& path) {
    if (!fs::exists(path / "checkpoint.safetensors") || !fs::exists(path / "metrics.jsonl")) return false;
    return read_run(RunFolder::open(path.string())).record.finished;
}

/// What a training said last, for the message when it failed.
std::string last_words(const fs::path& log) {
    const FileEnd end = read_end(log, 600);
    std::string text(end.bytes.begin(), end.bytes.end());
    while (!text.empty() && text.back() == '\n') text.pop_back();
    const size_t line = text.find_last_of("\n\r");
    return line == std::string::npos ? text : text.substr(line + 1);
}

/// Trainings under way, each a process of this program.
class Trainings {
  public:
    explicit Trainings(const StudyOptions& options) : options_(&options) {}
    ~Trainings() {
        interrupt(SIGTERM);
        while (!running_.empty()) (void)collect(true);
    }
    Trainings(const Trainings&) = delete;
    Trainings& operator=(const Trainings&) = delete;

    [[nodiscard]] size_t count() const { return running_.size(); }

    void start(const fs::path& experiment, const fs::path& run, int seed) {
        std::vector<std::string> words{command_name(), "train"};
        if (fs::exists(run / "checkpoint.safetensors")) {
            words.insert(words.end(), {"--resume", run.string()});
        } else {
            words.insert(words.end(),
                         {experiment.string(), "--run", run.string(), "--seed", std::to_string(seed)});
        }
        const BackendChoice& backend = options_->backend;
        words.insert(words.end(), {"--device", backend.device});
        const int threads =
            backend.threads > 0 ? backend.threads : std::max(1, thread_count(backend) / options_->jobs);
        words.insert(words.end(), {"--threads", std::to_string(threads)});
        if (!backend.arch.empty()) words.insert(words.end(), {"--arch", backend.arch});
        if (!backend.precision.empty()) words.insert(words.end(), {"--precision", backend.precision});
        std::vector<char*> arguments;
        for (std::string& word : words) arguments.push_back(word.data());
        arguments.push_back(nullptr);

        fs::create_directories(run.parent_path());
        const fs::path log = run.string() + ".log";
        posix_spawn_file_actions_t actions;
        posix_spawn_file_actions_init(&actions);
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
        posix_spawn_file_actions_addopen(&actions, 1, log.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0666);
        posix_spawn_file_actions_adddup2(&actions, 1, 2);
        pid_t process = -1;
        const int error =
            posix_spawn(&process, "/proc/self/exe", &actions, nullptr, arguments.data(), environ);
        posix_spawn_file_actions_destroy(&actions);
        if (error != 0)
            throw Error(ErrorCode::io, run.string(),
                        "cannot be trained: " + std::generic_category().message(error),
                        "close other programs, or use fewer --jobs");
        running_[process] = {run, log};
    }

    /// A training that has ended; nothing if none has, or, with `wait`, once one has.
    struct Ended {
        fs::path run, log;
        bool succeeded = false;
    };
    std::optional<Ended> collect(bool wait) {
        for (auto& [process, training] : running_) {
            int status = 0;
            if (waitpid(process, &status, wait ? 0 : WNOHANG) != process) continue;
            Ended ended{training.run, training.log, WIFEXITED(status) && WEXITSTATUS(status) == 0};
            running_.erase(process);
            return ended;
        }
        return std::nullopt;
    }

    void interrupt(int signal) {
        for (const auto& [process, training] : running_) ::kill(process, signal);
    }

  private:
    struct Training {
        fs::path run, log;
    };
    const StudyOptions* options_;
    std::map<pid_t, Training> running_;
};

void write_plan(const Study& study, const fs::path& folder) {
    const fs::path path = folder / "study.json";
    const std::string text = study.to_json().dump(2) + "\n";
    if (fs::exists(path)) {
        const std::vector<uint8_t> before = read_file(path);
        if (std::string(before.begin(), before.end()) != text)
            throw Error(ErrorCode::out_of_range, path.string(), "is another study than this one",
                        "name another folder with --out DIR, or remove this one");
        return;
    }
    write_file(path, text);
}

}  // namespace

fs::path study_folder(const Study& study, const fs::path& wanted) {
    return wanted.empty() ? fs::path("runs") / folder_name(study.name) : wanted;
}

bool train_study(const Study& study, const StudyOptions& options, Terminal& terminal) {
    const fs::path folder = study_folder(study, options.folder);
    std::vector<ExperimentFile> experiments;
    for (size_t v = 0; v < study.variants.size(); ++v)
        experiments.push_back(variant_experiment(study, v, options.data));
    write_plan(study, folder);

    struct Wanted {
        size_t variant;
        int seed;
    };
    std::vector<Wanted> wanted;
    // Seed by seed, so that all variants can be compared early.
    for (int seed = 1; seed <= study.seeds; ++seed)
        for (size_t v = 0; v < study.variants.size(); ++v)
            if (!is_finished(run_path(study, folder, v, seed))) wanted.push_back({v, seed});
    const size_t all = study.variants.size() * static_cast<size_t>(study.seeds);
    size_t done = all - wanted.size();
    terminal.print(terminal.bold(study.name) + (study.title.empty() ? "" : ": " + study.title));
    terminal.print(
        count_text(static_cast<int64_t>(study.variants.size()), "variant") + ", " +
        count_text(study.seeds, "seed") + " each, in " + folder.string() +
        (done > 0 ? "; " + std::to_string(done) + " of " + std::to_string(all) + " are trained" : ""));

    const InterruptWatch watch;
    Trainings trainings(options);
    for (size_t next = 0; next < wanted.size() || trainings.count() > 0;) {
        if (InterruptWatch::signal() != 0) {
            trainings.interrupt(SIGTERM);
            while (trainings.count() > 0) (void)trainings.collect(true);
            return false;
        }
        while (next < wanted.size() && trainings.count() < static_cast<size_t>(options.jobs)) {
            const auto [variant, seed] = wanted[next++];
            const fs::path run = run_path(study, folder, variant, seed);
            const fs::path file = run.parent_path() / "experiment.json";
            write_file(file, experiments[variant].to_json().dump(2) + "\n");
            trainings.start(file, run, seed);
        }
        terminal.redraw("training " + std::to_string(done + 1) + " of " + std::to_string(all));
        const auto ended = trainings.collect(false);
        if (!ended) {
            std::this_thread::sleep_for(std::chrono::milliseconds(20));
            continue;
        }
        if (!ended->succeeded && InterruptWatch::signal() == 0)
            throw Error(ErrorCode::bad_file, ended->run.string(),
                        "the training failed: " + last_words(ended->log),
                        "mend that and start the study again: what is trained is kept");
        if (!ended->succeeded) continue;
        ++done;
        const RunRecord record = read_run(RunFolder::open(ended->run.string())).record;
        terminal.print(std::to_string(done) + "/" + std::to_string(all) + "  " +
                       fs::relative(ended->run, folder).string() + "  " +
                       (record.test_accuracy ? "test accuracy " + percent_text(*record.test_accuracy)
                                             : "train loss " + loss_text(record.train_loss.value_or(0))) +
                       " in " + duration_text(record.seconds));
    }
    terminal.clear();
    return true;
}

std::vector<StudyRun> read_study_runs(const Study& study, const fs::path& folder) {
    std::vector<StudyRun> runs;
    for (size_t v = 0; v < study.variants.size(); ++v) {
        for (int seed = 1; seed <= study.seeds; ++seed) {
            const fs::path path = run_path(study, folder, v, seed);
            if (is_finished(path)) runs.push_back({v, seed, read_run(RunFolder::open(path.string()))});
        }
    }
    if (runs.empty())
        throw Error(ErrorCode::missing_data, folder.string(), "holds no finished training of this study",
                    "start the study first");
    return runs;
}

}  // namespace cnnlab
