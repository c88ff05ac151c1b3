#include <gtest/gtest.h>

#include <array>
#include <cstring>

#include "engine/cpu/cpu_backend.hpp"
#include "engine/train/trainer.hpp"

namespace cnnlab {
namespace {

#if defined(__EMSCRIPTEN__) && !defined(__EMSCRIPTEN_PTHREADS__)
constexpr int two = 1, three = 1;
const std::vector<int> several{1};
#else
constexpr int two = 2, three = 3;
const std::vector<int> several{2, 3, 7};
#endif

/// Random images that a network of every interesting op can learn from.
Dataset noise(ImageShape image, int classes, int count) {
    Dataset dataset;
    dataset.card.image = image;
    dataset.card.mean.assign(static_cast<size_t>(image.channels), 0.4F);
    dataset.card.stddev.assign(static_cast<size_t>(image.channels), 0.3F);
    for (int c = 0; c < classes; ++c) dataset.card.classes.push_back("class " + std::to_string(c));
    const Philox random{7, 7, 7};
    for (Split* split : {&dataset.train, &dataset.test}) {
        for (int64_t i = 0; i < count * image.count(); ++i)
            split->images.push_back(static_cast<uint8_t>(random.word(static_cast<uint64_t>(i)) >> 24U));
        for (int n = 0; n < count; ++n) split->labels.push_back(n % classes);
    }
    return dataset;
}

Experiment network() {
    return Experiment::parse(parse_json(R"({"name": "test", "dataset": "noise",
        "model": {"layers": [
            {"type": "conv2d", "out_channels": 12, "kernel": 3, "padding": 1}, {"type": "batch_norm"}, {"type": "relu", "name": "a"},
            {"type": "conv2d", "out_channels": 12, "kernel": 3, "padding": 1}, {"type": "gelu"},
            {"type": "add", "from": ["a", "gelu_1"]}, {"type": "max_pool2d"},
            {"type": "conv2d", "out_channels": 300, "kernel": 3, "padding": 1}, {"type": "relu"}, {"type": "avg_pool2d"},
            {"type": "flatten"}, {"type": "dense", "out_features": 40}, {"type": "relu"}, {"type": "dropout", "p": 0.3}, {"type": "dense", "out_features": 5}]},
        "optimizer": {"type": "adam", "clip_norm": 1, "average_decay": 0.9},
        "augment": {"horizontal_flip": true, "crop": 2, "rotation": 10, "contrast": 0.2, "cutout": 2},
        "train": {"epochs": 2, "batch": 40, "seed": 3}})",
                                        "test"));
}

std::vector<uint8_t> train(const Dataset& dataset, const CpuOptions& options) {
    const auto backend = make_cpu_backend(options);
    Trainer trainer(network(), dataset, *backend);
    trainer.fit();
    return trainer.checkpoint();
}

TEST(Determinism, SameBitsForAnyNumberOfThreads) {
    const Dataset dataset = noise({9, 11, 3}, 5, 190);  // the last batch is partial, and so is its last block
    for (const auto& arch : cpu_archs()) {
        const auto one = train(dataset, {1, arch});
        for (const int threads : several)
            EXPECT_EQ(train(dataset, {threads, arch}), one) << arch << ", " << threads << " threads";
    }
}

// A tab does a step in parts, to look up in between.
TEST(Determinism, StepsInPartsGiveTheSameBits) {
    const Dataset dataset = noise({9, 11, 3}, 5, 190);
    for (const int threads : {1, three}) {
        const auto whole = train(dataset, {threads, ""});
        const auto backend = make_cpu_backend({threads, ""});
        Trainer trainer(network(), dataset, *backend);
        int64_t parts = 0;
        auto part = Trainer::Part::done;
        while (part != Trainer::Part::nothing) {
            EXPECT_EQ(trainer.under_way(), part == Trainer::Part::under_way);
            part = trainer.step_part(std::chrono::milliseconds(0));
            ++parts;
        }
        EXPECT_EQ(trainer.checkpoint(), whole) << threads << " threads";
        EXPECT_GT(parts, 5 * trainer.steps_done());
    }
}

