#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "engine/backend/backend.hpp"
#include "engine/model/metrics.hpp"

namespace cnnlab {

/// Takes images through a network batch by batch, and counts how well it does; can stop in the middle of a batch.
/// Model::evaluator() makes one. Until it is done the model may be used otherwise, but its weights must stay as they
/// are.
class Evaluator {
  public:
    /// Images on a backend, in their first order, and their classes.
    struct Images {
        SplitName split = SplitName::test;
        std::span<const int32_t> labels;  ///< of the images that are evaluated: the split's first ones
        /// Images for a split that others use in between: they are uploaded before each part. None: they are there and
        /// stay there.
        std::shared_ptr<const Split> upload = nullptr;
        ImageShape shape = {};  ///< of those to upload
    };
    /// `executable` is a Program for evaluation that nobody else uses meanwhile; `backend` must outlive the evaluator.
    /// Throws missing_data where there are no images.
    Evaluator(Backend& backend, std::shared_ptr<Executable> executable, Images images, int classes,
              OutputKind kind);
    Evaluator(const Evaluator&) = delete;
    Evaluator& operator=(const Evaluator&) = delete;
    ~Evaluator();

    /// Goes on for about `budget`. True when all is done.
    bool run_part(std::chrono::milliseconds budget);
    /// Goes on to the end.
    void run();

    [[nodiscard]] int64_t done() const { return cursor_; }
    [[nodiscard]] int64_t count() const { return static_cast<int64_t>(images_.labels.size()); }
    /// Loss and metrics of the images that are done.
    [[nodiscard]] Evaluation result() const { return scorer_.result(loss_sum_); }
    /// The class that the network answers, by image.
    [[nodiscard]] const std::vector<int32_t>& predicted() const { return scorer_.predicted(); }
    /// [count, outputs]: softmax or sigmoid of the logits, as the loss has it.
    [[nodiscard]] HostTensor probabilities() const;

  private:
    /// One batch, or a part of it; true when it is complete.
    bool advance(std::optional<std::chrono::milliseconds> budget);
    void upload();

    Backend* backend_;
    std::shared_ptr<Executable> executable_;
    Images images_;
    OutputKind kind_;
    Scorer scorer_;
    HostTensor logits_;  ///< [count, outputs]
    int64_t cursor_ = 0;
    double loss_sum_ = 0;
    bool mid_batch_ = false;
};

}  // namespace cnnlab
