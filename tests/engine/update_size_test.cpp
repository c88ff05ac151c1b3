#include "engine/train/update_size.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "engine/cpu/cpu_backend.hpp"
#include "engine/reference/reference_backend.hpp"
#include "tests/engine/training_fixture.hpp"

namespace cnnlab {

namespace {

using test::EventLog;
using test::same_bits;
using test::small_dataset;

/// The small network and all that training it may take, with another optimizer.
Experiment experiment_with(const std::string& optimizer, const std::string& more = "") {
    Json json = test::small_experiment(2).to_json();
    json["optimizer"] = Json::parse(optimizer);
    if (!more.empty()) json.update(Json::parse(more));
    return Experiment::parse(json);
}

double distance(const HostTensor& a, const HostTensor& b) {
    double sum = 0;
    for (int64_t i = 0; i < a.count(); ++i) sum += std::pow(double{b.data()[i]} - double{a.data()[i]}, 2);
    return std::sqrt(sum);
}

/// Measures before a few steps, and holds each measurement against the weights before and after the step itself.
void check(const Experiment& experiment, Backend& backend) {
    const Dataset data = small_dataset();
    Trainer trainer(experiment, data, backend);
    for (int step = 0; step < 7; ++step) {  // an epoch has 5
        const auto before = trainer.model().tensors();
        UpdateMeasurement measurement(trainer);
        while (!measurement.run_for(std::chrono::milliseconds(0))) {
        }
        ASSERT_TRUE(same_bits(trainer.model().tensors(), before)) << "the step is taken back";
        ASSERT_TRUE(trainer.step());
        const auto after = trainer.model().tensors();
        size_t parameters = 0;
        for (const PersistentSpec& spec : trainer.model().persistents()) parameters += spec.parameter ? 1 : 0;
        ASSERT_EQ(measurement.result().size(), parameters);
        for (const UpdateSize& size : measurement.result()) {
            const HostTensor& old = before.at(size.parameter);
            EXPECT_DOUBLE_EQ(size.weight, distance(HostTensor(old.shape()), old)) << size.parameter;
            EXPECT_DOUBLE_EQ(size.update, distance(old, after.at(size.parameter)))
                << size.parameter << " in step " << step;
        }
    }
}

const std::vector<std::string> optimizers{
    R"({"type": "sgd", "lr": 0.1})",
    R"({"type": "sgd", "lr": 0.1, "momentum": 0.9, "nesterov": true, "weight_decay": 0.01, "clip_norm": 0.5})",
    R"({"type": "adam", "clip_value": 0.001, "average_decay": 0.9})",
    R"({"type": "adamw", "weight_decay": 0.3})",
    R"({"type": "rmsprop", "momentum": 0.5})",
    R"({"type": "muon", "weight_decay": 0.1, "groups": [{"match": "dense_1.weight", "other": true}]})",
    R"({"type": "sgd", "lr": 0.1, "lookahead": {"every": 2}, "groups": [{"match": "*.weight", "lr": 0.3}]})",
    R"({"type": "adam", "lr": 0.01, "groups": [{"match": "dense_*", "lr": 0.5, "until": 0.4, "weight_decay": 0.2}]})",
};

}  // namespace

TEST(UpdateSize, is_that_of_the_step_itself_for_every_optimizer) {
    for (const std::string& optimizer : optimizers) {
        SCOPED_TRACE(optimizer);
        const auto backend = make_reference_backend();
        check(experiment_with(optimizer), *backend);
    }
}

TEST(UpdateSize, is_that_of_the_step_itself_on_the_cpu) {
    for (const std::string& optimizer : optimizers) {
        SCOPED_TRACE(optimizer);
        const auto backend = make_cpu_backend();
        check(experiment_with(optimizer), *backend);
    }
}

TEST(UpdateSize, follows_the_rates_of_groups) {
    const auto sizes = [](const std::string& groups) {
        const Dataset data = small_dataset();
        const auto backend = make_reference_backend();
        Trainer trainer(experiment_with(R"({"type": "sgd", "lr": 0.1, "groups": [)" + groups + "]}"), data,
                        *backend);
        UpdateMeasurement measurement(trainer);
        measurement.run_for(std::chrono::hours(1));
        std::map<std::string, double> result;
        for (const UpdateSize& size : measurement.result()) result[size.parameter] = size.update;
        return result;
    };
    const auto plain = sizes(""), own = sizes(R"({"match": "dense_1.weight", "lr": 0.3})"),
               fixed = sizes(R"({"match": "dense_1.weight", "trainable": false})");
    EXPECT_NEAR(own.at("dense_1.weight"), 3 * plain.at("dense_1.weight"), 1e-5);
    EXPECT_EQ(own.at("dense_2.weight"), plain.at("dense_2.weight"));
    EXPECT_EQ(fixed.at("dense_1.weight"), 0);
}

TEST(UpdateSize, leaves_training_as_it_was_also_where_it_is_given_up) {
    const Dataset data = small_dataset();
    const auto run = [&](bool measured) {
        const auto backend = make_cpu_backend();
        Trainer trainer(test::small_experiment(2), data, *backend);
        EventLog log;
        trainer.add_observer(log);
        do {
            if (!measured) continue;
            UpdateMeasurement measurement(trainer);
            measurement.run_for(std::chrono::milliseconds(0));
        } while (trainer.step_part(std::chrono::hours(1)) != Trainer::Part::nothing);
        return std::pair{trainer.checkpoint(), log.words};
    };
    const auto measured = run(true), plain = run(false);
    EXPECT_EQ(measured.first, plain.first);
    EXPECT_EQ(measured.second, plain.second);
}

}  // namespace cnnlab
