#include <gtest/gtest.h>

#include "engine/io/safetensors.hpp"
#include "engine/reference/reference_backend.hpp"
#include "engine/train/trainer.hpp"
#include "tests/conformance/backends.hpp"
#include "tests/engine/training_fixture.hpp"
#include "tests/errors.hpp"

/// Checkpoints: going on from one is as if nothing had happened; a bad one changes nothing.
namespace cnnlab {

namespace {

using test::EventLog;
using test::small_dataset;
using test::small_experiment;
using Bytes = std::vector<uint8_t>;

/// A trainer on a backend of its own.
struct Training {
    explicit Training(const Dataset& data, const Experiment& experiment = small_experiment(),
                      std::unique_ptr<Backend> on = make_reference_backend())
        : backend(std::move(on)), trainer(experiment, data, *backend) {
        trainer.add_observer(log);
    }
    std::unique_ptr<Backend> backend;
    EventLog log;
    Trainer trainer;
};

void steps(Trainer& trainer, int count) {
    for (int i = 0; i < count; ++i) trainer.step();
}

/// The checkpoint with one of its metadata replaced, or taken away.
Bytes with_metadata(const Bytes& checkpoint, const std::string& key, const std::string& value) {
    TensorFile file = read_safetensors(checkpoint, "checkpoint");
    if (value.empty())
        file.metadata.erase(key);
    else
        file.metadata[key] = value;
    return write_safetensors(file);
}

/// Restoring `bytes` must be refused with `code` and change nothing: not the weights, not the place in the training.
void expect_refused(Training& run, const Bytes& bytes, ErrorCode code, const std::string& why) {
    SCOPED_TRACE(why);
    const auto before = run.trainer.model().tensors();
    const int64_t done = run.trainer.steps_done();
    const Error error = test::error_of([&] { run.trainer.restore(bytes, "my.safetensors"); });
    EXPECT_EQ(error.code(), code) << error.what();
    EXPECT_EQ(std::string(error.what()).rfind("my.safetensors", 0), 0U) << error.what();
    EXPECT_TRUE(test::same_bits(before, run.trainer.model().tensors()));
    EXPECT_EQ(run.trainer.steps_done(), done);
}

}  // namespace

TEST(Checkpoint, going_on_gives_the_bits_of_never_having_stopped) {
    const Dataset data = small_dataset();
    for (const auto& candidate : test::all_backends()) {
        Training whole(data, small_experiment(), candidate.make());
        whole.trainer.fit();
        for (const int stop : {0, 2, 5, 7, 14}) {
            SCOPED_TRACE(candidate.name + ", stopped after step " + std::to_string(stop));
            Training first(data, small_experiment(), candidate.make());
            steps(first.trainer, stop);
            const Bytes checkpoint = first.trainer.checkpoint();
            Training second(data, small_experiment(), candidate.make());
            steps(second.trainer, 3);  // whatever it did before is gone
            second.trainer.restore(checkpoint);
            EXPECT_EQ(second.trainer.steps_done(), stop);
            second.trainer.fit();
            EXPECT_TRUE(test::same_bits(whole.trainer.model().tensors(), second.trainer.model().tensors()));
            const EpochEnd expected = whole.log.all<EpochEnd>().back(),
                           got = second.log.all<EpochEnd>().back();
            EXPECT_EQ(expected.train_loss, got.train_loss);
            EXPECT_EQ(expected.train_accuracy, got.train_accuracy);
            EXPECT_EQ(expected.test_loss, got.test_loss);
        }
    }
}

TEST(Checkpoint, taking_one_does_not_disturb_the_training) {
    const Dataset data = small_dataset();
    Training plain(data), disturbed(data);
    plain.trainer.fit();
    while (disturbed.trainer.step()) (void)disturbed.trainer.checkpoint();
    EXPECT_TRUE(test::same_bits(plain.trainer.model().tensors(), disturbed.trainer.model().tensors()));
}

TEST(Checkpoint, a_restored_epoch_reports_all_of_its_batches) {
    const Dataset data = small_dataset();
    Training whole(data), resumed(data);
    steps(whole.trainer, 3);
    resumed.trainer.restore(whole.trainer.checkpoint());
    steps(whole.trainer, 2);
    steps(resumed.trainer, 2);
    EXPECT_EQ(resumed.log.words, "train_begin batch_end batch_end eval_end epoch_end");
    EXPECT_EQ(resumed.log.all<TrainBegin>().at(0).step, 3);
    EXPECT_EQ(whole.log.all<EpochEnd>().at(0).train_loss, resumed.log.all<EpochEnd>().at(0).train_loss);
}

TEST(Checkpoint, training_may_be_made_longer) {
    const Dataset data = small_dataset();
    Training shorter(data, small_experiment(1)), longer(data, small_experiment(2));
    shorter.trainer.fit();
    longer.trainer.restore(shorter.trainer.checkpoint());
    EXPECT_EQ(longer.trainer.steps_done(), 5);
    EXPECT_FALSE(longer.trainer.finished());
    longer.trainer.fit();
    EXPECT_EQ(longer.trainer.steps_done(), 10);
}

TEST(Checkpoint, an_evaluation_under_way_is_forgotten) {
    const Dataset data = small_dataset();
    Training run(data, small_experiment(2));
    const Bytes start = run.trainer.checkpoint();
    while (run.trainer.evaluation() == nullptr) (void)run.trainer.step_part(std::chrono::milliseconds(0));
    run.trainer.restore(start);
    EXPECT_FALSE(run.trainer.under_way());
    EXPECT_TRUE(run.log.all<EvalEnd>().empty());
    run.trainer.fit();
    EXPECT_EQ(run.log.all<EvalEnd>().size(), 2U);
}

TEST(Checkpoint, a_truncated_one_is_refused_at_every_length) {
    const Dataset data = small_dataset();
    Training run(data);
    steps(run.trainer, 2);
    const Bytes whole = run.trainer.checkpoint();
    steps(run.trainer, 1);
    for (size_t length = 0; length < whole.size(); length += length < 64 ? 7 : 1 + whole.size() / 23)
        expect_refused(run, {whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length)},
                       ErrorCode::bad_file, "cut to " + std::to_string(length));
    expect_refused(run, {whole.begin(), whole.end() - 1}, ErrorCode::bad_file, "its last byte missing");
    expect_refused(run, Bytes(4096, 'x'), ErrorCode::bad_file, "no checkpoint at all");
}

