#include "native/study/run_record.hpp"

#include <cmath>

#include "engine/model/description.hpp"
#include "native/run/backends.hpp"
#include "native/run/experiment_file.hpp"
#include "native/run/metrics_log.hpp"
#include "native/run/model_file.hpp"

namespace cnnlab {

namespace {

std::optional<double> last(const std::vector<TrainingHistory::Point>& points,
                           double TrainingHistory::Point::*value) {
    if (points.empty() || !std::isfinite(points.back().*value)) return std::nullopt;
    return points.back().*value;
}

/// The English of a message as metrics.jsonl has it.
std::string english_of(const Json& message) {
    if (message.is_string()) return message.get<std::string>();
    return message.is_object() ? message.value("english", "") : "";
}

void add_session(const Json& line, RunHistory& run) {
    if (line.contains("images")) run.images = line["images"];
    if (line.contains("backend") && line["backend"].is_string())
        run.backend = line["backend"].get<std::string>();
    run.warnings.clear();
    if (!line.contains("concerns") || !line["concerns"].is_array()) return;
    for (const Json& concern : line["concerns"]) {
        if (!concern.is_object()) continue;
        run.warnings.push_back(english_of(concern.value("place", Json(""))) + ": " +
                               english_of(concern.value("problem", Json(""))) + "; " +
                               english_of(concern.value("remedy", Json(""))));
    }
}

void add_metrics(const std::filesystem::path& path, RunHistory& run) {
    int64_t total = 0, steps = 0;
    bool is_over = false;
    for (const Json& line : read_metrics(path)) {
        run.history.add(line);
        const auto number = [&](const char* key, int64_t other) {
            return line.contains(key) && line[key].is_number_integer() ? line[key].get<int64_t>() : other;
        };
        if (line["event"] == "train_begin") {
            total = number("total_steps", total);
            add_session(line, run);
        }
        // A training that was ended from outside has no train_end.
        if (line["event"] == "epoch_end") {
            steps = (number("epoch", 0) + 1) * run.history.steps_per_epoch;
            is_over = false;
        }
        if (line["event"] == "train_end") {
            steps = number("step", steps);
            is_over = true;
        }
        if (line.contains("seconds") && line["seconds"].is_number())
            run.record.seconds = line["seconds"].get<double>();
    }
    run.record.finished = is_over && total > 0 && steps == total;
    run.record.epochs =
        static_cast<double>(steps) / static_cast<double>(std::max<int64_t>(1, run.history.steps_per_epoch));
}

}  // namespace

RunHistory read_run(const RunFolder& folder) {
    RunHistory run;
    const ExperimentFile file = read_experiment(folder.experiment().string());
    run.record.run = folder.path().string();
    run.record.experiment = file.experiment.name;
    run.record.title = file.experiment.title;
    add_metrics(folder.metrics(), run);
    // The model's card has the classes of a person's own images, which no experiment names.
    const auto backend = make_backend({.device = "cpu", .threads = 1});
    const Description description = describe(file.experiment, read_model(folder.model(), *backend).card());
    run.record.parameters = description.parameters;
    run.record.multiply_adds = description.multiply_adds;
    run.record.test_accuracy = last(run.history.test, &TrainingHistory::Point::accuracy);
    run.record.test_loss = last(run.history.test, &TrainingHistory::Point::loss);
    run.record.train_accuracy = last(run.history.train, &TrainingHistory::Point::accuracy);
    run.record.train_loss = last(run.history.train, &TrainingHistory::Point::loss);
    return run;
}

}  // namespace cnnlab
