#include "engine/model/explain.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "engine/cpu/cpu_backend.hpp"
#include "engine/reference/reference_backend.hpp"
#include "tests/errors.hpp"

namespace cnnlab::explain_test {

namespace {

constexpr int rows = 8, columns = 7, channels = 2, count = 3;

DatasetCard card() {
    DatasetCard card;
    card.image = {rows, columns, channels};
    card.classes = {"a", "b", "c"};
    card.mean = {0.3F, 0.6F};
    card.stddev = {0.2F, 0.35F};
    return card;
}

Split images() {
    Split split;
    const Philox random{8, 0, 0};
    // no pixel is 0 or 255: each can change both ways
    for (uint64_t i = 0; i < count * rows * columns * channels; ++i)
        split.images.push_back(static_cast<uint8_t>(1 + random.word(i) % 254));
    split.labels = {2, 0, 1};
    return split;
}

Experiment experiment(const std::string& layers, const std::string& more = "") {
    return Experiment::parse(
        Json::parse(R"({"name": "e", "dataset": "x", "loss": "mean_squared_error", "model": {"layers": [)" +
                    layers + R"(]}, "train": {"seed": 5, "eval_batch": 2})" + more + "}"));
}

/// Smooth everywhere, so that differences tell the gradient.
constexpr auto smooth =
    R"({"type": "conv2d", "out_channels": 4, "padding": 1}, {"type": "batch_norm"}, {"type": "tanh"},
    {"type": "dropout", "p": 0.5}, {"type": "avg_pool2d"}, {"type": "conv2d", "out_channels": 3, "name": "second"}, {"type": "silu"},
    {"type": "flatten"}, {"type": "dense", "out_features": 3})";

/// Statistics that are not those of the start.
void disturb(Model& model) {
    for (const PersistentSpec& spec : model.persistents()) {
        HostTensor tensor = model.get(spec.name);
        const Philox random{3, stream_of(spec.name.c_str()), 0};
        const bool is_variance = spec.name.ends_with("running_var");
        for (int64_t i = 0; i < tensor.count(); ++i)
            tensor[i] += (is_variance ? 1.0F : 0.2F) * unit_float(random.word(static_cast<uint64_t>(i)));
        model.set(spec.name, tensor);
    }
}

using Backends = std::vector<std::unique_ptr<Backend>>;

Backends backends() {
    Backends all;
    all.push_back(make_reference_backend());
    for (const std::string& arch : cpu_archs()) all.push_back(make_cpu_backend({.threads = 1, .arch = arch}));
    return all;
}

TEST(Explain, SaliencyIsTheLargestDerivativeOfAPixel) {
    for (const char* more : {"", R"(, "optimizer": {"type": "sgd", "average_decay": 0.9})"}) {
        for (const auto& backend : backends()) {
            Model model(experiment(smooth, more), card(), *backend);
            disturb(model);
            const Split split = images();
            const Explanation found = Explainer(model, "", 2).explain(split);
            ASSERT_EQ(found.saliency.shape(), (Shape{count, rows, columns}));
            EXPECT_EQ(found.map.count(), 0);
            for (const int64_t image : {0, 2}) {
                for (const int64_t position : {0, 17, 55}) {
                    double most = 0;
                    for (int64_t c = 0; c < channels; ++c) {
                        const auto pixel =
                            static_cast<size_t>((image * rows * columns + position) * channels + c);
                        const auto output = [&](int step) {
                            Split changed = split;
                            changed.images[pixel] = static_cast<uint8_t>(changed.images[pixel] + step);
                            return model.predict(
                                changed)[image * 3 + split.labels[static_cast<size_t>(image)]];
                        };
                        most =
                            std::max(most, std::abs(static_cast<double>(output(1)) - output(-1)) * 255 / 2);
                    }
                    EXPECT_NEAR(found.saliency[image * rows * columns + position], most, 0.03 * most + 2e-3)
                        << backend->info().detail << " image " << image << " position " << position;
                }
            }
        }
    }
}

TEST(Explain, GradCamOfAMeanIsTheClassActivationMap) {
    for (const auto& backend : backends()) {
        Model model(
            experiment(R"({"type": "conv2d", "out_channels": 5, "name": "map"}, {"type": "global_avg_pool"},
                                  {"type": "dense", "out_features": 3, "name": "head"})"),
            card(), *backend);
        const Split split = images();
        const Explanation found = Explainer(model, last_map(model.layers()), 8).explain(split);
        ASSERT_EQ(found.map.shape(), (Shape{count, 6, 5}));

        const Compiled compiled = model.compile_for(Phase::evaluate, count, {"map"});
        backend->upload_split(SplitName::test, model.card().image, split);
        const auto executable = backend->prepare(compiled.program);
        (void)backend->run(*executable, {SplitName::test, 0, count});
        const HostTensor map = backend->download(*executable, compiled.layers[0].value),
                         head = model.get("head.weight");
        for (int64_t n = 0; n < count; ++n)
            for (int64_t position = 0; position < 30; ++position) {
                float sum = 0;
                for (int64_t c = 0; c < 5; ++c)
                    sum +=
                        head[split.labels[static_cast<size_t>(n)] * 5 + c] * map[(n * 30 + position) * 5 + c];
                EXPECT_NEAR(found.map[n * 30 + position], std::max(0.0F, sum) / 30, 1e-6);
            }
    }
}

TEST(Explain, MapsOfInnerLayersAndOfBranches) {
    const auto backend = make_reference_backend();
    Model model(
        experiment(R"({"type": "conv2d", "out_channels": 4, "padding": 1, "name": "first"}, {"type": "relu"},
        {"type": "conv2d", "out_channels": 4, "padding": 1, "name": "second"}, {"type": "add", "from": ["second", "first"], "name": "sum"},
        {"type": "max_pool2d"}, {"type": "flatten"}, {"type": "dense", "out_features": 3})"),
        card(), *backend);
    // both ways to the output count: the sum's gradient goes to the first layer twice
    for (const char* layer : {"first", "second", "sum"}) {
        const Explanation found = Explainer(model, layer, 1).explain(images());
        EXPECT_EQ(found.map.shape(), (Shape{count, rows, columns})) << layer;
        float most = 0;
        for (const float value : found.map.span()) most = std::max(most, value);
        EXPECT_GT(most, 0) << layer;
    }
    EXPECT_EQ(last_map(model.layers()), "max_pool2d_1");
}

TEST(Explain, ImagesThatTheNetworkResizesAreExplainedAsItSeesThem) {
    const auto backend = make_reference_backend();
    Model model(
        experiment(
            R"({"type": "resize", "size": 16, "name": "before"}, {"type": "resize", "size": 12}, {"type": "conv2d", "out_channels": 4}, {"type": "relu"},
                              {"type": "global_avg_pool"}, {"type": "dense", "out_features": 3})"),
        card(), *backend);
    const Explanation found = Explainer(model, "relu_1", 4).explain(images());
    EXPECT_EQ(found.saliency.shape(), (Shape{count, 12, 12}));
    EXPECT_EQ(preferred_images(model, "relu_1", {1}, {.steps = 3}).shape, ImageShape(12, 12, channels));
    test::expect_error(
        ErrorCode::unsupported, [&] { (void)Explainer(model, "before", 1).explain(images()); }, "before");
}

TEST(Explain, UnitsAreExcitedByImagesThatAreThereAndByImagesThatAreMade) {
    for (const auto& backend : backends()) {
        Model model(experiment(smooth), card(), *backend);
        disturb(model);
        const Split split = images();
        backend->upload_split(SplitName::test, model.card().image, split);
        const ExcitingImages found = exciting_images(model, "second", SplitName::test, count, 2);
        ASSERT_EQ(found.images.size(), 3U);
        const Compiled compiled = model.compile_for(Phase::evaluate, count, {"second"});
        const auto executable = backend->prepare(compiled.program);
        (void)backend->run(*executable, {SplitName::test, 0, count});
        const HostTensor map = backend->download(*executable, compiled.layers[5].value);
        const int64_t positions = map.count() / count / 3;
        for (int64_t unit = 0; unit < 3; ++unit) {
            ASSERT_EQ(found.images[static_cast<size_t>(unit)].size(), 2U);
            std::vector<float> largest(count, -1e9F);
            for (int64_t n = 0; n < count; ++n)
                for (int64_t p = 0; p < positions; ++p)
                    largest[static_cast<size_t>(n)] =
                        std::max(largest[static_cast<size_t>(n)], map[(n * positions + p) * 3 + unit]);
            const auto best = std::max_element(largest.begin(), largest.end());
            EXPECT_EQ(found.images[static_cast<size_t>(unit)][0], best - largest.begin());
            EXPECT_FLOAT_EQ(found.values[static_cast<size_t>(unit)][0], *best);
            EXPECT_GE(found.values[static_cast<size_t>(unit)][0], found.values[static_cast<size_t>(unit)][1]);
        }
        const PreferredImages made = preferred_images(model, "second", {2, 0}, {.steps = 40});
        EXPECT_EQ(made.images.size(), static_cast<size_t>(2 * rows * columns * channels));
        for (size_t u = 0; u < 2; ++u)
            EXPECT_GT(made.after[u], made.before[u] + 0.1) << backend->info().detail;
        EXPECT_EQ(preferred_images(model, "second", {2, 0}, {.steps = 40}).images, made.images)
            << "the same seed";
    }
}

TEST(Explain, WhatCannotBeExplainedIsNamed) {
    const auto backend = make_reference_backend();
    Model model(experiment(smooth), card(), *backend);
    using test::expect_error;
    expect_error(
        ErrorCode::unknown_name, [&] { Explainer(model, "secnd", 1); }, "secnd", "second");
    expect_error(
        ErrorCode::shape_mismatch, [&] { Explainer(model, "dense_1", 1); }, "dense_1", "no map");
    expect_error(
        ErrorCode::out_of_range, [&] { (void)preferred_images(model, "second", {3}, {}); }, "3", "0 to 2");
    Split wrong = images();
    wrong.labels[1] = 3;
    expect_error(
        ErrorCode::out_of_range, [&] { (void)Explainer(model, "", 4).explain(wrong); }, "3");
}

}  // namespace

}  // namespace cnnlab::explain_test
