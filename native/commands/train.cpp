#include <algorithm>
#include <cmath>
#include <memory>
#include <optional>

#include "engine/drawing/svg.hpp"
#include "native/commands/commands.hpp"
#include "native/distributed/launch.hpp"
#include "native/report/text.hpp"
#include "native/run/data_facts.hpp"
#include "native/run/memory_check.hpp"
#include "native/run/training_run.hpp"
#include "native/system/interrupt.hpp"

namespace cnnlab {

namespace {

struct TrainArguments {
    std::string experiment, resume, run, data, models;
    std::vector<std::string> settings;
    std::optional<float> epochs;
    std::optional<int64_t> batch, seed;
    int64_t steps = 0;  ///< 0: to the end
    std::string layout;
    bool skip_bad = false;
    BackendChoice backend;
    bool as_json = false, mixed = false, local_statistics = false;

    /// What the description is changed by, the named options last.
    [[nodiscard]] ExperimentChanges changes() const {
        ExperimentChanges all{settings, data, models};
        const auto add = [&](const char* path, const std::optional<int64_t>& value) {
            if (value) all.settings.push_back(std::string(path) + "=" + std::to_string(*value));
        };
        if (epochs) all.settings.push_back("train.epochs=" + short_float(*epochs));
        if (!layout.empty()) all.settings.push_back("dataset.layout=" + layout);
        if (skip_bad) all.settings.emplace_back("dataset.skip_bad=true");
        add("train.batch", batch);
        add("train.seed", seed);
        if (local_statistics) add("train.local_statistics", backend.group ? backend.group->size() : 1);
        return all;
    }
};

/// The command that takes this training up again.
std::string resume_command(const TrainArguments& options, const RunFolder& folder) {
    std::string command = command_name() + " train --resume " + shell_word(folder.path().string());
    const BackendChoice usual;
    if (options.backend.device != usual.device) command += " --device " + options.backend.device;
    if (options.backend.threads != usual.threads)
        command += " --threads " + std::to_string(options.backend.threads);
    if (options.backend.precision != usual.precision) command += " --precision " + options.backend.precision;
    if (options.backend.arch != usual.arch) command += " --arch " + options.backend.arch;
    return command;
}

/// An experiment on a backend in a run folder, with all that they refer to.
struct Session {
    Terminal terminal;
    std::unique_ptr<Members> members;  ///< of several processes, of which this is the first
    Dataset images;
    std::unique_ptr<Backend> backend;
    std::unique_ptr<TrainingRun> run;