TEST(Determinism, AStepUnderWayIsForgottenByRestore) {
    const Dataset dataset = noise({9, 11, 3}, 5, 190);
    const auto whole = train(dataset, {1, ""});
    const auto backend = make_cpu_backend({1, ""});
    Trainer trainer(network(), dataset, *backend);
    trainer.step();
    const auto checkpoint = trainer.checkpoint();
    for (int i = 0; i < 7; ++i) (void)trainer.step_part(std::chrono::milliseconds(0));
    ASSERT_TRUE(trainer.under_way());
    trainer.restore(checkpoint);
    EXPECT_FALSE(trainer.under_way());
    (void)trainer.step_part(std::chrono::milliseconds(0));
    trainer.fit();  // finishes what was begun in parts
    EXPECT_EQ(trainer.checkpoint(), whole);
}

// A tab evaluates in parts too, and shows other images to the network in between: the split comes back at another
// address.
TEST(Determinism, ARunInPartsGoesOnWithTheSplitAsItIsUploadedNow) {
    const Dataset dataset = noise({9, 11, 3}, 5, 80);
    const auto backend = make_cpu_backend({1, ""});
    Model model(network(), dataset.card, *backend);
    const Program program = model.compile_for(Phase::evaluate, 64).program;
    const auto executable = backend->prepare(program), aside = backend->prepare(program);
    const auto show = [&](const Split& split) {
        backend->upload_split(SplitName::input, dataset.card.image, split);
    };
    show(dataset.train);
    const RunInput input{SplitName::input, 8, 64};
    const double whole = backend->run(*executable, input).loss_sum;
    std::array<Split, 2> copies;
    std::optional<RunOutput> output;
    size_t parts = 0;
    for (; !output; ++parts) {
        Split &here = copies[parts % 2], &before = copies[(parts + 1) % 2];
        here = dataset.train;
        std::fill(before.images.begin(), before.images.end(), uint8_t{0});
        if (parts > 0) {
            show(before);
            (void)backend->run(*aside, {SplitName::input, 0, 3});
        }
        show(here);
        output = backend->run_part(*executable, input, std::chrono::milliseconds(0));
    }
    EXPECT_EQ(output->loss_sum, whole);
    EXPECT_GT(parts, 5U);
}

TEST(Determinism, BackendsMayShareThreads) {
    const Dataset dataset = noise({9, 11, 3}, 5, 80);
    const auto alone = train(dataset, {three, ""});
    CpuOptions options;
    options.pool = make_thread_pool(three);
    const auto first = make_cpu_backend(options), second = make_cpu_backend(options);
    Trainer a(network(), dataset, *first), b(network(), dataset, *second);
    while (a.step() && b.step()) {
    }
    b.fit();
    EXPECT_EQ(a.checkpoint(), alone);
    EXPECT_EQ(b.checkpoint(), alone);
}

TEST(Determinism, SameSeedSameBits) {
    const Dataset dataset = noise({6, 6, 1}, 5, 64);
    EXPECT_EQ(train(dataset, {two, ""}), train(dataset, {two, ""}));
}

// Kept values live in the arena and turn off what works in place: both ways must give the same bits.
TEST(Determinism, KeepingValuesChangesNothing) {
    const Dataset dataset = noise({9, 11, 3}, 5, 40);
    for (const auto& arch : cpu_archs()) {
        std::vector<Model::Tensors> results;
        for (const bool keep : {false, true}) {
            const auto backend = make_cpu_backend({two, arch});
            Model model(network(), dataset.card, *backend);
            const Program program = model.compile_for(Phase::train, 40, {}, keep).program;
            const auto executable = backend->prepare(program);
            backend->upload_split(SplitName::train, dataset.card.image, dataset.train);
            for (uint32_t step = 0; step < 3; ++step) {
                RunInput input;
                input.count = 37;
                input.step = step;
                input.learning_rate = 0.01F;
                backend->run(*executable, input);
            }
            results.push_back(model.tensors());
        }
        for (const auto& [name, tensor] : results[0]) {
            const HostTensor& other = results[1].at(name);
            EXPECT_EQ(
                std::memcmp(tensor.data(), other.data(), static_cast<size_t>(tensor.count()) * sizeof(float)),
                0)
                << arch << ", " << name;
        }
    }
}

TEST(CpuOptions, SaysWhatIsWrong) {
    EXPECT_THROW((void)make_cpu_backend({-1, ""}), Error);
    EXPECT_THROW((void)make_cpu_backend({300, ""}), Error);
    try {
        (void)make_cpu_backend({1, "avx1024"});
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::unknown_name);
        EXPECT_NE(std::string(error.what()).find(cpu_archs().front()), std::string::npos);
    }
}

}  // namespace
}  // namespace cnnlab
