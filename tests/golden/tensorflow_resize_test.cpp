#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "engine/core/parse_json.hpp"
#include "engine/train/trainer.hpp"
#include "tests/conformance/backends.hpp"
#include "tests/paths.hpp"

/// The layer `resize` against TensorFlow's: tests/peer/tfjs_resize.mjs makes the values.
namespace cnnlab::tensorflow_resize_test {
namespace {

std::vector<float> resized(const Json& row, Backend& backend) {
    const auto image = row.at("image").get<std::vector<int>>();
    const int channels = image[2];
    // A network learns something: a convolution that changes nothing.
    const Json layers = {{{"type", "resize"}, {"size", row.at("size")}},
                         {{"type", "conv2d"}, {"out_channels", channels}, {"kernel", 1}, {"bias", false}},
                         "flatten"};
    Experiment experiment =
        Experiment::parse({{"name", "resize"}, {"dataset", "folder"}, {"model", {{"layers", layers}}}});
    DatasetCard card;
    card.image = {image[0], image[1], channels};
    card.mean.assign(static_cast<size_t>(channels), 0.0F);
    card.stddev.assign(static_cast<size_t>(channels), 1.0F);
    for (size_t i = 0; i < row.at("resized").size(); ++i)
        card.classes.push_back("class " + std::to_string(i));
    const Split split{row.at("pixels").get<std::vector<uint8_t>>(), {0}};
    backend.upload_split(SplitName::test, card.image, split);
    Model model(experiment, card, backend);
    model.initialise(1);
    HostTensor same({channels, 1, 1, channels});
    for (int c = 0; c < channels; ++c) same.data()[c * channels + c] = 1.0F;
    model.set("conv2d_1.weight", same);
    const Program program = model.compile_for(Phase::evaluate, 1).program;
    const auto executable = backend.prepare(program);
    backend.run(*executable, {SplitName::test, 0, 1});
    const HostTensor logits = backend.download(*executable, program.logits);
    return {logits.span().begin(), logits.span().end()};
}

TEST(TensorFlowResize, GivesItsPixelsOnEveryBackend) {
    std::ifstream stream(test::source_folder() / "tests/golden/tensorflow_resize.json");
    const std::string text{std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
    const Json golden = parse_json(text, "tensorflow_resize.json");
    ASSERT_EQ(golden.at("cases").size(), 6U);
    for (const auto& under_test : test::all_backends()) {
        const auto backend = under_test.make();
        for (const Json& row : golden.at("cases")) {
            const std::vector<float> found = resized(row, *backend);
            const auto wanted = row.at("resized").get<std::vector<float>>();
            ASSERT_EQ(found.size(), wanted.size());
            for (size_t i = 0; i < found.size(); ++i)
                EXPECT_NEAR(found[i], wanted[i], 1e-5)
                    << under_test.family << ", " << row.at("size") << ", " << i;
        }
    }
}

}  // namespace
}  // namespace cnnlab::tensorflow_resize_test