    explicit Session(std::FILE* stream) : terminal(stream) {}
};

void introduce(Session& session) {
    const Experiment& e = session.run->file().experiment;
    const Trainer& trainer = session.run->trainer();
    const BackendInfo info = session.backend->info();
    Terminal& terminal = session.terminal;
    terminal.print(terminal.bold(e.name) + (e.title.empty() ? "" : ": " + e.title));
    for (const std::string& line : data_lines(session.images)) terminal.print(line);
    if (e.base)
        terminal.print("begins with " + count_text(e.base->layers, "layer") + " of " + e.base->file +
                       (e.base->trainable ? "" : ", which stay as they are"));
    if (!session.images.report.unused.empty())
        terminal.print("all of that is in " + session.run->folder().data().string());
    terminal.print(amount_text(e.train.epochs, "epoch") + " of " +
                   count_text(trainer.steps_per_epoch(), "step") + ", batches of " +
                   std::to_string(e.train.batch) + ", seed " + std::to_string(e.train.seed) + ", on " +
                   (session.members ? std::to_string(session.members->size()) + " processes of " : "") +
                   info.name + (info.detail.empty() ? "" : " (" + info.detail + ")"));
    terminal.print("run in " + session.run->folder().path().string());
    if (e.train.local_statistics > 0)
        terminal.print(
            "note: batch norm takes the statistics of each process' images alone: the figures are those of " +
            std::to_string(e.train.local_statistics) + " processes, not of any number");
    const int shards = shards_of_batch(e.train.batch);
    if (session.members && session.members->size() > shards)
        terminal.print("note: a batch of " + count_text(e.train.batch, "image") + " has " +
                       count_text(shards, "shard") + ": more processes than that have nothing to do");
    for (const Concern& concern : session.run->concerns())
        terminal.print(terminal.bold("warning") + ": " + english(concern));
    terminal.print("");
}

void start_new(const TrainArguments& options, Session& session) {
    ExperimentFile file = read_experiment(options.experiment, options.changes());
    if (file.experiment.base) require_base(*file.experiment.base, file.base_places);
    session.backend = make_backend(options.backend);
    session.images = load_images(file);
    if (session.members) session.members->wait();
    check_training_memory(file.experiment, session.images, options.backend);
    const std::string name = file.experiment.name;
    session.run = std::make_unique<TrainingRun>(
        std::move(file), session.images, *session.backend, session.terminal,
        [&] { return RunFolder::create(name, options.run); }, session.members.get());
    session.run->start();
    introduce(session);
}

bool depends_on_length(const ScheduleSpec& schedule) {
    return schedule.warmup > 0 || !std::holds_alternative<schedules::Constant>(schedule.kind);
}

/// A run that was killed before its first checkpoint: nothing is lost by beginning it.
void begin_again(const RunFolder& folder, Session& session) {
    session.run->start();
    introduce(session);
    session.terminal.print(folder.path().string() + " was stopped before its first step: it begins now");
    session.terminal.print("");
}

void take_up(const TrainArguments& options, Session& session) {
    const RunFolder folder = RunFolder::open(options.resume);
    const bool has_begun = folder.has_begun();
    if (!has_begun && !std::filesystem::exists(folder.experiment()))
        throw Error(ErrorCode::missing_data, folder.path().string(), "was stopped before it began",
                    "begin with `" + command_name() + " train NAME --run " +
                        shell_word(folder.path().string()) + "`");
    const Experiment earlier = read_experiment(folder.experiment().string()).experiment;
    ExperimentFile file = read_experiment(folder.experiment().string(), options.changes());
    session.backend = make_backend(options.backend);
    session.images = load_images(file, {.classes = folder.classes(), .run = nullptr});
    if (session.members) session.members->wait();
    check_training_memory(file.experiment, session.images, options.backend);
    session.run = std::make_unique<TrainingRun>(
        std::move(file), session.images, *session.backend, session.terminal,
        [&] { return RunFolder(folder); }, session.members.get());
    if (!has_begun) return begin_again(folder, session);
    const std::vector<std::string> notes = session.run->resume();
    if (session.run->trainer().finished()) return;
    introduce(session);
    for (const std::string& note : notes) session.terminal.print("note: " + note);
    const Trainer& trainer = session.run->trainer();
    session.terminal.print("going on after step " + grouped_number(trainer.steps_done()) + " of " +
                           grouped_number(trainer.total_steps()));
    const Experiment& e = session.run->file().experiment;
    if (e.optimizer.lr() != earlier.optimizer.lr())
        session.terminal.print("the learning rate is changed from " + short_float(earlier.optimizer.lr()) +
                               " to " + short_float(e.optimizer.lr()));
    if (e.train.epochs != earlier.train.epochs && depends_on_length(e.schedule)) {
        session.terminal.print(
            "the learning rate's schedule is stretched from " + amount_text(earlier.train.epochs, "epoch") +
            " to " + short_float(e.train.epochs) + ": it goes on from its place in the longer course");
    }
    session.terminal.print("");
}

void report(const Session& session, const RunSummary& summary, Terminal& terminal) {
    const RunFolder& folder = session.run->folder();
    const std::string epochs = amount_text(summary.epochs, "epoch");
    const std::string run = shell_word(folder.path().string());
    std::string line = !summary.test_accuracy
                           ? "train loss " + loss_text(summary.train_loss.value_or(NAN))
                           : "test accuracy " + terminal.bold(percent_text(*summary.test_accuracy)) +
                                 ", loss " + loss_text(*summary.test_loss);
    line += " after " + epochs + " in " + duration_text(summary.seconds);
    if (summary.images_per_second > 0) line += " (" + rate_text(summary.images_per_second) + " img/s)";
    terminal.print("");
    terminal.print(line);
    const auto classes = static_cast<double>(session.images.card.classes.size());
    const bool has_logits = std::holds_alternative<losses::CrossEntropy>(session.run->file().experiment.loss);
    // What a network that knows nothing has, about; the loss of one that learns is below.
    const double guess = has_logits ? std::log(std::max(classes, 2.0)) : 1, far = 20;
    if (summary.train_loss && *summary.train_loss > far * guess)
        terminal.print(
            terminal.bold("warning") + ": the training loss is far above that of guessing (about " +
            loss_text(guess) +
            "): the training has diverged; use a smaller learning rate, as in --set optimizer.lr=" +
            short_float(session.run->file().experiment.optimizer.lr() / 10));
    terminal.print("curves    " + folder.curves().string());
    terminal.print("try it    " + command_name() + " predict " + run + " IMAGE");
    terminal.print("look at   " + command_name() + " eval " + run);
}

/// The part of a process but the first.
void train_along(const TrainArguments& options, Members& members) {
    const bool is_new = options.resume.empty();
    const std::optional<RunFolder> folder =
        is_new ? std::nullopt : std::optional(RunFolder::open(options.resume));
    const ExperimentFile file =
        read_experiment(is_new ? options.experiment : folder->experiment().string(), options.changes());
    if (is_new && file.experiment.base) require_base(*file.experiment.base, file.base_places);
    const auto backend = make_backend(options.backend);
    members.wait();  // rank 0 may have to download them
    const Dataset images = load_images(
        file, {.classes = is_new ? std::vector<std::string>() : folder->classes(), .run = nullptr});
    follow(members, file.experiment, images, *backend, options.steps);
}

void train(TrainArguments options) {
    options.backend.group = join_processes();
    std::unique_ptr<Members> members;
    if (options.local_statistics && !options.backend.group)
        throw Error(ErrorCode::unsupported, "--local-statistics",
                    "is for several processes, and there is one",
                    "put `mpirun -np 2` before the command, or leave it out");
    if (options.backend.group)
        members = std::make_unique<Members>(options.backend.group, options.mixed, options.steps);
    if (members && members->rank() > 0) return train_along(options, *members);
    // stdout belongs to the line of JSON where one is wanted
    Session session(options.as_json ? stderr : stdout);
    session.members = std::move(members);
    if (options.resume.empty()) {
        start_new(options, session);
    } else {
        take_up(options, session);
    }
    TrainingRun& run = *session.run;
    Terminal& terminal = session.terminal;
    const std::string folder = run.folder().path().string();
    if (run.trainer().finished()) {
        terminal.print(folder + " is finished: " + amount_text(run.file().experiment.train.epochs, "epoch") +
                       " are done. Train it longer with " + resume_command(options, run.folder()) +
                       " --epochs " + short_float(2 * run.file().experiment.train.epochs));
        if (options.as_json) print_json(write_json(run.summary()));
        return;
    }
    const bool is_done = run.train(options.steps);
    const RunSummary summary = run.summary();
    if (is_done) {
        report(session, summary, terminal);
    } else {
        const Trainer& trainer = run.trainer();
        terminal.print("stopped after step " + grouped_number(trainer.steps_done()) + " of " +
                       grouped_number(trainer.total_steps()) + "; everything is saved in " + folder);
        terminal.print("go on with: " + resume_command(options, run.folder()));
    }
    if (options.as_json) print_json(write_json(summary));
    // 128 + number is what a shell reports of a program that a signal has ended
    if (!is_done && InterruptWatch::signal() != 0) throw ExitWith{128 + InterruptWatch::signal()};
}

}  // namespace

void add_train(CLI::App& app) {
    const auto o = std::make_shared<TrainArguments>();
    CLI::App* verb = app.add_subcommand("train", "Train an experiment, or go on with a run");
    CLI::Option* experiment =
        verb->add_option("experiment", o->experiment, "NAME (`list` has them) or FILE.json")->type_name("");
    verb->add_option("--resume", o->resume, "Go on with a run where it stopped")->type_name("RUN");
    verb->add_option("--epochs", o->epochs, "Passes over the training images; with --resume: in all")
        ->type_name("N");
    CLI::Option* batch = add_whole_number(*verb, "--batch", o->batch, "Images a step");
    add_whole_number(*verb, "--steps", o->steps, "Stop after so many steps, to go on later")
        ->check(at_least_one());
    CLI::Option* seed = add_whole_number(*verb, "--seed", o->seed, "Of all random numbers");
    verb->add_option(
            "--set", o->settings,
            "Change any field, as in --set optimizer.lr=0.01; can be repeated; with --resume: learning "
            "rates and the schedule")
        ->type_name("PATH=VALUE")
        ->allow_extra_args(false);
    verb->add_option("--data", o->data, "Folder with the data set's files, or with your own images")
        ->type_name("DIR");
    add_models_option(*verb, o->models);
    CLI::Option* layout = add_layout_option(*verb, o->layout);
    CLI::Option* skip_bad = add_skip_option(*verb, o->skip_bad);
    CLI::Option* run =
        verb->add_option("--run", o->run, "Folder of the run (runs/NAME, or NAME-2, …)")->type_name("DIR");
    add_backend_options(*verb, o->backend);
    CLI::Option* local = verb->add_flag(
        "--local-statistics", o->local_statistics,
        "Of several processes: batch norm takes the statistics of each one's images alone, which saves an "
        "exchange "
        "a layer; the figures then depend on the number of processes (train.local_statistics)");
    verb->add_flag("--mixed", o->mixed,
                   "Of several processes: builds may differ; the figures are then not those of one process, "
                   "bit for bit");
    verb->add_flag("--json", o->as_json,
                   "End with one line of JSON on stdout; everything else goes to stderr");
    verb->callback([=] {
        if (o->experiment.empty() && o->resume.empty())
            throw CLI::RequiredError("NAME, FILE.json or --resume RUN");
        for (const CLI::Option* fixed : {experiment, batch, seed, layout, skip_bad, run, local}) {
            if (!o->resume.empty() && !fixed->empty())
                throw CLI::ExcludesError("--resume", fixed->get_name());
        }
        note_namesake(o->experiment, o->experiment + ".json", experiment_names());
        train(*o);
    });
}

}  // namespace cnnlab
