#include "native/run/training_run.hpp"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <future>
#include <system_error>
#include <thread>

#include "engine/model/description.hpp"
#include "engine/model/features.hpp"
#include "engine/model/model_file.hpp"
#include "native/report/svg.hpp"
#include "native/report/text.hpp"
#include "native/run/curves_svg.hpp"
#include "native/run/data_facts.hpp"
#include "native/run/feature_file.hpp"
#include "native/system/file_bytes.hpp"
#include "native/system/interrupt.hpp"
#include "native/system/process_facts.hpp"

namespace cnnlab {

namespace {

/// An epoch may take milliseconds; flushing files to the disk after each would take longer than the training.
constexpr auto shortest_pause = std::chrono::seconds(1);
constexpr auto longest_pause = std::chrono::minutes(3);

/// Continues the checksum over these values, in parts at the same time: zlib can combine them.
template <class T>
uLong add_to_checksum(uLong checksum, const std::vector<T>& values) {
    constexpr size_t smallest_part = size_t{1} << 20U;
    const auto* bytes = reinterpret_cast<const Bytef*>(values.data());
    const size_t size = values.size() * sizeof(T);
    const size_t parts = std::clamp<size_t>(std::thread::hardware_concurrency(), 1, 1 + size / smallest_part);
    struct Part {
        size_t begin, end;
        std::future<uLong> checksum;
    };
    std::vector<Part> all;
    for (size_t i = 0; i < parts; ++i) {
        const size_t begin = size * i / parts, end = size * (i + 1) / parts;
        all.push_back(
            {begin, end, std::async(i + 1 < parts ? std::launch::async : std::launch::deferred, [=] {
                 return ::crc32_z(::crc32_z(0, nullptr, 0), bytes + begin, end - begin);
             })});
    }
    for (Part& part : all)
        checksum =
            ::crc32_combine(checksum, part.checksum.get(), static_cast<z_off_t>(part.end - part.begin));
    return checksum;
}

/// Reports whether a run continues with the images that it began with.
std::string checksum_of(const Dataset& images) {
    uLong checksum = ::crc32_z(0, nullptr, 0);
    for (const Split* split : {&images.train, &images.test}) {
        checksum = add_to_checksum(add_to_checksum(checksum, split->images), split->labels);
    }
    std::array<char, 20> text{};
    std::snprintf(text.data(), text.size(), "%08lx", checksum);
    return text.data();
}

/// "cpu (avx2)": without the number of threads, which changes no bit.
std::string name_of(const BackendInfo& info) {
    const std::string detail = info.detail.substr(0, info.detail.find(','));
    return info.name + (detail.empty() ? "" : " (" + detail + ")");
}

/// Those of the design and of the images; throws the first that refuses.
std::vector<Concern> checked_concerns(const Experiment& experiment, const Dataset& images) {
    const Description description = describe(experiment, images.card);
    std::vector<Concern> concerns = description.concerns;
    for (Concern& concern : data_concerns(description, images)) concerns.push_back(std::move(concern));
    check(concerns);
    return concerns;
}

}  // namespace

TrainingRun::TrainingRun(ExperimentFile file, const Dataset& images, Backend& backend, Terminal& terminal,
                         const std::function<RunFolder()>& folder)
    : file_(std::move(file)),
      images_(&images),
      terminal_(&terminal),
      checksum_(std::async(std::launch::async, checksum_of, std::cref(images))),
      trainer_(file_.experiment, images, backend),
      concerns_(checked_concerns(file_.experiment, images)),
      backend_(name_of(backend.info())),
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
        if (const auto& spec = file_.experiment.base) {
            const BaseFile base = file_.base ? *file_.base : read_base_file(*spec, file_.base_places);
            set_base(trainer_.model(), base.network, base.path.string());
        }
        write_file(folder_.experiment(), file_.to_json().dump(2) + "\n");
        write_file(folder_.data(), json_text(data_facts(*images_)) + "\n");
        save();
        find_facts();
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
    write_file(folder_.data(), json_text(data_facts(*images_)) + "\n");
    // --epochs and --set may have changed it
    write_file(folder_.experiment(), file_.to_json().dump(2) + "\n");
    return notes;
}

bool TrainingRun::train(int64_t steps) {
    const InterruptWatch watch;
    bool is_saved = false;
    try {
        const int64_t begin = trainer_.steps_done(), end = begin + steps;
        const bool is_ready = trainer_.finished() || use_features();
        while (is_ready && InterruptWatch::signal() == 0 && (steps == 0 || trainer_.steps_done() < end) &&
               // steps begun ahead would be more than were asked for
               (steps > 0 ? trainer_.step() : trainer_.advance())) {
            if (trainer_.steps_done() == begin + 1) first_step_ = process_age();
            const bool is_epoch_end = trainer_.steps_done() % trainer_.steps_per_epoch() == 0;
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
    if (!features) {
        const std::string what =
            "computing what the " + count_text(part.layers, "frozen layer") + " make of the images, once";
        if (!terminal_->is_live()) terminal_->print(what);
        int64_t done = 0;
        const auto make = [&](SplitName name, const Split& images) {
            FeatureMaker maker(model, part, name, images);
            while (InterruptWatch::signal() == 0 && maker.step())
                terminal_->redraw(clip_text(
                    what + ": " + grouped_number(done + maker.done()) + " of " + grouped_number(count),
                    static_cast<size_t>(std::max(terminal_->width() - 1, 1))));
            done += maker.done();
            return maker.take();
        };
        features.emplace();
        features->train = make(SplitName::train, images_->train);
        features->test = make(SplitName::test, images_->test);
        terminal_->clear();
        if (has_features_ = done == count; !has_features_) return false;
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
    saved_ = Clock::now();
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
