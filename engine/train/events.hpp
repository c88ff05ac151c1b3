#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <tuple>
#include <variant>

#include "engine/core/fields.hpp"
#include "engine/model/metrics.hpp"

namespace cnnlab {

/// The events of a training: train_begin (epoch_begin batch_end* eval_end epoch_end)* train_end. Epochs and steps
/// count from 0.
struct TrainBegin {
    static constexpr std::string_view type = "train_begin";
    int64_t step = 0, total_steps = 0, steps_per_epoch = 0;
    int epochs = 0;

    static constexpr auto fields() {
        using E = TrainBegin;
        return std::tuple{field("step", &E::step, "more than 0 after a resume"),
                          field("total_steps", &E::total_steps),
                          field("steps_per_epoch", &E::steps_per_epoch), field("epochs", &E::epochs)};
    }
};
struct EpochBegin {
    static constexpr std::string_view type = "epoch_begin";
    int epoch = 0;

    static constexpr auto fields() { return std::tuple{field("epoch", &EpochBegin::epoch)}; }
};
/// A step: numbers only, so that a driver can hand many of them on as columns.
struct BatchEnd {
    static constexpr std::string_view type = "batch_end";
    int64_t step = 0;
    int epoch = 0, count = 0;
    double loss = 0, accuracy = 0, learning_rate = 0, gradient_norm = 0;

    static constexpr auto fields() {
        using E = BatchEnd;
        return std::tuple{
            field("step", &E::step, "the one that has just been done"),
            field("epoch", &E::epoch),
            field("count", &E::count, "images of this batch"),
            field("loss", &E::loss, "mean over this batch, in training mode"),
            field("accuracy", &E::accuracy, "of this batch, in training mode"),
            field("learning_rate", &E::learning_rate),
            field("gradient_norm", &E::gradient_norm, "0 where the optimizer does not clip it")};
    }
};
/// How well the model does on the test split.
struct EvalEnd : Evaluation {
    static constexpr std::string_view type = "eval_end";
    int epoch = 0;

    static constexpr auto fields() {
        return std::tuple_cat(std::tuple{field("epoch", &EvalEnd::epoch)}, Evaluation::fields());
    }
};
struct EpochEnd {
    static constexpr std::string_view type = "epoch_end";
    int epoch = 0;
    double train_loss = 0, train_accuracy = 0;
    std::optional<double> test_loss, test_accuracy;

    static constexpr auto fields() {
        using E = EpochEnd;
        return std::tuple{field("epoch", &E::epoch),
                          field("train_loss", &E::train_loss,
                                "mean over the epoch, in training mode, while the weights moved"),
                          field("train_accuracy", &E::train_accuracy),
                          field("test_loss", &E::test_loss, "null without test images"),
                          field("test_accuracy", &E::test_accuracy)};
    }
};
struct TrainEnd {
    static constexpr std::string_view type = "train_end";
    int64_t step = 0;

    static constexpr auto fields() { return std::tuple{field("step", &TrainEnd::step)}; }
};

using TrainEvent = std::variant<TrainBegin, EpochBegin, BatchEnd, EvalEnd, EpochEnd, TrainEnd>;

/// Watches a training. Called between steps, on the thread that trains.
class Observer {
  public:
    virtual ~Observer() = default;
    virtual void on_event(const TrainEvent& event) = 0;
};

/// A step as a row of numbers, in the order of BatchEnd::fields().
constexpr size_t step_columns = std::tuple_size_v<decltype(BatchEnd::fields())>;
[[nodiscard]] inline std::array<double, step_columns> step_row(const BatchEnd& event) {
    return std::apply([&](const auto&... f) { return std::array{static_cast<double>(event.*f.member)...}; },
                      BatchEnd::fields());
}

}  // namespace cnnlab
