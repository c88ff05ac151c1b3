#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "engine/core/spec.hpp"
#include "engine/study/results.hpp"
#include "native/run/run_folder.hpp"
#include "native/run/training_history.hpp"

namespace cnnlab {

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

/// Adds what a metrics.jsonl tells. Throws Error as read_metrics does.
void add_metrics(const std::filesystem::path& metrics, RunHistory& run);

/// Reads experiment.json, metrics.jsonl and the model's card. Throws Error: missing_data, bad_file.
[[nodiscard]] RunHistory read_run(const RunFolder& folder);

}  // namespace cnnlab
