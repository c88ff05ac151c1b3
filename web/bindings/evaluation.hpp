#pragma once

#include <chrono>
#include <memory>
#include <vector>

#include "engine/model/model.hpp"

namespace cnnlab::web {

[[nodiscard]] Json evaluation_json(const Evaluation& evaluation);

/// An evaluation that is done in slices. Between them the model may be used otherwise; its weights must stay as they are.
class SlicedEvaluation {
  public:
    /// Of the split's first `count` images; `model` must outlive it. Throws missing_data where there are none.
    SlicedEvaluation(Model& model, std::shared_ptr<const Split> images, int64_t count);
    /// Goes on for about `budget`, also in the middle of a batch. True when all is done.
    bool run_for(std::chrono::milliseconds budget);
    [[nodiscard]] int64_t done() const { return cursor_; }
    [[nodiscard]] int64_t count() const { return count_; }
    [[nodiscard]] Evaluation result() const { return scorer_.result(loss_sum_); }
    /// [count, outputs], row-major
    [[nodiscard]] const std::vector<float>& logits() const { return logits_; }
    [[nodiscard]] int outputs() const { return outputs_; }

  private:
    Model* model_;
    std::shared_ptr<const Split> images_;
    Program program_;
    std::unique_ptr<Executable> executable_;
    int64_t count_, cursor_ = 0;
    int outputs_ = 1;
    double loss_sum_ = 0;
    Scorer scorer_;
    std::vector<float> logits_;
};

}  // namespace cnnlab::web
