#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/model/base.hpp"
#include "engine/model/explain.hpp"
#include "engine/model/features.hpp"
#include "engine/train/trainer.hpp"
#include "engine/train/update_size.hpp"
#include "web/bindings/profile.hpp"
#include "web/bindings/session_info.hpp"
#include "web/bindings/tap.hpp"

namespace cnnlab::web {

/// The images of an experiment on "lines". Throws missing_data for another one.
[[nodiscard]] std::shared_ptr<const Dataset> lines_images(const DataSpec& spec);

/// What happened in one slice of training.
struct Progress {
    bool more = true;             ///< whether there is anything left to do
    bool trained = true;          ///< the slice went to steps; false: to the evaluation at an epoch's end
    int64_t begun = 0;            ///< steps
    std::vector<double> batches;  ///< a step_row for each step
    std::vector<Json> events;     ///< all others, in order
};

/// One network in training, in slices, so that a page can look up in between. Sessions may share images.
class SlicedTraining : private Observer {
  public:
    /// `base`: the trained network before an experiment's own layers, which with_base() has put there.
    SlicedTraining(Experiment experiment, std::shared_ptr<const Dataset> images,
                   std::shared_ptr<const BaseNetwork> base = nullptr);
    SlicedTraining(const SlicedTraining&) = delete;
    SlicedTraining& operator=(const SlicedTraining&) = delete;

    [[nodiscard]] Trainer& trainer() { return *trainer_; }
    [[nodiscard]] Model& model() { return trainer_->model(); }
    [[nodiscard]] const Split& split(SplitName name) const {
        return name == SplitName::train ? images_->train : *test_;
    }
    [[nodiscard]] SessionInfo info();

    /// The first so many test images are evaluated after each epoch.
    void set_evaluated(int64_t count);
    /// The test images become those of `images`. An epoch's end evaluates as many as before.
    void set_test(std::shared_ptr<const Dataset> images);
    /// Begins at most `steps` steps, until `budget` has passed; goes on with a step or an evaluation that is under way
    /// first. A slice ends where an evaluation begins or ends. Before the first step it computes the features of
    /// frozen layers, where they can be computed once.
    Progress run(int64_t steps, std::chrono::milliseconds budget);
    /// Whether a step is under way and the weights are half updated: call run(0, …) until it is false, then read them.
    [[nodiscard]] bool mid_step() const { return trainer_->mid_step(); }

    void begin_evaluation(SplitName split, int64_t count);
    [[nodiscard]] Evaluator& evaluation();
    void end_evaluation() { asked_.reset(); }

    /// Between two steps; the weights must stay as they are until it is complete. `layers`: whose answers are wanted.
    /// Throws missing_data without images, unknown_name for a layer that is none.
    void begin_tap(Split images, const std::vector<std::string>& layers, bool gradients);
    [[nodiscard]] SlicedTap& tap();
    void end_tap() { tap_.reset(); }

    /// Between two steps: where the network looks, for the output that each image's label names (Explainer). The
    /// layer may be empty.
    [[nodiscard]] Explanation explain(const Split& images, const std::string& layer);

    /// Between two steps, which may not go on until it is complete.
    void begin_updates() { updates_.emplace(*trainer_); }
    [[nodiscard]] UpdateMeasurement& updates();
    void end_updates() { updates_.reset(); }

    /// Measures each op of the steps from now on (or no longer).
    void set_profiling(bool on) {
        (void)profile();
        profiling_ = on;
        sampling_ = false;
        measure_from_here();
    }
    /// What each op has cost since set_profiling(true). Before a step is done, and after set_profiling(false), what was
    /// measured last; each training measures some of its first steps by itself.
    [[nodiscard]] Profile profile();

    void set_learning_rate_scale(float scale);
    void restore(std::span<const uint8_t> checkpoint);
    /// The state before the first step.
    void reset();
    /// Somebody has changed a weight: features may have to be computed anew.
    void weights_changed() { features_.reset(); }

  private:
    void on_event(const TrainEvent& event) override;
    void make_trainer();
    /// One batch of features; false where there is nothing to compute.
    bool make_features();
    void measure_from_here() {
        profiled_from_ = trainer_->steps_done();
        backend_->set_profiling(trainer_->executable(), profiling_ || sampling_);
    }
    /// Between two steps: begins and ends the measuring of a training's first steps.
    void sample();
    /// What was measured since measure_from_here().
    [[nodiscard]] Profile measured();

    /// Of the frozen layers, batch by batch: the training images' first, then those of the test.
    struct Features {
        FrozenPart part;
        std::unique_ptr<FeatureMaker> maker;  ///< none: nothing is left to do
        Split train;
        bool testing = false;
    };

    Experiment experiment_;
    std::shared_ptr<const Dataset> images_;
    std::shared_ptr<const BaseNetwork> base_;
    std::shared_ptr<const Split> test_;  ///< those of images_, until there are more
    std::unique_ptr<Backend> backend_;
    std::unique_ptr<Trainer> trainer_;
    std::optional<Features> features_;  ///< none: not begun
    float learning_rate_scale_ = 1;
    int64_t evaluated_ = 0;
    bool profiling_ = false;  ///< somebody asked for it
    bool sampling_ = false;
    Profile last_;
    int64_t begun_at_ = 0;       ///< steps done when the trainer was made or its state restored
    int64_t profiled_from_ = 0;  ///< steps done when measuring began
    Progress progress_;
    std::unique_ptr<Evaluator> asked_;
    std::optional<SlicedTap> tap_;
    std::optional<UpdateMeasurement> updates_;
    std::vector<std::shared_ptr<AnswerProgram>> answer_programs_;  ///< of the last taps, the latest first
    std::string explained_layer_;                                  ///< of the explainer
    std::unique_ptr<Explainer> explainer_;  ///< of the last explanation: a page asks the same again and again
};

}  // namespace cnnlab::web
