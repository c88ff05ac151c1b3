#include <gtest/gtest.h>

#include <algorithm>

#include "engine/model/model.hpp"
#include "tests/conformance/backends.hpp"
#include "tests/errors.hpp"

/// What backend.hpp promises beyond the ops' results, on every backend: and what it refuses.
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

// ---- refusals ----

class Refusal : public Contract {
  public:
    /// Calls test(backend, model, program, executable) with each backend, on which 8 images for training and a Program
    /// for 4 of them are.
    template <class Test>
    void on_each(const Test& test) {
        const Split split = images(8);
        Contract::on_each([&](Backend& backend, Model& model) {
            backend.upload_split(SplitName::train, card().image, split);
            const Program program = model.compile_for(Phase::train, 4).program;
            const auto executable = backend.prepare(program);
            test(backend, model, program, *executable);
        });
    }
};

constexpr RunInput four_images{SplitName::train, 0, 4, 1, 0, 0.1F};

TEST_F(Refusal, of_a_tensor_that_was_not_allocated) {
    on_each([](Backend& backend, Model& model, const Program&, Executable&) {
        const int count = static_cast<int>(model.persistents().size());
        for (const int number : {-1, count}) {
            const std::string problem = "tensor " + std::to_string(number) + ": is none of the " +
                                        std::to_string(count) + " that were allocated; allocate it first";
            EXPECT_EQ(message_of(ErrorCode::out_of_range, [&] { (void)backend.download(number); }), problem);
            EXPECT_EQ(message_of(ErrorCode::out_of_range, [&] { backend.upload(number, HostTensor({3})); }),
                      problem);
        }
    });
}

TEST_F(Refusal, of_a_tensor_of_another_shape) {
    on_each([](Backend& backend, Model& model, const Program&, Executable&) {
        const auto before = numbers(model.get("conv2d_1.weight"));
        // as many numbers, but other axes
        const HostTensor flat({static_cast<int64_t>(before.size())}, 7.0F);
        EXPECT_EQ(message_of(ErrorCode::shape_mismatch, [&] { backend.upload(0, flat); }),
                  "conv2d_1.weight: is 510, not 17×3×2×5; give a tensor of that shape");
        EXPECT_EQ(numbers(model.get("conv2d_1.weight")), before);
    });
}

TEST_F(Refusal, of_a_split_with_too_few_pixels) {
    on_each([](Backend& backend, Model&, const Program&, Executable& executable) {
        Split split = images(8);
        split.images.pop_back();
        EXPECT_EQ(message_of(ErrorCode::shape_mismatch,
                             [&] { backend.upload_split(SplitName::train, card().image, split); }),
                  "split: has 1199 bytes of pixels for 8 images of 5×6×5; give height × width × channels "
                  "bytes for each label");
        EXPECT_GT(backend.run(executable, four_images).loss_sum, 0) << "the split before is still there";
    });
}

TEST_F(Refusal, of_an_order_beyond_the_split) {
    on_each([](Backend& backend, Model&, const Program&, Executable& executable) {
        const std::vector<uint32_t> order{7, 0, 8, 1, 2};
        EXPECT_EQ(message_of(ErrorCode::out_of_range, [&] { backend.upload_order(SplitName::train, order); }),
                  "order: names image 8 of 8; count from 0, and upload the split first");
        EXPECT_EQ(message_of(ErrorCode::out_of_range,
                             [&] { backend.upload_order(SplitName::input, std::vector<uint32_t>{0}); }),
                  "order: names image 0 of 0; count from 0, and upload the split first");
        EXPECT_GT(backend.run(executable, {SplitName::train, 4, 4}).loss_sum, 0) << "the order before";
    });
}

