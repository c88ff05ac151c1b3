#include <gtest/gtest.h>

#include "engine/train/trainer.hpp"
#include "native/cuda/cuda_backend.hpp"
#include "tests/cuda/small_images.hpp"

/// Runs that are begun before earlier ones have ended, captured graphs, and what goes wrong, on the emulated GPU.
namespace cnnlab::test {

namespace {

Experiment experiment(int batch = 8, int epochs = 3) {
    Json json = Json::parse(
        R"({"name": "runs", "dataset": "x", "optimizer": {"type": "adam"}, "augment": {"horizontal_flip": true},
            "model": {"layers": [{"type": "conv2d", "out_channels": 6}, {"type": "batch_norm"}, {"type": "relu"}, {"type": "max_pool2d"},
                                 {"type": "dropout"}, {"type": "dense", "out_features": 3}]}})");
    json["train"] = {{"batch", batch}, {"epochs", epochs}};
    return Experiment::parse(json);
}

/// What a training tells, in order.
struct Story : Observer {
    std::vector<std::string> lines;
    void on_event(const TrainEvent& event) override {
        lines.push_back(std::visit(
            [](const auto& e) -> std::string {
                using E = std::decay_t<decltype(e)>;
                if constexpr (std::is_same_v<E, BatchEnd>)
                    return "step " + std::to_string(e.step) + " " + std::to_string(e.loss) + " " +
                           std::to_string(e.learning_rate);
                else if constexpr (std::is_same_v<E, EpochEnd>)
                    return "epoch ends " + std::to_string(e.train_loss) + " " +
                           std::to_string(e.test_accuracy.value_or(-1));
                else
                    return "event";
            },
            event));
    }
};

struct Result {
    std::vector<std::string> story;
    std::vector<uint8_t> checkpoint;
};

template <class Go>
Result train(const Go& go) {
    const auto backend = make_cuda_backend({Precision::fp32, false});
    const Dataset data = small_images(27);
    Trainer trainer(experiment(), data, *backend);
    Story story;
    trainer.add_observer(story);
    go(trainer);
    return {story.lines, trainer.checkpoint()};
}

}  // namespace

TEST(CudaRuns, late_results_tell_the_same_story) {
    const Result one_by_one = train([](Trainer& t) {
        while (t.step()) {
        }
    });
    const Result ahead = train([](Trainer& t) {
        while (t.advance()) {
        }
    });
    EXPECT_EQ(one_by_one.story, ahead.story);
    EXPECT_EQ(one_by_one.checkpoint, ahead.checkpoint);
    const Result settled = train([](Trainer& t) {
        t.advance();
        EXPECT_TRUE(t.under_way());
        t.settle();
        EXPECT_FALSE(t.under_way());
        EXPECT_EQ(t.steps_done(), 4) << "the epoch's other steps had been begun";
        const auto checkpoint = t.checkpoint();
        t.advance();
        t.restore(checkpoint);
        EXPECT_FALSE(t.under_way());
        t.fit();
    });
    EXPECT_EQ(settled.checkpoint, one_by_one.checkpoint);
}

TEST(CudaRuns, at_most_so_many_are_under_way) {
    const auto backend = make_cuda_backend({Precision::fp32, false});
    const Dataset data = small_images(8);
    Model model(experiment(), data.card, *backend);
    backend->upload_split(SplitName::train, data.card.image, data.train);
    const auto executable = backend->prepare(model.compile_for(Phase::train, 8).program);
    const RunInput input{SplitName::train, 0, 8, 1, 0, 0.01F};
    for (int i = 0; i < backend->runs_in_flight(); ++i) backend->begin(*executable, input);
    EXPECT_THROW(backend->begin(*executable, input), Error);
    EXPECT_THROW((void)backend->run(*executable, input), Error);
    double last = 1e9;
    for (int i = 0; i < backend->runs_in_flight(); ++i) {
        const double loss = backend->finish(*executable).loss_sum;
        EXPECT_NE(loss, last) << "dropout and the weights have changed";
        last = loss;
    }
    EXPECT_THROW((void)backend->finish(*executable), Error);
}

TEST(CudaRuns, too_little_memory_is_told_with_figures) {
    const auto backend = make_cuda_backend({Precision::fp32, false});
    DatasetCard card = small_images(8).card;
    card.image = {40, 40, 3};  // 65,536 of these are more than the emulated GPU has
    Model model(experiment(65536), card, *backend);
    try {
        (void)backend->prepare(model.compile_for(Phase::train, 65536).program);
        FAIL() << "it fits";
    } catch (const Error& error) {
        EXPECT_NE(error.problem().english().find("MiB"), std::string::npos) << error.what();
        EXPECT_NE(error.remedy().english().find("batch"), std::string::npos) << error.what();
    }
}

TEST(CudaRuns, ops_are_measured) {
    const auto backend = make_cuda_backend({Precision::half, false});
    const Dataset data = small_images(8);
    Trainer trainer(experiment(), data, *backend);
    backend->set_profiling(trainer.executable(), true);
    trainer.step();
    double sum = 0;
    for (const double seconds : backend->op_seconds(trainer.executable())) sum += seconds;
    EXPECT_GT(sum, 0);
}

}  // namespace cnnlab::test
