#include "native/study/study_run.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <map>
#include <set>
#include <thread>

#include "engine/model/description.hpp"
#include "native/report/text.hpp"
#include "native/run/data_facts.hpp"
#include "native/run/experiment_file.hpp"
#include "native/study/trainings.hpp"
#include "native/system/file_bytes.hpp"
#include "native/system/interrupt.hpp"

namespace cnnlab {

namespace {

namespace fs = std::filesystem;

fs::path run_path(const Study& study, const fs::path& folder, size_t variant, int seed) {
    return folder / folder_name(study.variants[variant].name) / ("seed-" + std::to_string(seed));
}

/// A variant's experiment with all its defaults.
ExperimentFile variant_file(const Study& study, size_t variant, const fs::path& data) {
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

/// What a training is, whatever it is called.
Json essence(const ExperimentFile& file, int seed) {
    Json json = file.to_json();
    json.erase("name");
    json.erase("title");
    json["train"]["seed"] = seed;
    return json;
}

/// Variants whose figures could only be the same, or would lie in one folder, are a mistake.
void check_variants(const Study& study, const std::vector<ExperimentFile>& experiments) {
    const auto fail = [&](size_t v, const std::string& problem, const std::string& remedy) {
        throw Error(ErrorCode::out_of_range, "variant \"" + study.variants[v].name + "\"", problem, remedy);
    };
    const auto sets_seed = [](const std::vector<std::string>& set) {
        return std::any_of(set.begin(), set.end(),
                           [](const std::string& one) { return one.starts_with("train.seed="); });
    };
    std::vector<Json> all;
    for (size_t v = 0; v < experiments.size(); ++v) {
        const std::string& name = study.variants[v].name;
        if (sets_seed(study.set) || sets_seed(study.variants[v].set))
            fail(v, "sets train.seed, which the study counts: 1, 2, …", "leave it out, and give --seeds N");
        all.push_back(essence(experiments[v], 1));
        for (size_t i = 0; i < v; ++i) {
            const std::string& other = study.variants[i].name;
            if (name == other) fail(v, "is the name of two variants", "give each a name of its own");
            if (all[i] == all[v])
                fail(v, "is the same training as \"" + other + "\"",
                     "leave one out, or change a field that the training depends on");
            if (folder_name(name) == folder_name(other))
                fail(v, "would have the folder of \"" + other + "\", " + folder_name(name),
                     "give it a name that differs in letters or digits");
        }
    }
}

/// Whether a run is there and done. Throws Error (out_of_range) for one of another experiment.
bool is_finished(const fs::path& path, const ExperimentFile& wanted, int seed) {
    if (!fs::exists(path / "checkpoint.safetensors") || !fs::exists(path / "metrics.jsonl")) return false;
    const RunFolder folder = RunFolder::open(path.string());
    const Json found = essence(read_experiment(folder.experiment().string()), seed),
               expected = essence(wanted, seed);
    if (found != expected) {
        const Json changes = Json::diff(found, expected);
        throw Error(ErrorCode::out_of_range, path.string(),
                    "was trained with another experiment: its " + changes[0]["path"].get<std::string>() +
                        " is another one now",
                    "name another folder with --out DIR, or remove this run");
    }
    return read_run(folder).record.finished;
}

/// While one exists, no other program trains in this study's folder.
class StudyLock {
  public:
    explicit StudyLock(const fs::path& folder) : descriptor_(::open(folder.c_str(), O_RDONLY | O_CLOEXEC)) {
        if (descriptor_ < 0 || ::flock(descriptor_, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK) return;
        ::close(descriptor_);
        throw Error(ErrorCode::io, folder.string(), "another program is training this study",
                    "wait until it is done, or stop it");
    }
    ~StudyLock() {
        if (descriptor_ >= 0) ::close(descriptor_);
    }
    StudyLock(const StudyLock&) = delete;
    StudyLock& operator=(const StudyLock&) = delete;

  private:
    int descriptor_;
};

/// The lines that a person has not read yet.
class Sayings {
  public:
    explicit Sayings(Terminal& terminal) : terminal_(&terminal) {}
    void say(const std::string& line) {
        if (said_.insert(line).second) terminal_->print(line);
    }

  private:
    Terminal* terminal_;
    std::set<std::string> said_;
};

/// What a training said last, for the message when it failed.
std::string last_words(const fs::path& log) {
    const FileEnd end = read_end(log, 600);
    std::string text(end.bytes.begin(), end.bytes.end());
    while (!text.empty() && text.back() == '\n') text.pop_back();
    const size_t line = text.find_last_of("\n\r");
    return line == std::string::npos ? text : text.substr(line + 1);
}

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
    if (holds_a_run(folder))
        throw Error(ErrorCode::io, folder.string(), "holds a run, not a study",
                    "name another folder with --out DIR");
    refuse_foreign(folder, "--out");
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
        experiments.push_back(variant_file(study, v, options.data));
    check_variants(study, experiments);
    write_plan(study, folder);
    const StudyLock lock(folder);

    struct Wanted {
        size_t variant;
        int seed;
    };
    std::vector<Wanted> wanted;
    // Seed by seed, so that all variants can be compared early.
    for (int seed = 1; seed <= study.seeds; ++seed)
        for (size_t v = 0; v < study.variants.size(); ++v)
            if (!is_finished(run_path(study, folder, v, seed), experiments[v], seed))
                wanted.push_back({v, seed});
    const size_t all = study.variants.size() * static_cast<size_t>(study.seeds);
    size_t done = all - wanted.size();
    terminal.print(terminal.bold(study.name) + (study.title.empty() ? "" : ": " + study.title));
    terminal.print(
        count_text(static_cast<int64_t>(study.variants.size()), "variant") + ", " +
        count_text(study.seeds, "seed") + " each, in " + folder.string() +
        (done > 0 ? "; " + std::to_string(done) + " of " + std::to_string(all) + " are trained" : ""));

    if (options.backend.group)
        terminal.print("on " + std::to_string(options.backend.group->size()) + " processes");
    const InterruptWatch watch;
    Sayings sayings(terminal);
    Trainings trainings(options.backend, options.jobs);
    for (size_t next = 0; next < wanted.size() || trainings.count() > 0;) {
        if (InterruptWatch::signal() != 0) {
            trainings.interrupt(SIGTERM);
            while (trainings.count() > 0) (void)trainings.wait();
            return false;
        }
        while (next < wanted.size() && !trainings.is_full()) {
            const auto [variant, seed] = wanted[next++];
            const fs::path run = run_path(study, folder, variant, seed);
            const fs::path file = run.parent_path() / "experiment.json";
            write_file(file, experiments[variant].to_json().dump(2) + "\n");
            trainings.start({file, run, seed});
        }
        terminal.redraw("training " + std::to_string(done + 1) + " of " + std::to_string(all));
        const auto ended = trainings.collect();
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
        const RunHistory run = read_run(RunFolder::open(ended->run.string()));
        const RunRecord& record = run.record;
        for (const std::string& line : kept_data_lines(read_data_facts(ended->run))) sayings.say(line);
        for (const std::string& warning : run.warnings)
            sayings.say(terminal.bold("warning") + ": " + ended->run.parent_path().filename().string() +
                        ": " + warning);
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
    std::map<std::string, std::pair<Json, fs::path>> images;  // by how they are read
    for (size_t v = 0; v < study.variants.size(); ++v) {
        for (int seed = 1; seed <= study.seeds; ++seed) {
            const fs::path path = run_path(study, folder, v, seed);
            if (!fs::exists(path / "checkpoint.safetensors") || !fs::exists(path / "metrics.jsonl")) continue;
            RunHistory run = read_run(RunFolder::open(path.string()));
            if (!run.record.finished) continue;
            const ExperimentFile file = read_experiment((path / "experiment.json").string());
            const auto& [seen, first] =
                images.try_emplace(file.to_json()["dataset"].dump(), run.images, path).first->second;
            if (seen != run.images)
                throw Error(
                    ErrorCode::missing_data, path.string(),
                    "was trained on other images than " + first.string() + ", from the same place",
                    "put the images back, remove the runs that saw others, and start the study again");
            runs.push_back({v, seed, std::move(run)});
        }
    }
    if (runs.empty())
        throw Error(ErrorCode::missing_data, folder.string(), "holds no finished training of this study",
                    "start the study first");
    return runs;
}

std::vector<StudyRecord> records_of(const std::vector<StudyRun>& runs) {
    std::vector<StudyRecord> records;
    for (const StudyRun& run : runs)
        records.push_back(
            {static_cast<int64_t>(run.variant), run.seed, run.run.has_diverged(), run.run.record});
    return records;
}

}  // namespace cnnlab