TEST_F(Refusal, of_a_program_with_other_tensors) {
    on_each([](Backend& backend, Model&, Program program, Executable&) {
        const auto found = std::find_if(program.values.begin(), program.values.end(),
                                        [](const ValueInfo& v) { return v.name == "batch_norm_1.weight"; });
        ASSERT_NE(found, program.values.end());
        const ValueInfo right = *found;
        const auto refused = [&] {
            EXPECT_EQ(
                message_of(ErrorCode::shape_mismatch, [&] { (void)backend.prepare(program); }),
                "batch_norm_1.weight: is not what was allocated; allocate this Program's tensors first");
        };
        for (const int number : {-1, 1000}) {
            found->persistent = number;
            refused();
        }
        *found = right;
        found->shape = {18};
        refused();
    });
}

TEST_F(Refusal, of_a_batch_beyond_the_split_or_the_program) {
    on_each([](Backend& backend, Model&, const Program&, Executable& executable) {
        const auto message = [&](const RunInput& input) {
            return message_of(ErrorCode::out_of_range, [&] { (void)backend.run(executable, input); });
        };
        const std::string remedy = "; upload the split first, and stay within it and the Program's batch";
        EXPECT_EQ(message({SplitName::train, 5, 4}), "run: asks for images 5 to 9 of 8" + remedy);
        EXPECT_EQ(message({SplitName::train, -1, 4}), "run: asks for images -1 to 3 of 8" + remedy);
        EXPECT_EQ(message({SplitName::train, 0, 5}), "run: asks for images 0 to 5 of 8" + remedy);
        EXPECT_EQ(message({SplitName::train, 0, 0}), "run: asks for images 0 to 0 of 8" + remedy);
        EXPECT_EQ(message({SplitName::test, 0, 4}), "run: asks for images 0 to 4 of 0" + remedy);
        backend.upload_order(SplitName::train, std::vector<uint32_t>{3, 1});
        EXPECT_EQ(message({SplitName::train, 0, 3}), "run: asks for images 0 to 3 of 2" + remedy);
        EXPECT_GT(backend.run(executable, {SplitName::train, 0, 2}).loss_sum, 0);
    });
}

TEST_F(Refusal, of_images_of_another_shape) {
    on_each([](Backend& backend, Model&, const Program&, Executable& executable) {
        const Split split = images(8);  // as many bytes, but other axes
        backend.upload_split(SplitName::train, {6, 5, 5}, split);
        EXPECT_EQ(
            message_of(ErrorCode::shape_mismatch, [&] { (void)backend.run(executable, four_images); }),
            "run: has a split with images of 6×5×5 for a Program of 5×6×5; upload images of the Program's "
            "shape");
    });
}

TEST_F(Refusal, of_labels_without_outputs) {
    on_each([](Backend& backend, Model&, const Program&, Executable& executable) {
        for (const int32_t label : {-1, 3}) {
            Split split = images(8);
            split.labels[7] = label;
            backend.upload_split(SplitName::train, card().image, split);
            EXPECT_EQ(
                message_of(ErrorCode::out_of_range, [&] { (void)backend.run(executable, four_images); }),
                "run: has a split with labels from " + std::to_string(std::min(label, 0)) + " to " +
                    std::to_string(std::max(label, 2)) +
                    " for 3 outputs; upload labels that the Program has outputs for");
        }
    });
}

TEST_F(Refusal, of_a_program_from_before_the_last_allocation) {
    on_each([](Backend& backend, Model& model, const Program& program, Executable& executable) {
        (void)backend.run(executable, four_images);
        std::vector<PersistentInfo> infos;
        for (const auto& spec : model.persistents()) infos.push_back({spec.name, spec.shape});
        backend.allocate(infos);
        const std::string stale =
            "run: the Program was prepared before the last allocate(); prepare it again";
        const auto refuses = [&](const auto& call) {
            EXPECT_EQ(message_of(ErrorCode::unsupported, call), stale);
        };
        refuses([&] { (void)backend.run(executable, four_images); });
        refuses([&] { (void)backend.run_part(executable, four_images, std::chrono::milliseconds(0)); });
        refuses([&] { backend.begin(executable, four_images); });
        refuses([&] { (void)backend.finish(executable); });
        refuses([&] { (void)backend.download(executable, program.logits); });
        refuses([&] { (void)backend.op_seconds(executable); });
        refuses([&] { backend.set_profiling(executable, true); });
        (void)backend.run(*backend.prepare(program), four_images);
    });
}

