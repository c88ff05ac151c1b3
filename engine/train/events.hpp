#pragma once

#include <string>
#include <variant>

#include "engine/model/metrics.hpp"

namespace cnnlab {

/// The events of a training: train_begin (epoch_begin batch_end* eval_end epoch_end)* train_end. Epochs and steps
/// count from 0.
struct TrainBegin {
    static constexpr auto name = "train_begin";
    int64_t step = 0, total_steps = 0, steps_per_epoch = 0;  ///< step > 0 after a resume
    int epochs = 0;
};
struct EpochBegin {
    static constexpr auto name = "epoch_begin";
    int epoch = 0;
};
struct BatchEnd {
    static constexpr auto name = "batch_end";
    int64_t step = 0;  ///< the one that has just been done
    int epoch = 0, count = 0;
    double loss = 0, accuracy = 0;  ///< of this batch, in training mode
    double learning_rate = 0, gradient_norm = 0;
};
struct EvalEnd {
    static constexpr auto name = "eval_end";
    int epoch = 0;
    Evaluation evaluation;  ///< on the test split
};
struct EpochEnd {
    static constexpr auto name = "epoch_end";
    int epoch = 0;
    double train_loss = 0,
           train_accuracy = 0;  ///< means over the epoch's batches, in training mode, while the weights moved
    double test_loss = 0, test_accuracy = 0;
};
struct TrainEnd {
    static constexpr auto name = "train_end";
    int64_t step = 0;
};

using TrainEvent = std::variant<TrainBegin, EpochBegin, BatchEnd, EvalEnd, EpochEnd, TrainEnd>;

/// Watches a training. Called between steps, on the thread that trains.
class Observer {
  public:
    virtual ~Observer() = default;
    virtual void on_event(const TrainEvent& event) = 0;
};

}  // namespace cnnlab
