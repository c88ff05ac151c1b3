#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/core/spec.hpp"
#include "native/run/run_folder.hpp"
#include "native/run/training_history.hpp"

namespace cnnlab {

/// What a run folder says of its training, finished or not.
struct RunRecord {
    std::string run, experiment, title;
    bool finished = false;
    double epochs = 0;  ///< done
    int64_t parameters = 0, multiply_adds = 0;
    std::optional<double> test_accuracy, test_loss, train_accuracy, train_loss;
    double seconds = 0;

    static constexpr auto fields() {
        using R = RunRecord;
        return std::tuple{
            field("run", &R::run, "the folder"),
            field("experiment", &R::experiment, "its name"),
            field("title", &R::title),
            field("finished", &R::finished),
            field("epochs", &R::epochs, "done"),
            field("parameters", &R::parameters, "learned numbers"),
            field("multiply_adds", &R::multiply_adds, "forward, of one image"),
            field("test_accuracy", &R::test_accuracy, "after the last whole epoch, as the next three"),
            field("test_loss", &R::test_loss),
            field("train_accuracy", &R::train_accuracy),
            field("train_loss", &R::train_loss),
            field("seconds", &R::seconds, "of training, over all sessions")};
    }
};

/// A record and the curves behind it.
struct RunHistory {
    RunRecord record;
    TrainingHistory history;
    /// Of its last session, where metrics.jsonl has them: counts and checksum of the images, the backend, warnings.
    Json images;
    std::string backend;
    std::vector<std::string> warnings;

    /// Its losses are no numbers at the end.
    [[nodiscard]] bool has_diverged() const { return !history.train.empty() && !record.train_loss; }
};

/// Reads experiment.json, metrics.jsonl and the model's card. Throws Error: missing_data, bad_file.
[[nodiscard]] RunHistory read_run(const RunFolder& folder);

}  // namespace cnnlab
