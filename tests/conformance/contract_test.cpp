#include <gtest/gtest.h>

#include <algorithm>

#include "engine/model/model.hpp"
#include "tests/conformance/backends.hpp"

/// What backend.hpp promises beyond the ops' results, on every backend.
namespace cnnlab::test {

namespace {

Experiment experiment() {
    return Experiment::parse(Json::parse(
        R"({"name": "contract", "dataset": "x", "optimizer": {"type": "sgd", "momentum": 0.9, "lr": 0.1}, "model": {"layers": [
            {"type": "conv2d", "out_channels": 17, "kernel": [3, 2]}, {"type": "batch_norm"}, {"type": "relu"},
            {"type": "conv2d", "out_channels": 0, "groups": 0, "kernel": 2}, {"type": "dense", "out_features": 3}]}})"));
}

DatasetCard card() {
    DatasetCard card;
    card.image = {5, 6, 5};
    card.classes = {"a", "b", "c"};
    card.mean.assign(5, 0.5F);
    card.stddev.assign(5, 0.25F);
    return card;
}

Split images(int count) {
    Split split;
    for (int64_t i = 0; i < count * card().image.count(); ++i)
        split.images.push_back(static_cast<uint8_t>(i * i % 251));
    for (int i = 0; i < count; ++i) split.labels.push_back(i % 3);
    return split;
}

std::vector<float> numbers(const HostTensor& tensor) { return {tensor.span().begin(), tensor.span().end()}; }

/// The logits of one image of the split, by its place in the order.
std::vector<float> logits_at(Backend& backend, Executable& executable, const Program& program,
                             int64_t cursor) {
    (void)backend.run(executable, {SplitName::test, cursor, 1});
    return numbers(backend.download(executable, program.logits));
}

}  // namespace

class Contract : public testing::Test {
  public:
    /// Calls test(backend, model) with each backend.
    template <class Test>
    void on_each(const Test& test) {
        for (const auto& candidate : all_backends()) {
            SCOPED_TRACE(candidate.name);
            const auto backend = candidate.make();
            EXPECT_FALSE(backend->info().name.empty());
            Model model(experiment(), card(), *backend);
            test(*backend, model);
        }
    }
};

TEST_F(Contract, persistent_tensors_come_back_as_they_went) {
    on_each([](Backend&, Model& model) {
        for (const auto& spec : model.persistents()) {
            HostTensor tensor(spec.shape);
            for (int64_t i = 0; i < tensor.count(); ++i) tensor[i] = 1.0F / static_cast<float>(i + 3);
            model.set(spec.name, tensor);
            EXPECT_EQ(numbers(model.get(spec.name)), numbers(tensor)) << spec.name;
        }
    });
}

TEST_F(Contract, starting_weights_are_the_same_everywhere) {
    std::vector<float> first;
    on_each([&](Backend&, Model& model) {
        const auto weights = numbers(model.get("conv2d_1.weight"));
        if (first.empty()) first = weights;
        EXPECT_EQ(weights, first);
    });
}

TEST_F(Contract, the_order_says_which_image_comes_when) {
    const Split split = images(4);
    on_each([&](Backend& backend, Model& model) {
        backend.upload_split(SplitName::test, card().image, split);
        const Program program = model.compile_for(Phase::evaluate, 1).program;
        const auto executable = backend.prepare(program);
        std::vector<std::vector<float>> straight;
        for (int i = 0; i < 4; ++i) straight.push_back(logits_at(backend, *executable, program, i));
        const std::vector<uint32_t> order{2, 0, 2, 3, 1, 1, 0};  // longer than the split
        backend.upload_order(SplitName::test, order);
        for (size_t i = 0; i < order.size(); ++i)
            EXPECT_EQ(logits_at(backend, *executable, program, static_cast<int64_t>(i)), straight[order[i]])
                << i;
        backend.upload_split(SplitName::test, card().image, split);
        EXPECT_EQ(logits_at(backend, *executable, program, 3), straight[3]) << "a new split starts in order";
    });
}

TEST_F(Contract, a_result_does_not_depend_on_its_neighbours) {
    const Split split = images(11);
    on_each([&](Backend& backend, Model& model) {
        backend.upload_split(SplitName::test, card().image, split);
        const Program alone = model.compile_for(Phase::evaluate, 1).program;
        const Program together = model.compile_for(Phase::evaluate, 11).program;
        const auto one = backend.prepare(alone), all = backend.prepare(together);
        (void)backend.run(*all, {SplitName::test, 0, 11});
        const auto logits = numbers(backend.download(*all, together.logits));
        for (int n = 0; n < 11; ++n) {
            const auto single = logits_at(backend, *one, alone, n);
            for (size_t k = 0; k < 3; ++k)
                EXPECT_NEAR(single[k], logits[static_cast<size_t>(n) * 3 + k], 1e-5) << n;
        }
    });
}

TEST_F(Contract, programs_share_weights_but_no_values) {
    const Split split = images(8);
    on_each([&](Backend& backend, Model& model) {
        backend.upload_split(SplitName::train, card().image, split);
        backend.upload_split(SplitName::test, card().image, split);
        const Program train = model.compile_for(Phase::train, 8).program;
        const Program evaluate = model.compile_for(Phase::evaluate, 8).program;
        const auto training = backend.prepare(train), evaluation = backend.prepare(evaluate);
        (void)backend.run(*evaluation, {SplitName::test, 0, 8});
        const auto before = numbers(backend.download(*evaluation, evaluate.logits));
        (void)backend.run(*training, {SplitName::train, 0, 8, 1, 0, 0.1F});
        EXPECT_EQ(numbers(backend.download(*evaluation, evaluate.logits)), before) << "still the last run's";
        (void)backend.run(*evaluation, {SplitName::test, 0, 8});
        EXPECT_NE(numbers(backend.download(*evaluation, evaluate.logits)), before)
            << "with the weights that were learned";
    });
}

TEST_F(Contract, a_learning_rate_of_zero_leaves_the_weights_alone) {
    const Split split = images(8);
    on_each([&](Backend& backend, Model& model) {
        backend.upload_split(SplitName::train, card().image, split);
        const auto training = backend.prepare(model.compile_for(Phase::train, 8).program);
        const auto before = numbers(model.get("conv2d_1.weight"));
        const RunOutput first = backend.run(*training, {SplitName::train, 0, 8, 1, 0, 0});
        const RunOutput second = backend.run(*training, {SplitName::train, 0, 8, 1, 0, 0});
        EXPECT_EQ(numbers(model.get("conv2d_1.weight")), before);
        EXPECT_EQ(first.loss_sum, second.loss_sum) << "sums start afresh";
        EXPECT_EQ(first.correct, second.correct);
    });
}

TEST_F(Contract, a_program_may_outlive_what_it_was_prepared_from) {
    const Split split = images(2);
    on_each([&](Backend& backend, Model& model) {
        backend.upload_split(SplitName::test, card().image, split);
        std::unique_ptr<Executable> executable;
        ValueId logits;
        {
            const auto program = std::make_unique<Program>(model.compile_for(Phase::evaluate, 2).program);
            executable = backend.prepare(*program);
            logits = program->logits;
        }
        (void)backend.run(*executable, {SplitName::test, 0, 2});
        EXPECT_EQ(backend.download(*executable, logits).shape(), (Shape{2, 3}));
    });
}

}  // namespace cnnlab::test
