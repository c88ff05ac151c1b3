#include <gtest/gtest.h>

#include <cmath>

#include "engine/data/augmentation.hpp"
#include "engine/model/model.hpp"
#include "engine/reference/reference_backend.hpp"

/// Test-time augmentation: the mean of the logits of several views, checked against images that were moved by hand.
namespace cnnlab {

namespace {

constexpr int rows = 5, columns = 6, count = 9;

Experiment experiment(const std::string& views) {
    return Experiment::parse(Json::parse(
        R"({"name": "v", "dataset": "x", "model": {"layers": [{"type": "conv2d", "out_channels": 4, "name": "c"}, {"type": "tanh"},
           {"type": "dense", "out_features": 3}]}, "train": {"eval_batch": 4, "seed": 2, "eval_views": ")" +
        views + R"("}})"));
}

DatasetCard card() {
    DatasetCard card;
    card.image = {rows, columns, 2};
    card.classes = {"a", "b", "c"};
    card.mean = {0.3F, 0.6F};
    card.stddev = {0.2F, 0.3F};
    return card;
}

Split images() {
    Split split;
    const Philox random{8, 0, 0};
    for (uint64_t i = 0; i < count * rows * columns * 2; ++i)
        split.images.push_back(static_cast<uint8_t>(random.word(i) >> 24U));
    for (int n = 0; n < count; ++n) split.labels.push_back(n % 3);
    return split;
}

/// The images moved up and left by `move` pixels (down and right if it is negative), then mirrored.
Split moved(const Split& split, int move, bool flip) {
    Split result = split;
    size_t at = 0;
    for (int n = 0; n < count; ++n)
        for (int y = 0; y < rows; ++y)
            for (int x = 0; x < columns; ++x)
                for (int k = 0; k < 2; ++k) {
                    const int v = reflect(y + move, rows),
                              u = reflect((flip ? columns - 1 - x : x) + move, columns);
                    result.images[at++] =
                        split.images[static_cast<size_t>(((n * rows + v) * columns + u) * 2 + k)];
                }
    return result;
}

/// Logits of an evaluation.
std::vector<float> logits(Model& model, const Split& split) {
    model.backend().upload_split(SplitName::test, model.card().image, split);
    const Program program = model.compile_for(Phase::evaluate, count).program;
    const auto executable = model.backend().prepare(program);
    (void)model.backend().run(*executable, {SplitName::test, 0, count});
    const HostTensor tensor = model.backend().download(*executable, program.logits);
    return {tensor.span().begin(), tensor.span().end()};
}

struct View {
    int move;
    bool flip;
    double weight;
};

void expect_mean(const std::string& kind, const std::vector<View>& views) {
    const auto backend = make_reference_backend();
    const Split split = images();
    std::vector<double> wanted(count * 3);
    Model plain(experiment("none"), card(), *backend);
    for (const View& view : views) {
        const auto part = logits(plain, moved(split, view.move, view.flip));
        for (size_t i = 0; i < wanted.size(); ++i) wanted[i] += view.weight * double{part[i]};
    }
    Model model(experiment(kind), card(), *backend);
    const auto got = logits(model, split);
    for (size_t i = 0; i < wanted.size(); ++i) EXPECT_NEAR(got[i], wanted[i], 1e-6) << kind << ", " << i;
}

}  // namespace

TEST(EvalViews, mirror) { expect_mean("mirror", {{0, false, 0.5}, {0, true, 0.5}}); }

TEST(EvalViews, translate) {
    expect_mean("translate", {{0, false, 0.25},
                              {0, true, 0.25},
                              {-1, false, 0.125},
                              {-1, true, 0.125},
                              {1, false, 0.125},
                              {1, true, 0.125}});
}

TEST(EvalViews, count_in_loss_accuracy_and_predictions) {
    const auto backend = make_reference_backend();
    const Split split = images();
    Model model(experiment("translate"), card(), *backend);
    backend->upload_split(SplitName::test, model.card().image, split);
    const Evaluation evaluation = model.evaluate(SplitName::test, split.labels);
    const HostTensor probabilities = model.predict(split);
    double loss = 0;
    for (int64_t n = 0; n < count; ++n)
        loss -= std::log(double{probabilities[n * 3 + split.labels[static_cast<size_t>(n)]]}) / count;
    EXPECT_NEAR(evaluation.loss, loss, 1e-6);
    EXPECT_EQ(evaluation.count, count);
}

TEST(EvalViews, layers_are_those_of_the_image_itself) {
    const auto backend = make_reference_backend();
    Model plain(experiment("none"), card(), *backend);
    const Compiled one = plain.compile_for(Phase::evaluate, 2, {"c"});
    Model model(experiment("translate"), card(), *backend);
    const Compiled many = model.compile_for(Phase::evaluate, 2, {"c"});
    ASSERT_EQ(many.layers.size(), one.layers.size());
    EXPECT_EQ(many.program.kept.size(), 2U);
    EXPECT_EQ(many.layers[0].value, one.layers[0].value);
    EXPECT_EQ(many.persistents.size(), one.persistents.size());
}

TEST(EvalViews, training_sees_none) {
    const auto backend = make_reference_backend();
    Model plain(experiment("none"), card(), *backend), model(experiment("translate"), card(), *backend);
    EXPECT_EQ(model.compile_for(Phase::train, 3).program.ops.size(),
              plain.compile_for(Phase::train, 3).program.ops.size());
}

}  // namespace cnnlab