TEST(Checkpoint, one_of_another_experiment_is_refused) {
    const Dataset data = small_dataset();
    Experiment other = small_experiment();
    other.optimizer.clip_norm = 3;
    Training run(data), another(data, other);
    steps(run.trainer, 1);
    expect_refused(run, another.trainer.checkpoint(), ErrorCode::checkpoint, "another optimizer");
    EXPECT_EQ(
        test::message_of(ErrorCode::checkpoint, [&] { run.trainer.restore(another.trainer.checkpoint()); }),
        "checkpoint: belongs to another experiment: /optimizer/clip_norm differs; resume it with the "
        "experiment it was made with: only its length, schedule and learning rates may change");
}

TEST(Checkpoint, damaged_contents_are_refused) {
    const Dataset data = small_dataset();
    Training run(data);
    steps(run.trainer, 2);
    const Bytes good = run.trainer.checkpoint();
    for (const char* key : {"format", "experiment", "step", "epoch_loss", "epoch_correct", "epoch_count"})
        expect_refused(run, with_metadata(good, key, ""), ErrorCode::checkpoint,
                       std::string("without ") + key);
    expect_refused(run, with_metadata(good, "format", "cnnlab-checkpoint-99"), ErrorCode::checkpoint,
                   "a later format");
    expect_refused(run, with_metadata(good, "experiment", "{"), ErrorCode::bad_file,
                   "an experiment that is no JSON");
    for (const char* json : {"3", "[]", "{}", R"({"train": 5})"})
        expect_refused(run, with_metadata(good, "experiment", json), ErrorCode::checkpoint,
                       std::string("an experiment that is ") + json);
    for (const char* step : {"-1", "two", "null", "1e300", "1.5", "9223372036854775808"})
        expect_refused(run, with_metadata(good, "step", step), ErrorCode::checkpoint,
                       std::string("step ") + step);
    expect_refused(run, with_metadata(good, "epoch_loss", "null"), ErrorCode::checkpoint,
                   "a loss that is no number");

    TensorFile file = read_safetensors(good, "checkpoint");
    const auto last = file.tensors.back();
    file.tensors.pop_back();
    expect_refused(run, write_safetensors(file), ErrorCode::checkpoint, "a tensor missing");
    file.tensors.push_back({last.name, HostTensor({2, 2})});
    expect_refused(run, write_safetensors(file), ErrorCode::checkpoint, "a tensor of another shape");
}

}  // namespace cnnlab
