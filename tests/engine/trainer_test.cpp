#include "engine/train/trainer.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "engine/reference/reference_backend.hpp"
#include "tests/conformance/backends.hpp"
#include "tests/engine/training_fixture.hpp"
#include "tests/errors.hpp"

namespace cnnlab {

namespace {

using test::EventLog;
using test::small_dataset;
using test::small_experiment;

}  // namespace

TEST(Trainer, tells_what_happens_in_order) {
    const Dataset data = small_dataset();
    const auto backend = make_reference_backend();
    Trainer trainer(small_experiment(2), data, *backend);
    EventLog log;
    trainer.add_observer(log);
    EXPECT_EQ(trainer.total_steps(), 10);
    EXPECT_EQ(trainer.steps_per_epoch(), 5);
    EXPECT_TRUE(trainer.step());
    EXPECT_EQ(log.words, "train_begin epoch_begin batch_end");
    trainer.fit();
    EXPECT_TRUE(trainer.finished());
    EXPECT_FALSE(trainer.step());
    const std::string epoch =
        " epoch_begin batch_end batch_end batch_end batch_end batch_end eval_end epoch_end";
    EXPECT_EQ(log.words, "train_begin" + epoch + epoch + " train_end");
}

TEST(Trainer, reports_each_batch_and_sums_them_up_by_epoch) {
    const Dataset data = small_dataset();
    const auto backend = make_reference_backend();
    Trainer trainer(small_experiment(1), data, *backend);
    EventLog log;
    trainer.add_observer(log);
    trainer.fit();
    const auto batches = log.all<BatchEnd>();
    const EpochEnd epoch = log.all<EpochEnd>().at(0);
    const EvalEnd evaluation = log.all<EvalEnd>().at(0);
    ASSERT_EQ(batches.size(), 5U);
    double loss = 0, accuracy = 0;
    for (size_t i = 0; i < batches.size(); ++i) {
        EXPECT_EQ(batches[i].step, static_cast<int64_t>(i));
        EXPECT_EQ(batches[i].count, i < 4 ? 5 : 2) << "the last batch is what is left";
        EXPECT_GT(batches[i].gradient_norm, 0);
        loss += batches[i].loss * batches[i].count / 22;
        accuracy += batches[i].accuracy * batches[i].count / 22;
    }
    EXPECT_NEAR(epoch.train_loss, loss, 1e-12);
    EXPECT_NEAR(epoch.train_accuracy, accuracy, 1e-12);
    EXPECT_EQ(epoch.test_loss, evaluation.loss);
    EXPECT_EQ(evaluation.count, 7);
}

TEST(Trainer, follows_the_schedule) {
    const Dataset data = small_dataset();
    const auto backend = make_reference_backend();
    Experiment experiment = small_experiment(2);
    Trainer trainer(experiment, data, *backend);
    EventLog log;
    trainer.add_observer(log);
    trainer.fit();
    for (const auto& batch : log.all<BatchEnd>())
        EXPECT_FLOAT_EQ(static_cast<float>(batch.learning_rate),
                        static_cast<float>(0.01 * experiment.schedule.factor(batch.step, 10)));
    trainer.set_learning_rate_scale(0.5F);
    EXPECT_NEAR(trainer.learning_rate(), 0.5 * double{0.01F} * experiment.schedule.factor(10, 10), 1e-12);
}

TEST(Trainer, evaluates_with_the_averages_and_leaves_the_weights_alone) {
    const Dataset data = small_dataset();
    const auto backend = make_reference_backend();
    Trainer trainer(small_experiment(1), data, *backend);
    for (int i = 0; i < 3; ++i) trainer.step();
    const auto before = trainer.model().tensors();
    const double loss = trainer.model().evaluate(SplitName::test, data.test.labels).loss;
    EXPECT_TRUE(test::same_bits(before, trainer.model().tensors()));
    EXPECT_EQ(trainer.model().evaluate(SplitName::test, data.test.labels).loss, loss);
    const auto weights = trainer.model().weights();
    const HostTensor& average = before.at("dense_1.weight.average");
    EXPECT_EQ(weights.at("dense_1.weight")[0], average[0]);
    EXPECT_NE(before.at("dense_1.weight")[0], average[0]);
    EXPECT_TRUE(weights.contains("batch_norm_1.running_var"));
    EXPECT_FALSE(weights.contains("dense_1.weight.exp_avg"));
    // evaluation is what a model with just these weights does
    for (const auto& [name, tensor] : weights) {
        trainer.model().set(name, tensor);
        if (before.contains(name + ".average")) trainer.model().set(name + ".average", tensor);
    }
    EXPECT_EQ(trainer.model().evaluate(SplitName::test, data.test.labels).loss, loss);
}

TEST(Trainer, averages_start_as_the_weights_themselves) {
    const Dataset data = small_dataset();
    const auto backend = make_reference_backend();
    Trainer trainer(small_experiment(1), data, *backend);
    const auto tensors = trainer.model().tensors();
    for (const char* name : {"conv2d_1.weight", "batch_norm_1.weight", "dense_2.bias"}) {
        const HostTensor &weight = tensors.at(name), &average = tensors.at(std::string(name) + ".average");
        EXPECT_TRUE(std::equal(weight.span().begin(), weight.span().end(), average.span().begin())) << name;
    }
}

TEST(Trainer, predictions_are_probabilities) {
    const Dataset data = small_dataset();
    for (const auto& candidate : test::all_backends()) {
        SCOPED_TRACE(candidate.name);
        const auto backend = candidate.make();
        Trainer trainer(small_experiment(1), data, *backend);
        trainer.step();
        const HostTensor p = trainer.model().predict(data.test);
        ASSERT_EQ(p.shape(), (Shape{7, 3}));
        for (int64_t n = 0; n < 7; ++n) EXPECT_NEAR(p[3 * n] + p[3 * n + 1] + p[3 * n + 2], 1, 1e-6);
        trainer.fit();  // predicting has not disturbed the training data
    }
}

TEST(Trainer, one_seed_gives_one_training) {
    const Dataset data = small_dataset();
    for (const auto& candidate : test::all_backends()) {
        SCOPED_TRACE(candidate.name);
        const auto trained = [&](int seed) {
            const auto backend = candidate.make();
            Experiment experiment = small_experiment(1);
            experiment.train.seed = seed;
            Trainer trainer(experiment, data, *backend);
            trainer.fit();
            return trainer.model().tensors();
        };
        EXPECT_TRUE(test::same_bits(trained(4), trained(4)));
        EXPECT_FALSE(test::same_bits(trained(4), trained(5)));
    }
}

TEST(Trainer, an_evaluation_can_stop_in_the_middle) {
    const Dataset data = small_dataset();
    for (const auto& candidate : test::all_backends()) {
        SCOPED_TRACE(candidate.name);
        const auto whole_backend = candidate.make(), parts_backend = candidate.make();
        Trainer whole(small_experiment(2), data, *whole_backend),
            parts(small_experiment(2), data, *parts_backend);
        EventLog wanted, got;
        whole.add_observer(wanted);
        parts.add_observer(got);
        whole.fit();
        int evaluating = 0;
        auto part = Trainer::Part::done;
        while (part != Trainer::Part::nothing) {
            part = parts.step_part(std::chrono::milliseconds(0));
            EXPECT_EQ(parts.under_way(), part == Trainer::Part::under_way);
            if (parts.evaluation() == nullptr) continue;
            ++evaluating;
            EXPECT_FALSE(parts.mid_step());
            EXPECT_EQ(parts.evaluation()->count(), 7);
            // the model may be used otherwise meanwhile
            const HostTensor p = parts.model().predict(data.test);
            EXPECT_EQ(p.shape(), (Shape{7, 3}));
        }
        EXPECT_GE(evaluating, 2);
        ASSERT_EQ(got.all<EpochEnd>().size(), 2U);
        for (size_t i = 0; i < 2; ++i) {
            EXPECT_EQ(got.all<EpochEnd>()[i].test_loss, wanted.all<EpochEnd>()[i].test_loss);
            EXPECT_EQ(got.all<EvalEnd>()[i].confusion, wanted.all<EvalEnd>()[i].confusion);
        }
        EXPECT_TRUE(test::same_bits(whole.model().tensors(), parts.model().tensors()));
    }
}

TEST(Trainer, evaluates_the_images_that_it_is_given) {
    const Dataset data = small_dataset();
    const auto other = std::make_shared<Split>(data.train);
    const auto backend = make_reference_backend();
    Trainer trainer(small_experiment(3), data, *backend);
    EventLog log;
    trainer.add_observer(log);
    const auto epoch = [&] {
        for (int64_t i = 0; i < trainer.steps_per_epoch(); ++i) trainer.step();
    };
    trainer.set_test(other, 5);
    epoch();
    trainer.set_test(nullptr, 0);
    epoch();
    ASSERT_EQ(log.all<EvalEnd>().size(), 1U);
    EXPECT_EQ(log.all<EvalEnd>()[0].count, 5);
    EXPECT_FALSE(log.all<EpochEnd>()[1].test_loss.has_value());

    trainer.set_test(other, other->count());
    for (int64_t i = 1; i < trainer.steps_per_epoch(); ++i) trainer.step();
    while (trainer.evaluation() == nullptr) (void)trainer.step_part(std::chrono::milliseconds(0));
    trainer.set_test(nullptr, 0);  // not before the next one
    trainer.step();
    ASSERT_EQ(log.all<EvalEnd>().size(), 2U);
    EXPECT_EQ(log.all<EvalEnd>()[1].count, other->count());
}

TEST(Trainer, a_loss_that_is_no_number_stops_the_training) {
    const Dataset data = small_dataset();
    for (const auto& candidate : test::all_backends()) {
        SCOPED_TRACE(candidate.name);
        const auto backend = candidate.make();
        Trainer trainer(small_experiment(1), data, *backend);
        HostTensor bias({3});
        bias[0] = NAN;
        trainer.model().set("dense_2.bias", bias);
        EXPECT_EQ(test::error_of([&] { trainer.step(); }).code(), ErrorCode::diverged);
    }
}

TEST(Trainer, needs_training_images) {
    Dataset data = small_dataset();
    data.train = {};
    const auto backend = make_reference_backend();
    EXPECT_EQ(test::message_of(ErrorCode::missing_data,
                               [&] { Trainer trainer(small_experiment(1), data, *backend); }),
              "dataset: has no training images; give at least one");
}

TEST(Model, takes_and_gives_tensors_by_name) {
    const Dataset data = small_dataset();
    const auto backend = make_reference_backend();
    Model model(small_experiment(1), data.card, *backend);
    EXPECT_EQ(
        test::message_of(ErrorCode::unknown_name, [&] { model.set("dense_1.weigth", HostTensor({1})); }),
        "dense_1.weigth: is no tensor of this model; did you mean \"dense_1.weight\"?");
    EXPECT_EQ(
        test::message_of(ErrorCode::shape_mismatch, [&] { model.set("dense_2.bias", HostTensor({4})); }),
        "dense_2.bias: is 4 but this model has 3; use the weights of the same network");
    EXPECT_EQ(test::error_of([&] { (void)model.get("nothing"); }).code(), ErrorCode::unknown_name);
    const HostTensor bias({3}, {1, 2, 3});
    model.set("dense_2.bias", bias);
    EXPECT_EQ(model.get("dense_2.bias")[2], 3);
    model.initialise(9);
    EXPECT_NE(model.get("dense_2.bias")[2], 3);
    EXPECT_EQ(model.parameter_count(), 5 * 3 * 3 * 2 + 5 + 5 + (9 * 2 * 2 * 5 + 9) + (3 * 9 + 3));
}

TEST(Trainer, an_epoch_may_end_early) {
    const Dataset data = small_dataset();
    const auto backend = make_reference_backend();
    Experiment experiment = small_experiment();
    experiment.train.epochs = 1.3F;  // 6.5 steps, so 7
    Trainer trainer(experiment, data, *backend);
    EventLog log;
    trainer.add_observer(log);
    EXPECT_EQ(trainer.total_steps(), 7);
    trainer.fit();
    EXPECT_EQ(log.all<TrainBegin>().at(0).epochs, 2);
    ASSERT_EQ(log.all<EpochEnd>().size(), 2U);
    const auto batches = log.all<BatchEnd>();
    EXPECT_NEAR(log.all<EpochEnd>()[1].train_loss, (batches[5].loss + batches[6].loss) / 2, 1e-12);
    for (const auto& [epochs, steps] :
         std::map<float, int64_t>{{0.1F, 1}, {0.6F, 3}, {1.4F, 7}, {8.2F, 41}}) {
        experiment.train.epochs = epochs;
        EXPECT_EQ(Trainer(experiment, data, *backend).total_steps(), steps) << epochs;
    }
}

TEST(Trainer, the_last_images_of_an_epoch_may_be_left_out) {
    const Dataset data = small_dataset();
    const auto backend = make_reference_backend();
    Experiment experiment = small_experiment(2);
    experiment.train.drop_last = true;
    Trainer trainer(experiment, data, *backend);
    EventLog log;
    trainer.add_observer(log);
    trainer.fit();
    ASSERT_EQ(log.all<BatchEnd>().size(), 8U);
    for (const BatchEnd& batch : log.all<BatchEnd>()) EXPECT_EQ(batch.count, 5);
    experiment.train.batch = 30;
    EXPECT_EQ(test::message_of(ErrorCode::out_of_range, [&] { Trainer(experiment, data, *backend); }),
              "train.batch: is 30, but there are only 22 training images to fill it; use a smaller batch, or "
              "leave out "
              "train.drop_last");
}

namespace {

/// A network for images of any size.
Experiment growing(const std::string& resolutions) {
    return Experiment::parse(Json::parse(R"({"name": "growing", "dataset": "random", "model": {"layers": [
        {"type": "conv2d", "out_channels": 5, "kernel": 2}, {"type": "silu"}, {"type": "global_max_pool"}, {"type": "dense", "out_features": 3}]},
        "optimizer": {"type": "muon", "other": {"type": "sgd", "lr": 0.1}, "lookahead": {"every": 3},
                      "groups": [{"match": "*.bias", "until": 0.5}]},
        "schedule": "linear", "augment": {"alternating_flip": true, "crop": 1},
        "train": {"epochs": 3.4, "batch": 5, "eval_batch": 4, "seed": 9, "eval_views": "mirror", "resolutions": )" +
                                         resolutions + "}}"));
}

}  // namespace

