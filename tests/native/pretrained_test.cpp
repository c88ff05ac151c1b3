// The networks of engine/networks with their weights, against golden vectors that NumPy made of one picture of a cat.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "engine/cpu/cpu_backend.hpp"
#include "engine/io/safetensors.hpp"
#include "native/run/base_file.hpp"
#include "native/system/file_bytes.hpp"
#include "tests/paths.hpp"

namespace cnnlab {
namespace {

namespace fs = std::filesystem;

fs::path models() {
    if (const char* named = std::getenv("CNNLAB_MODELS")) return named;
    return test::source_folder() / "../shared/data/pretrained";
}

class Pretrained : public testing::TestWithParam<const char*> {};

TEST_P(Pretrained, GivesItsGoldenVectors) {
    Experiment experiment =
        Experiment::parse(Json{{"name", "golden"},
                               {"dataset", "cat"},
                               {"base", {{"file", GetParam()}, {"until", "classifier"}, {"trainable", true}}},
                               {"model", {{"layers", Json::array()}}},
                               {"train", {{"batch", 1}}}});
    if (std::error_code error; !fs::is_directory(models(), error))
        GTEST_SKIP() << "the weights are not in " << models();
    const BaseFile file = read_base_file(*experiment.base, {{}, models()});
    const TensorFile golden = read_safetensors(read_file(file.path.parent_path() / "golden_cat.safetensors"),
                                               "golden_cat.safetensors");
    const HostTensor &input = *golden.find("input"), &probabilities = *golden.find("probs");

    experiment = with_base(std::move(experiment), file.network);
    DatasetCard card;
    card.image = {224, 224, 3};
    card.mean = file.network.mean;
    card.stddev = file.network.stddev;
    const auto backend = make_cpu_backend({});
    Model model(experiment, card, *backend);
    set_base(model, file.network, file.path.string());

    // it was made of pixels: x / 127.5 − 1
    Split cat{std::vector<uint8_t>(size_t{224} * 224 * 3), {0}};
    for (int channel = 0; channel < 3; ++channel)
        for (int64_t i = 0; i < int64_t{224} * 224; ++i)
            cat.images[static_cast<size_t>(i * 3 + channel)] =
                static_cast<uint8_t>(std::lround((input[channel * 224 * 224 + i] + 1) * 127.5F));
    backend->upload_split(SplitName::input, card.image, cat);
    const Compiled compiled = model.compile_for(Phase::evaluate, 1, {"base.features.pool"});
    const auto executable = backend->prepare(compiled.program);
    (void)backend->run(*executable, {SplitName::input, 0, 1});

    const auto pool = std::find_if(compiled.layers.begin(), compiled.layers.end(),
                                   [](const LayerInfo& layer) { return layer.name == "base.features.pool"; });
    ASSERT_NE(pool, compiled.layers.end());
    const HostTensor features = backend->download(*executable, pool->value);
    const HostTensor& wanted = *golden.find("features");
    ASSERT_EQ(features.count(), wanted.count());
    for (int64_t i = 0; i < wanted.count(); ++i) EXPECT_NEAR(features[i], wanted[i], 1e-4) << i;

    const HostTensor logits = backend->download(*executable, compiled.program.logits);
    ASSERT_EQ(logits.count(), probabilities.count());
    double sum = 0;
    for (const float logit : logits.span()) sum += std::exp(double{logit});
    for (int64_t i = 0; i < logits.count(); ++i)
        EXPECT_NEAR(std::exp(double{logits[i]}) / sum, probabilities[i], 1e-4) << "class " << i;
}

INSTANTIATE_TEST_SUITE_P(networks, Pretrained, testing::Values("mobilenet-v1", "mobilenet-v2"),
                         [](const auto& network) { return std::string(network.param).substr(10); });

}  // namespace
}  // namespace cnnlab
