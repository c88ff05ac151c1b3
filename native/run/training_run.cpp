#include "native/run/training_run.hpp"

#include <algorithm>
#include <future>
#include <system_error>

#include "engine/drawing/svg.hpp"
#include "engine/model/description.hpp"
#include "engine/model/model_file.hpp"
#include "native/report/text.hpp"
#include "native/run/curves_svg.hpp"
#include "native/run/data_facts.hpp"
#include "native/run/feature_file.hpp"
#include "native/run/image_checksum.hpp"
#include "native/run/members.hpp"
#include "native/run/unused_fields.hpp"
#include "native/system/file_bytes.hpp"
#include "native/system/interrupt.hpp"
#include "native/system/process_facts.hpp"

namespace cnnlab {

namespace {

/// An epoch may take milliseconds; flushing files to the disk after each would take longer than the training.
constexpr auto shortest_pause = std::chrono::seconds(1);
constexpr auto longest_pause = std::chrono::minutes(3);

/// Those of the design and of the images; throws the first that refuses.
std::vector<Concern> checked_concerns(const Experiment& experiment, const Dataset& images) {
    const Description description = describe(experiment, images.card);
    std::vector<Concern> concerns = description.concerns;
    for (Concern& concern : data_concerns(description, images)) concerns.push_back(std::move(concern));
    for (Concern& concern : unused_fields(description)) concerns.push_back(std::move(concern));
    check(concerns);
    return concerns;
}

}  // namespace

TrainingRun::TrainingRun(ExperimentFile file, const Dataset& images, Backend& backend, Terminal& terminal,
                         const std::function<RunFolder()>& folder, Members* members)
    : file_(std::move(file)),
      images_(&images),
      terminal_(&terminal),
      members_(members),
      checksum_(std::async(std::launch::async, image_checksum, std::cref(images))),
      trainer_(file_.experiment, images, backend),
      concerns_(checked_concerns(file_.experiment, images)),
      backend_(bits_of(backend.info())),
      folder_(folder()),
      log_(folder_.metrics()),
      progress_(terminal, speed_) {
    folder_.remove_leftovers();
    trainer_.add_observer(speed_);
    trainer_.add_observer(log_);
    trainer_.add_observer(progress_);
}

void TrainingRun::find_facts() {
    facts_ = {
        {"images",
         {{"train", images_->train.count()}, {"test", images_->test.count()}, {"checksum", checksum_.get()}}},
        {"backend", backend_},
        {"concerns", write_json(concerns_)}};
    log_.describe_session(facts_);
}

void TrainingRun::start() {
    try {
        if (members_ != nullptr) members_->check(file_.experiment, backend_, checksum_.get());
        if (const auto& spec = file_.experiment.base) {
            const BaseFile base = file_.base ? *file_.base : read_base_file(*spec, file_.base_places);
            set_base(trainer_.model(), base.network, base.path.string());
        }
        write_file(folder_.experiment(), file_.to_json().dump(2) + "\n");
        write_file(folder_.data(), json_text(run_data_facts(*images_)) + "\n");
        save();
        find_facts();
        if (members_ != nullptr) members_->share_state(trainer_);
    } catch (...) {
        std::error_code ignored;
        for (const auto& path : {folder_.experiment(), folder_.metrics(), folder_.model(), folder_.data(),
                                 folder_.checkpoint(), folder_.curves()}) {
            std::filesystem::remove(path, ignored);
        }
        folder_.remove_if_empty();
        throw;
    }
}

std::vector<std::string> TrainingRun::resume() {
    const std::string again =
        "train anew with `" + command_name() + " train " + shell_word(folder_.experiment().string()) + "`";
    if (members_ != nullptr) members_->check(file_.experiment, backend_, checksum_.get());
    std::vector<uint8_t> bytes;
    try {
        bytes = read_file(folder_.checkpoint());
        trainer_.restore(bytes, folder_.checkpoint().string());
    } catch (const Error& error) {
        if (error.code() == ErrorCode::missing_data)
            throw Error(error.code(), error.place(), "there is no checkpoint", again);
        if (error.code() != ErrorCode::bad_file) throw;
        throw Error(error.code(), error.place(), error.problem(),
                    "the file is damaged: put back a copy of it, or " + again);
    }
    const float epochs = file_.experiment.train.epochs;
    if (trainer_.steps_done() > trainer_.total_steps()) {
        throw Error(ErrorCode::out_of_range, "--epochs",
                    "is " + short_float(epochs) + ", but " +
                        count_text(trainer_.steps_done() / trainer_.steps_per_epoch(), "epoch") + " are done",
                    "give a larger number");
    }
    std::vector<std::string> notes = log_.rewind(trainer_.steps_done());
    find_facts();
    if (log_.last_session().contains("images") && log_.last_session()["images"] != facts_["images"]) {
        throw Error(ErrorCode::missing_data, images_->origin,
                    "these are not the images that the run began with",
                    "name the folder with the same images with --data DIR, or " + again);
    }
    const Json& before = log_.last_session();
    if (before.contains("backend") && before["backend"].is_string() && before["backend"] != backend_)
        notes.push_back("the run was trained on " + before["backend"].get<std::string>() +
                        " so far, and is now on " + backend_ +
                        ": its figures will not be those of either, bit for bit");
    write_file(folder_.data(), json_text(run_data_facts(*images_)) + "\n");
    // --epochs and --set may have changed it
    write_file(folder_.experiment(), file_.to_json().dump(2) + "\n");
    if (members_ != nullptr) members_->share_state(trainer_);
    return notes;
}

bool TrainingRun::train(int64_t steps) {
    const InterruptWatch watch;
    bool is_saved = false;
    try {
        const int64_t begin = trainer_.steps_done(), end = begin + steps;
        const bool is_ready = trainer_.finished() || use_features();
        while (is_ready && !is_stopped(members_) && (steps == 0 || trainer_.steps_done() < end) &&
               // steps begun ahead would be more than were asked for
               (steps > 0 ? trainer_.step() : trainer_.advance())) {
            if (trainer_.steps_done() == begin + 1) first_step_ = process_age();
            const bool is_epoch_end = trainer_.steps_done() % trainer_.steps_per_epoch() == 0;
            if (is_epoch_end && members_ != nullptr) members_->end_epoch(trainer_);
            const auto pause = Clock::now() - saved_;
            is_saved =
                !trainer_.finished() && (pause > longest_pause || (is_epoch_end && pause > shortest_pause));
            if (is_saved) save();
        }
        if (!is_saved) save();
    } catch (const Error& error) {
        if (error.code() != ErrorCode::io) {
            if (error.code() != ErrorCode::missing_data) log_.flush();
            throw;
        }
        // The folder may go between the log's check and the next file: then the log says so.
        if (std::error_code ignored; !std::filesystem::is_directory(folder_.path(), ignored)) log_.flush();
        throw Error(error.code(), error.place(), error.problem(),
                    error.remedy().english() + ", then go on with `" + command_name() + " train --resume " +
                        shell_word(folder_.path().string()) + "`");
    }
    return trainer_.finished();
}

bool TrainingRun::use_features() {
    if (std::exchange(has_features_, true)) return true;
    Model& model = trainer_.model();
    const FrozenPart part = frozen_part(model.experiment(), model.layers());
    const int64_t count = images_->train.count() + images_->test.count();
    if (!is_computed_once(part, model.experiment(), count)) return true;
    const std::string key = feature_key(model, part, checksum_.get());
    std::optional<Features> features = read_features(folder_.features(), key, part, *images_);
    if (members_ != nullptr) members_->share_features(features, *images_);
    if (!features) {
        const std::string what =
            "computing what the " + count_text(part.layers, "frozen layer") + " make of the images, once";
        if (!terminal_->is_live()) terminal_->print(what);
        features = make_features(model, part, *images_, members_, [&](int64_t done) {
            terminal_->redraw(clip_text(what + ": " + grouped_number(done) + " of " + grouped_number(count),
                                        static_cast<size_t>(std::max(terminal_->width() - 1, 1))));
        });
        terminal_->clear();
        if (has_features_ = features.has_value(); !has_features_) return false;
        write_features(folder_.features(), key, part, *features);
    }
    trainer_.use_features(part, std::move(features->train), std::move(features->test));
    return true;
}

void TrainingRun::save() {
    trainer_.settle();
    const Experiment& experiment = file_.experiment;
    // metrics.jsonl first: it may be ahead of the checkpoint, never behind. The checkpoint last: it vouches for the
    // others.
    log_.flush();
    constexpr auto missing = MissingFolder::is_an_error;
    write_file(folder_.curves(),
               curves_svg(log_.history(), experiment.title.empty() ? experiment.name : experiment.title),
               missing);
    write_file(folder_.model(), model_file(trainer_.model()), missing);
    write_file(folder_.checkpoint(), trainer_.checkpoint(), missing);
    keep_description();
    saved_ = Clock::now();
}

void TrainingRun::keep_description() {
    const auto keep = [&](const std::filesystem::path& path, const auto& text) {
        std::error_code error;
        if (std::filesystem::exists(path, error)) return;
        write_file(path, text(), MissingFolder::is_an_error);
        terminal_->print(path.string() + " was removed or renamed, and is written again");
    };
    keep(folder_.experiment(), [&] { return file_.to_json().dump(2) + "\n"; });
    keep(folder_.data(), [&] { return json_text(run_data_facts(*images_)) + "\n"; });
}

RunSummary TrainingRun::summary() const {
    const TrainingHistory& history = log_.history();
    const auto last = [](const std::vector<TrainingHistory::Point>& points,
                         double TrainingHistory::Point::*value) {
        return points.empty() ? std::nullopt : std::optional(points.back().*value);
    };
    const int64_t whole_epochs = trainer_.steps_done() / trainer_.steps_per_epoch();
    return {.run = folder_.path().string(),
            .finished = trainer_.finished(),
            .epochs = trainer_.finished() ? file_.experiment.train.epochs : static_cast<float>(whole_epochs),
            .steps = trainer_.steps_done(),
            .test_accuracy = last(history.test, &TrainingHistory::Point::accuracy),
            .test_loss = last(history.test, &TrainingHistory::Point::loss),
            .train_accuracy = last(history.train, &TrainingHistory::Point::accuracy),
            .train_loss = last(history.train, &TrainingHistory::Point::loss),
            .images_per_second = speed_.images_per_second(),
            .seconds = log_.seconds(),
            .first_step_seconds = first_step_ > 0 ? std::optional(first_step_) : std::nullopt,
            .peak_memory_bytes = peak_memory_bytes()};
}

}  // namespace cnnlab
