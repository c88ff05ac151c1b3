#include "native/study/run_record.hpp"

#include <cmath>

#include "engine/model/description.hpp"
#include "native/run/backends.hpp"
#include "native/run/experiment_file.hpp"
#include "native/run/model_file.hpp"

namespace cnnlab {

namespace {

std::optional<double> last(const std::vector<TrainingHistory::Point>& points,
                           double TrainingHistory::Point::*value) {
    if (points.empty() || !std::isfinite(points.back().*value)) return std::nullopt;
    return points.back().*value;
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
