#include <gtest/gtest.h>

#include <sstream>

#include "engine/model/model.hpp"
#include "tests/conformance/backends.hpp"

/// The worked example of the course: a 5×5 image, a vertical-edge kernel, ReLU, pooling. Every number of it, on every
/// backend.
namespace cnnlab {

namespace {

std::string text_of(const HostTensor& map) {
    std::ostringstream out;
    for (int64_t i = 0; i < map.count(); ++i) out << std::lround(map[i]) << (i + 1 < map.count() ? " " : "");
    return out.str();
}

}  // namespace

TEST(CourseExample, every_intermediate_number) {
    const Json json = Json::parse(R"({"name": "example", "dataset": "example", "model": {"layers": [
        {"type": "conv2d", "out_channels": 1, "kernel": 3, "padding": 1, "bias": false}, {"type": "relu"}, {"type": "max_pool2d"}, {"type": "flatten"}]}})");
    DatasetCard card;
    card.image = {5, 5, 1};
    card.classes.resize(4);
    card.mean = {0};
    card.stddev = {1.0F / 255};  // the network sees the pixels' own values
    const Split image{
        {10, 10, 10, 0, 0, 10, 10, 10, 0, 0, 10, 10, 10, 0, 0, 0, 0, 0, 10, 10, 0, 0, 0, 10, 10}, {0}};
    for (const auto& candidate : test::all_backends()) {
        SCOPED_TRACE(candidate.name);
        const auto backend = candidate.make();
        Model model(Experiment::parse(json), card, *backend);
        model.set("conv2d_1.weight", HostTensor({1, 3, 3, 1}, {1, 0, -1, 1, 0, -1, 1, 0, -1}));
        const Compiled compiled = model.compile_for(Phase::evaluate, 1, {}, true);
        const auto executable = backend->prepare(compiled.program);
        backend->upload_split(SplitName::input, card.image, image);
        (void)backend->run(*executable, {SplitName::input, 0, 1});
        const auto output_of = [&](size_t layer) {
            return backend->download(*executable, compiled.layers[layer].value);
        };
        const HostTensor features = output_of(0), rectified = output_of(1), pooled = output_of(2),
                         flat = output_of(3);
        EXPECT_EQ(features.shape(), (Shape{1, 5, 5, 1}));
        EXPECT_EQ(text_of(features),
                  "-20 0 20 20 0 -30 0 30 30 0 -20 0 10 10 10 -10 0 -10 -10 20 0 0 -20 -20 20");
        for (int64_t i = 0; i < features.count(); ++i)
            EXPECT_NEAR(features[i], std::round(features[i]), 1e-4);
        EXPECT_EQ(text_of(rectified), "0 0 20 20 0 0 0 30 30 0 0 0 10 10 10 0 0 0 0 20 0 0 0 0 20");
        EXPECT_EQ(pooled.shape(), (Shape{1, 2, 2, 1}));
        EXPECT_EQ(text_of(pooled), "0 30 0 10");
        EXPECT_EQ(text_of(flat), "0 30 0 10");
    }
}

}  // namespace cnnlab
