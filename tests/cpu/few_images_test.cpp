// Blocks of fewer than 8 images, which evaluation has.

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>

#include "engine/cpu/cpu_backend.hpp"
#include "engine/cpu/kernel.hpp"
#include "engine/model/model.hpp"

namespace cnnlab {
namespace {

#if defined(__EMSCRIPTEN__) && !defined(__EMSCRIPTEN_PTHREADS__)
const std::vector<int> thread_counts{1};
#else
const std::vector<int> thread_counts{1, 2, 3};
#endif

constexpr ImageShape image{13, 10, 3};
constexpr int count = 11;

/// A convolution of every kind, and all other ops of evaluation.
Experiment every_kind() {
    return Experiment::parse(parse_json(R"({"name": "test", "dataset": "noise",
        "model": {"layers": [
            {"type": "resize", "size": [24, 20]},
            {"type": "conv2d", "out_channels": 24, "kernel": 3, "stride": 2, "padding": "same_upper"}, {"type": "batch_norm"}, "relu6",
            {"type": "conv2d", "out_channels": 0, "groups": 0, "kernel": 3, "padding": 1}, {"type": "relu6", "name": "a"},
            {"type": "conv2d", "out_channels": 70, "kernel": 1}, {"type": "conv2d", "out_channels": 0, "groups": 0, "kernel": 5, "stride": 2, "padding": "same_upper"}, "silu",
            {"type": "conv2d", "out_channels": 24, "kernel": 1, "name": "b"},
            {"type": "conv2d", "out_channels": 24, "kernel": 1, "stride": 2, "from": "a", "name": "d"},
            {"type": "add", "from": ["d", "b"]},
            {"type": "conv2d", "out_channels": 33, "kernel": 3, "padding": 1, "name": "c"},
            {"type": "concat", "from": ["c", "b"]},
            {"type": "conv2d", "out_channels": 40, "kernel": 3, "padding": 1, "groups": 1, "dilation": 2}, {"type": "max_pool2d", "kernel": 3, "stride": 2, "padding": 1},
            {"type": "avg_pool2d", "kernel": 2, "padding": 1}, {"type": "flatten"},
            {"type": "dense", "out_features": 300}, "relu", {"type": "dense", "out_features": 5}, "softmax"]},
        "train": {"eval_views": "translate"}})",
                                        "test"));
}

Split noise() {
    Split split;
    const Philox random{7, 7, 7};
    for (int64_t i = 0; i < count * image.count(); ++i)
        split.images.push_back(static_cast<uint8_t>(random.word(static_cast<uint64_t>(i)) >> 24U));
    split.labels.assign(count, 0);
    return split;
}

/// Probabilities of all images, `batch` at a time.
HostTensor predict(int batch, const CpuOptions& options) {
    const auto backend = make_cpu_backend(options);
    Experiment experiment = every_kind();
    experiment.train.eval_batch = batch;
    DatasetCard card;
    card.image = image;
    card.mean.assign(3, 0.4F);
    card.stddev.assign(3, 0.3F);
    for (int c = 0; c < 5; ++c) card.classes.push_back("class " + std::to_string(c));
    Model model(experiment, card, *backend);
    return model.predict(noise());
}

TEST(FewImages, AreClassifiedAsManyAre) {
    for (const auto& arch : cpu_archs()) {
        const HostTensor many = predict(64, {1, arch});
        for (const int batch : {1, 2, 3, 4, 7, 8}) {
            const HostTensor one = predict(batch, {1, arch});
            ASSERT_EQ(one.shape(), many.shape());
            for (int64_t i = 0; i < many.count(); ++i)
                ASSERT_NEAR(one[i], many[i], 1e-5) << arch << ", batches of " << batch << ", value " << i;
            for (const int threads : thread_counts) {
                const HostTensor shared = predict(batch, {threads, arch});
                EXPECT_EQ(
                    std::memcmp(one.data(), shared.data(), sizeof(float) * static_cast<size_t>(one.count())),
                    0)
                    << arch << ", batches of " << batch << ", " << threads << " threads";
            }
        }
    }
}

TEST(FewImages, OfLargeSizeAreBlocksOfTheirOwn) {
    Program program;
    program.phase = Phase::evaluate;
    program.values.push_back({"x", {112, 112, 96}});
    const auto images = [&](int batch) {
        program.batch = batch;
        return cpu::images_of_block(program);
    };
    EXPECT_EQ(images(64), 1);
    program.values[0].shape = {14, 14, 96};
    EXPECT_EQ(images(64), 8);
    EXPECT_EQ(images(3), 3);
    program.phase = Phase::train;
    EXPECT_EQ(images(3), 8);
}

}  // namespace
}  // namespace cnnlab