TEST_F(Refusal, of_a_program_of_another_backend) {
    on_each([](Backend& backend, Model&, const Program&, Executable& executable) {
        for (const auto& candidate : all_backends()) {
            const auto other = candidate.make();
            Model model(experiment(), card(), *other);
            EXPECT_EQ(message_of(ErrorCode::unsupported, [&] { (void)other->run(executable, four_images); }),
                      "run: the Program was prepared by another backend; prepare it on this one");
        }
        (void)backend.run(executable, four_images);
    });
}

TEST_F(Refusal, of_values_that_are_not_there) {
    on_each([](Backend& backend, Model&, const Program& program, Executable& executable) {
        const auto message = [&](ErrorCode code, ValueId value) {
            return message_of(code, [&] { (void)backend.download(executable, value); });
        };
        const std::string logits = program.info(program.logits).name;
        EXPECT_EQ(message(ErrorCode::unsupported, program.logits),
                  logits + ": has not been computed yet; finish a run of the Program first");
        (void)backend.run(executable, four_images);
        EXPECT_EQ(backend.download(executable, program.logits).shape(), (Shape{4, 3}));
        EXPECT_EQ(message(ErrorCode::unknown_name, program.images),
                  program.info(program.images).name +
                      ": is not kept by this Program; name it in CompileOptions::keep");
        const int count = static_cast<int>(program.values.size());
        for (const int number : {-1, count})
            EXPECT_EQ(message(ErrorCode::unknown_name, {number}),
                      "value " + std::to_string(number) + ": is none of the Program's " +
                          std::to_string(count) + "; take it from this Program");
    });
}

TEST_F(Refusal, of_an_end_without_a_beginning_and_of_too_many_beginnings) {
    on_each([](Backend& backend, Model&, const Program&, Executable& executable) {
        const auto message = [](const auto& call) { return message_of(ErrorCode::unsupported, call); };
        const std::string none = "run: none is under way; begin one before finishing it";
        EXPECT_EQ(message([&] { (void)backend.finish(executable); }), none);
        const int most = backend.runs_in_flight();
        for (int i = 0; i < most; ++i) backend.begin(executable, four_images);
        const std::string runs = std::to_string(most);
        EXPECT_EQ(message([&] { backend.begin(executable, four_images); }),
                  "run: " + runs +
                      " runs are under way, and there can be no more; finish one before beginning another");
        const std::string busy = "run: " + runs + " other runs are under way; finish them first";
        EXPECT_EQ(message([&] { (void)backend.run(executable, four_images); }), busy);
        EXPECT_EQ(
            message([&] { (void)backend.run_part(executable, four_images, std::chrono::milliseconds(0)); }),
            busy);
        for (int i = 0; i < most; ++i) EXPECT_GT(backend.finish(executable).loss_sum, 0);
        EXPECT_EQ(message([&] { (void)backend.finish(executable); }), none);
    });
}

TEST_F(Refusal, of_another_run_in_the_middle_of_one_in_parts) {
    on_each([](Backend& backend, Model&, const Program& program, Executable& executable) {
        const auto part = [&](RunInput input) {
            return backend.run_part(executable, input, std::chrono::milliseconds(0)).has_value();
        };
        if (part(four_images)) return;  // a backend that cannot stop half-way
        RunInput other = four_images;
        other.cursor = 1;
        EXPECT_EQ(message_of(ErrorCode::unsupported, [&] { (void)part(other); }),
                  "run: another run is under way in parts; finish or cancel it first");
        EXPECT_EQ(
            message_of(ErrorCode::unsupported, [&] { (void)backend.download(executable, program.logits); }),
            program.info(program.logits).name + ": is being computed; finish a run of the Program first");
        backend.cancel(executable);
        while (!part(other)) {
        }
        (void)part(four_images);
        (void)backend.run(executable, other);  // discards the unfinished one
        EXPECT_EQ(backend.download(executable, program.logits).shape(), (Shape{4, 3}));
    });
}

}  // namespace cnnlab::test
