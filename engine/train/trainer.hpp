#pragma once

#include <chrono>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/data/dataset.hpp"
#include "engine/model/frozen.hpp"
#include "engine/model/model.hpp"
#include "engine/train/events.hpp"

namespace cnnlab {

/// Trains a model on a data set, one mini-batch a step. Pausing is not calling step().
class Trainer {
  public:
    /// The dataset must outlive the trainer. restore() checks `experiment` against the one in the checkpoint.
    Trainer(Experiment experiment, const Dataset& dataset, Backend& backend);

    [[nodiscard]] Model& model() { return model_; }
    /// The training Program of the next step: where the resolution changes there are several.
    [[nodiscard]] const Program& program() const { return stage().executable->program(); }
    /// The training Program on the backend: for Backend::set_profiling and op_seconds.
    [[nodiscard]] Executable& executable() { return *stage().executable; }
    [[nodiscard]] int64_t steps_done() const { return step_; }
    [[nodiscard]] int64_t total_steps() const { return total_steps_; }
    [[nodiscard]] int64_t steps_per_epoch() const { return steps_per_epoch_; }
    [[nodiscard]] bool finished() const { return step_ >= total_steps_; }
    void add_observer(Observer& observer) { observers_.push_back(&observer); }

    /// Does one mini-batch, and after an epoch's last one evaluates on the test split. False if there was nothing left
    /// to do. Throws Error(diverged) if the loss is not finite; the weights are then those after the bad step.
    bool step();
    enum class Part : uint8_t { under_way, done, nothing };
    /// A part of step(), about as long as `budget`: goes on with the step or the evaluation that is under way, or
    /// begins one. `done`: the step is, and the evaluation that follows it. `nothing`: none was left to do.
    Part step_part(std::chrono::milliseconds budget);
    /// Whether a step or the evaluation after it has been begun and not finished.
    [[nodiscard]] bool under_way() const { return mid_step() || evaluator_ != nullptr; }
    /// Whether a step has been begun and not finished: nothing may look at the weights then.
    [[nodiscard]] bool mid_step() const { return under_way_.has_value() || !ahead_.empty(); }
    /// The evaluation that is under way; none if none is. Until it is done the weights must stay as they are.
    [[nodiscard]] const Evaluator* evaluation() const { return evaluator_.get(); }
    /// After each epoch the first `count` of these images are evaluated, in batches of at most `largest_batch` images
    /// (0: the experiment's); at first all test images of the data set are. None: nothing is. Does not change an
    /// evaluation that is under way.
    void set_test(std::shared_ptr<const Split> images, int64_t count, int largest_batch = 0);
    /// As step(), but on a backend that can (Backend::runs_in_flight) the next steps of the epoch are begun before this
    /// one's result is known, so that nothing waits for it. Until settle() has been called nothing may look at the
    /// weights. False if there was nothing left to do.
    bool advance();
    /// Finishes the steps that advance() has begun.
    void settle();
    /// Steps to the end.
    void fit();

    /// From now on trains and evaluates what follows a frozen part from its features (FeatureMaker), which stand for
    /// the images on the backend. For before the first step, after restore(), and again after a set_test() with other
    /// images. Throws shape_mismatch for features of another network or of other images; nothing is changed then.
    void use_features(const FrozenPart& part, Split train, Split test);

    /// Multiplies the schedule's learning rate from now on (1: as the experiment says).
    void set_learning_rate_scale(float scale) { learning_rate_scale_ = scale; }
    [[nodiscard]] double learning_rate() const { return learning_rate_at(step_); }

    /// What the next step will run; the last one's once training has finished.
    struct NextStep {
        Executable* executable;
        RunInput input;
    };
    /// For who tries that step out and takes it back: its images are in order on the
    /// backend, and nothing is begun or told.
    [[nodiscard]] NextStep next_step();

    /// A checkpoint (safetensors bytes): every persistent tensor, the counters and the experiment. Training on from it
    /// gives bit for bit what going on would have given.
    [[nodiscard]] std::vector<uint8_t> checkpoint() const;
    /// Goes to the state of a checkpoint. Throws Error(checkpoint) if it belongs to another model, bad_file if it is
    /// damaged; nothing is changed then.
    void restore(std::span<const uint8_t> checkpoint, const std::string& place = "checkpoint");

  private:
    Part go_on(std::optional<std::chrono::milliseconds> budget);
    /// Tells of the training's begin and, where nothing is left to do, of its end; whether there is something.
    bool has_more();
    [[nodiscard]] RunInput begin_step(int64_t step);
    [[nodiscard]] RunInput input_of(int64_t step) const;
    void finish_step(const RunInput& input, const RunOutput& output);
    void finish_oldest();
    void begin_epoch(int epoch);
    void end_epoch(int epoch);
    /// Goes on with the evaluation that is under way; whether it is done.
    bool evaluate(std::optional<std::chrono::milliseconds> budget);
    void emit(const TrainEvent& event);

    /// The training Program from one step on.
    struct Stage {
        int64_t begin = 0;
        std::unique_ptr<Executable> executable;
    };
    /// Of all layers, or of those from begin_ on.
    void prepare_stages();
    [[nodiscard]] double learning_rate_at(int64_t step) const;
    /// The learning rate of what learns only in the first share `until` of the training.
    [[nodiscard]] double early_rate(int64_t step, float until) const;
    [[nodiscard]] const Stage& stage_at(int64_t step) const;
    [[nodiscard]] const Stage& stage() const { return stage_at(step_); }
    /// A step that advance() has begun.
    struct Ahead {
        RunInput input;
        Executable* executable = nullptr;
    };

    const Dataset* dataset_;
    Model model_;
    std::vector<Stage> stages_;
    int begin_ = 0;  ///< the first layer that runs: before it stand those whose features are kept
    Split train_features_, test_features_;
    std::vector<Observer*> observers_;
    int64_t step_ = 0, total_steps_ = 0, steps_per_epoch_ = 0;
    int ordered_epoch_ = -1;  ///< whose order is on the device
    bool begun_ = false, ended_ = false;
    std::optional<RunInput> under_way_;
    std::shared_ptr<const Split> test_, uploaded_test_;
    int64_t test_count_ = 0;
    int largest_batch_ = 0;                 ///< of evaluations; 0: the experiment's
    std::unique_ptr<Evaluator> evaluator_;  ///< of the epoch that has ended last
    EpochEnd epoch_end_;                    ///< of the same, while it is evaluated
    std::deque<Ahead> ahead_;               ///< oldest first, all of one epoch
    double epoch_loss_ = 0;
    int64_t epoch_correct_ = 0, epoch_count_ = 0;
    float learning_rate_scale_ = 1;
};

/// Reads the experiment out of a checkpoint without loading it.
/// Throws Error: bad_file, or checkpoint for a file that is none.
[[nodiscard]] Json experiment_of_checkpoint(std::span<const uint8_t> file, const std::string& place);

}  // namespace cnnlab
