#pragma once

#include <chrono>
#include <functional>
#include <future>
#include <optional>
#include <string>

#include "engine/model/concerns.hpp"
#include "engine/train/trainer.hpp"
#include "native/report/progress.hpp"
#include "native/run/experiment_file.hpp"
#include "native/run/members.hpp"
#include "native/run/metrics_log.hpp"
#include "native/run/run_folder.hpp"

namespace cnnlab {

/// What `train --json` prints.
struct RunSummary {
    std::string run;
    bool finished = false;
    float epochs = 0;
    int64_t steps = 0;
    std::optional<double> test_accuracy, test_loss, train_accuracy, train_loss;
    double images_per_second = 0, seconds = 0;
    std::optional<double> first_step_seconds;
    int64_t peak_memory_bytes = 0;

    static constexpr auto fields() {
        using S = RunSummary;
        return std::tuple{
            field("run", &S::run, "the folder"),
            field("finished", &S::finished),
            field("epochs", &S::epochs, "done; the last one may be a part of an epoch"),
            field("steps", &S::steps, "done"),
            field("test_accuracy", &S::test_accuracy, "after the last whole epoch, as the next three"),
            field("test_loss", &S::test_loss),
            field("train_accuracy", &S::train_accuracy),
            field("train_loss", &S::train_loss),
            field("images_per_second", &S::images_per_second),
            field("seconds", &S::seconds, "of training, over all sessions"),
            field("first_step_seconds", &S::first_step_seconds, "from the program's start to its first step"),
            field("peak_memory_bytes", &S::peak_memory_bytes)};
    }
};

/// A training and its run folder: keeps experiment.json, metrics.jsonl, curves.svg, model.safetensors and
/// checkpoint.safetensors up to date. Throws Error (io) where they cannot be written, and missing_data where somebody
/// has taken them away; what was saved before stays whole.
class TrainingRun {
  public:
    /// Throws Error also for a concern that refuses. `images` and `terminal` must outlive it. `folder` is called once
    /// everything else fits together, so that a description that does not fit leaves no folder behind. `members`: the
    /// processes that train it together, of which this is the first; it must outlive the run.
    TrainingRun(ExperimentFile file, const Dataset& images, Backend& backend, Terminal& terminal,
                const std::function<RunFolder()>& folder, Members* members = nullptr);

    /// Writes the first files; a folder in which that fails is left as it was.
    void start();
    /// Goes to the state of the folder's checkpoint. Says what a person should know.
    std::vector<std::string> resume();
    /// Trains to the end, for `steps` steps (0: no limit), or until a signal comes; then saves. False if something is
    /// left to do.
    bool train(int64_t steps = 0);

    [[nodiscard]] const Trainer& trainer() const { return trainer_; }
    [[nodiscard]] const RunFolder& folder() const { return folder_; }
    [[nodiscard]] const ExperimentFile& file() const { return file_; }
    [[nodiscard]] RunSummary summary() const;
    /// What a person should know of its figures before they train.
    [[nodiscard]] const std::vector<Concern>& concerns() const { return concerns_; }
    /// What metrics.jsonl keeps of this session, once it has started: images (counts, checksum), backend, concerns.
    [[nodiscard]] const Json& facts() const { return facts_; }

  private:
    void save();
    /// Writes what describes the run again where somebody has taken it away: without it nothing reads the run.
    void keep_description();
    /// Waits for the checksum.
    void find_facts();
    /// Trains from what frozen layers make of the images, where that can be: as an earlier session has kept it, else
    /// computed now and kept. False if a signal came first.
    bool use_features();

    using Clock = std::chrono::steady_clock;

    ExperimentFile file_;
    const Dataset* images_;
    Terminal* terminal_;
    Members* members_;
    bool has_features_ = false;                 ///< or needs none
    std::shared_future<std::string> checksum_;  ///< of the images, while other things are made ready
    Trainer trainer_;
    std::vector<Concern> concerns_;
    std::string backend_;  ///< "cpu (avx2)": figures are the same bits on one instruction set only
    Json facts_;
    RunFolder folder_;
    MetricsLog log_;
    Speedometer speed_;
    Progress progress_;
    Clock::time_point saved_;
    double first_step_ = 0;  ///< seconds from the process's start to the end of its first step
};

}  // namespace cnnlab
