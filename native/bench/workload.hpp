#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "engine/train/trainer.hpp"
#include "native/bench/contest.hpp"
#include "native/run/backends.hpp"
#include "native/run/experiment_file.hpp"

namespace cnnlab {

/// What images are, other than those of an experiment's data set.
struct OtherImages {
    ImageShape shape;
    int classes = 0;  ///< 0: those of the data set
};

/// `count` images of noise as the experiment's data set has them, or others. Speed does not depend on the contents.
[[nodiscard]] Dataset noise_images(const ExperimentFile& file, int64_t count,
                                   const std::optional<OtherImages>& others = {});

/// Training steps of an experiment on noise, without an end.
class TrainingLoad {
  public:
    TrainingLoad(ExperimentFile file, const BackendChoice& choice,
                 const std::optional<OtherImages>& others = {});

    [[nodiscard]] Contestant contestant();
    [[nodiscard]] Trainer& trainer() { return *trainer_; }
    [[nodiscard]] Backend& backend() { return *backend_; }
    [[nodiscard]] int batch() const { return trainer_->program().batch; }
    /// Nominal FLOP of a step: taps that fall on padding count.
    [[nodiscard]] double step_flops() const;

  private:
    std::unique_ptr<Backend> backend_;
    Dataset images_;
    std::unique_ptr<Trainer> trainer_;
};

/// Classification of the same batch of noise again and again, as `predict` does it: pixels in, probabilities out.
class InferenceLoad {
  public:
    InferenceLoad(ExperimentFile file, int batch, const BackendChoice& choice,
                  const std::optional<OtherImages>& others = {});

    [[nodiscard]] Contestant contestant();
    [[nodiscard]] Model& model() { return *model_; }
    [[nodiscard]] Backend& backend() { return *backend_; }

  private:
    std::unique_ptr<Backend> backend_;
    Dataset images_;
    std::unique_ptr<Model> model_;
};

/// The machine's multiply-adds, as a contestant: one repeat is a GFLOP.
[[nodiscard]] Contestant peak_contestant(const BackendChoice& choice);

/// Calls `work` for about `seconds`, at least once. Returns the seconds of each call.
[[nodiscard]] std::vector<double> timed_repeats(double seconds, const std::function<void()>& work);

}  // namespace cnnlab