TEST(Trainer, images_may_grow_while_it_trains) {
    const Dataset data = small_dataset();
    const auto backend = make_reference_backend();
    Trainer trainer(
        growing(R"([{"epoch": 0, "size": 4}, {"epoch": 2, "size": [6, 5]}, {"epoch": 3, "size": 6}])"), data,
        *backend);
    const auto map = [&] {
        const Program& program = trainer.program();
        for (const ValueInfo& value : program.values)
            if (value.name == "conv2d_1") return value.shape.str();
        return std::string();
    };
    EXPECT_EQ(map(), "3×3×5");
    while (trainer.steps_done() < 10) trainer.step();
    EXPECT_EQ(map(), "5×4×5");
    while (trainer.steps_done() < 15) trainer.step();
    EXPECT_EQ(map(), "5×5×5");
    trainer.fit();
    EXPECT_EQ(trainer.steps_done(), 17);
}

TEST(Trainer, goes_on_from_a_checkpoint_through_changes_of_size) {
    const Dataset data = small_dataset();
    for (const auto& backend_under_test : test::all_backends()) {
        const auto backend = backend_under_test.make();
        const Experiment experiment = growing(R"([{"epoch": 1, "size": 4}, {"epoch": 2, "size": 6}])");
        Trainer straight(experiment, data, *backend);
        straight.fit();
        const auto wanted = straight.checkpoint();
        Trainer first(experiment, data, *backend);
        while (first.steps_done() < 7) first.step();
        const auto half = first.checkpoint();
        Trainer second(experiment, data, *backend);
        second.restore(half);
        second.fit();
        EXPECT_EQ(second.checkpoint(), wanted) << backend_under_test.name;
    }
}

TEST(Trainer, says_which_resolution_cannot_be) {
    const Dataset data = small_dataset();
    const auto backend = make_reference_backend();
    const auto message = [&](const Experiment& experiment, ErrorCode code) {
        return test::message_of(code, [&] { Trainer(experiment, data, *backend); });
    };
    EXPECT_EQ(
        message(growing(R"([{"epoch": 2, "size": 4}, {"epoch": 2, "size": 6}])"), ErrorCode::out_of_range),
        "train.resolutions[1].epoch: is 2, not after the one before it; list the sizes in the order of their "
        "epochs");
    Experiment flat = small_experiment();
    flat.train.resolutions = {{0, 4}};
    EXPECT_EQ(
        message(flat, ErrorCode::shape_mismatch),
        "train.resolutions: the size 4×4 makes dense_1.weight 9×1×1×5, not 9×2×2×5; end the network with "
        "global_avg_pool or global_max_pool before dense layers");
    EXPECT_EQ(test::message_of(ErrorCode::wrong_type, [] { growing(R"([{"epoch": 1}])"); }),
              "train.resolutions[0]: lacks the field \"size\"; give it: height and width of the images");
}

}  // namespace cnnlab
