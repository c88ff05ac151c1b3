// A trained network as the base of another, frozen layers, and training from features that were computed once.

#include <gtest/gtest.h>

#include <cmath>

#include "engine/io/safetensors.hpp"
#include "engine/model/base.hpp"
#include "engine/model/concerns.hpp"
#include "engine/model/description.hpp"
#include "engine/model/features.hpp"
#include "engine/model/model_file.hpp"
#include "engine/reference/reference_backend.hpp"
#include "tests/conformance/backends.hpp"
#include "tests/engine/training_fixture.hpp"
#include "tests/errors.hpp"

namespace cnnlab {
namespace {

using test::message_of;
using test::small_dataset;

constexpr auto conv = R"({"type": "conv2d", "name": "conv", "out_channels": 4, "kernel": 3, "bias": false})";

Experiment parsed(const std::string& fields) {
    return Experiment::parse(Json::parse(
        R"({"name": "transfer", "dataset": "random", "train": {"epochs": 2, "batch": 5, "eval_batch": 4}, )" +
        fields + "}"));
}

/// conv, batch norm, relu and pool are frozen, or all learn.
Experiment frozen_experiment(const std::string& trainable = "false", const std::string& more = {}) {
    return parsed(R"("model": {"layers": [
        {"type": "conv2d", "out_channels": 5, "kernel": 3, "trainable": )" +
                  trainable + R"(}, {"type": "batch_norm", "trainable": )" + trainable +
                  R"(}, "relu", "max_pool2d",
        {"type": "dense", "out_features": 9}, "tanh", {"type": "dropout", "p": 0.3}, {"type": "dense", "out_features": 3}]},
        "optimizer": {"type": "adam", "lr": 0.01})" +
                  more);
}

/// A model file of the network that a base is made of, after a few steps.
std::vector<uint8_t> trained() {
    const Dataset data = small_dataset();
    const auto backend = make_reference_backend();
    Trainer trainer(parsed(std::string(R"("model": {"layers": [)") + conv +
                           R"(, {"type": "batch_norm"}, "relu", {"type": "dense", "out_features": 3}]})"),
                    data, *backend);
    trainer.fit();
    return model_file(trainer.model());
}

Experiment with_base_fields(const std::string& base) {
    return parsed(R"("base": {"file": "it.safetensors", )" + base +
                  R"(}, "model": {"layers": [{"type": "dense", "out_features": 3}]})");
}

}  // namespace

TEST(FrozenPart, EndsBeforeTheFirstLayerThatLearns) {
    const Dataset data = small_dataset();
    const Description d = describe(frozen_experiment(), data.card);
    const FrozenPart part = frozen_part(d.experiment, d.layers);
    EXPECT_EQ(part.layers, 4);
    EXPECT_EQ(part.name, "max_pool2d_1");
    EXPECT_EQ(part.shape, (Shape{2, 2, 5}));
    EXPECT_EQ(part.bytes(10), 10 * 20 * 4);
    const Description learning = describe(frozen_experiment("true"), data.card);
    EXPECT_EQ(frozen_part(learning.experiment, learning.layers).layers, 0);
}

TEST(FrozenPart, EndsWhereOnlyOneValueGoesOn) {
    const Dataset data = small_dataset();
    const Experiment e = parsed(R"("model": {"layers": [
        {"type": "conv2d", "name": "a", "out_channels": 4, "kernel": 1, "trainable": false},
        {"type": "conv2d", "name": "b", "out_channels": 4, "kernel": 1, "trainable": false},
        {"type": "conv2d", "name": "c", "out_channels": 4, "kernel": 1},
        {"type": "add", "from": ["c", "a"]}, {"type": "dense", "out_features": 3}]})");
    const Description d = describe(e, data.card);
    const FrozenPart part = frozen_part(d.experiment, d.layers);
    EXPECT_EQ(part.name, "a") << "the sum reads a, so b's output is not enough";
}

TEST(FrozenFeatures, AreRefusedWhereImagesChange) {
    const Dataset data = small_dataset();
    const auto concerns = [&](const std::string& more) {
        const Description d = describe(frozen_experiment("false", more), data.card);
        std::vector<Concern> found;
        for (const Concern& concern : data_concerns(d, data))
            if (concern.place == "augment") found.push_back(concern);
        return found;
    };
    EXPECT_TRUE(concerns("").empty());
    const auto warned = concerns(R"(, "augment": {"horizontal_flip": true})");
    ASSERT_EQ(warned.size(), 1U);
    EXPECT_EQ(warned[0].severity, Severity::warn);
    const auto refused =
        concerns(R"(, "augment": {"horizontal_flip": true}, "train": {"frozen_features": "once"})");
    ASSERT_EQ(refused.size(), 1U);
    EXPECT_EQ(refused[0].severity, Severity::refuse);
    EXPECT_EQ(
        english(refused[0]),
        "augment: changes images from step to step, so the frozen layers before \"dense_1\" are computed "
        "each time; leave it out, or set train.frozen_features to \"every_step\"");
    EXPECT_TRUE(concerns(R"(, "augment": {"crop": 1}, "train": {"frozen_features": "every_step"})").empty());
}

TEST(FrozenFeatures, TrainTheSameHeadOnEveryBackend) {
    const Dataset data = small_dataset();
    for (const test::BackendUnderTest& backend : test::all_backends()) {
        SCOPED_TRACE(backend.name);
        const auto images = backend.make(), kept = backend.make();
        Trainer plain(frozen_experiment(), data, *images), quick(frozen_experiment(), data, *kept);
        const Model::Tensors before = quick.model().tensors();
        const FrozenPart part = frozen_part(quick.model().experiment(), quick.model().layers());
        FeatureMaker train(quick.model(), part, SplitName::train, data.train),
            tests(quick.model(), part, SplitName::test, data.test);
        while (train.step() || tests.step()) {
        }
        EXPECT_EQ(train.done(), 22);
        quick.use_features(part, train.take(), tests.take());
        test::EventLog a, b;
        plain.add_observer(a);
        quick.add_observer(b);
        plain.fit();
        quick.fit();
        EXPECT_EQ(a.words, b.words);
        const auto losses = a.all<EpochEnd>(), others = b.all<EpochEnd>();
        ASSERT_EQ(losses.size(), 2U);
        for (size_t i = 0; i < losses.size(); ++i) {
            EXPECT_NEAR(losses[i].train_loss, others[i].train_loss, 2e-2);
            EXPECT_NEAR(*losses[i].test_loss, *others[i].test_loss, 2e-2);
        }
        for (const auto& [tensor, value] : quick.model().tensors()) {
            const bool is_frozen = tensor.starts_with("conv2d") || tensor.starts_with("batch_norm");
            const HostTensor& old = before.at(tensor);
            const bool is_same = std::equal(old.span().begin(), old.span().end(), value.span().begin());
            if (is_frozen) {
                EXPECT_TRUE(is_same) << tensor << " is frozen, its running mean and variance too";
            } else if (tensor.ends_with(".weight")) {
                EXPECT_FALSE(is_same) << tensor;
            }
        }
    }
}

TEST(FrozenFeatures, OfOtherImagesAreRefused) {
    const Dataset data = small_dataset();
    const auto backend = make_reference_backend();
    Trainer trainer(frozen_experiment(), data, *backend);
    const FrozenPart part = frozen_part(trainer.model().experiment(), trainer.model().layers());
    EXPECT_EQ(message_of(ErrorCode::shape_mismatch, [&] { trainer.use_features(part, {}, {}); }),
              "features: are of other images or another network; compute them again");
    trainer.fit();
}

TEST(Base, StandsBeforeTheExperimentsOwnLayers) {
    const BaseNetwork base = read_base(trained(), "it.safetensors");
    const Experiment e = with_base(with_base_fields(R"("until": "relu_1", "size": 9)"), base);
    ASSERT_EQ(e.model.layers.size(), 5U);
    EXPECT_EQ(e.base->layers, 4);
    const char* const names[] = {"base.resize", "base.conv", "base.batch_norm_1", "base.relu_1", ""};
    for (size_t i = 0; i < 5; ++i) EXPECT_EQ(e.model.layers[i].name, names[i]);
    EXPECT_FALSE(e.model.layers[1].trainable);
    EXPECT_TRUE(e.model.layers[4].trainable);
    EXPECT_EQ(e.dataset.mean, (std::vector{0.5F, 0.4F})) << "as the base's images were normalised";
    const Experiment again = Experiment::parse(e.to_json());
    EXPECT_EQ(with_base(again, base).to_json(), e.to_json()) << "the base's layers are there already";
}

TEST(Base, GivesItsWeights) {
    const BaseNetwork base = read_base(trained(), "it.safetensors");
    const Dataset data = small_dataset();
    const auto backend = make_reference_backend();
    Model model(with_base(with_base_fields(R"("until": "relu_1")"), base), data.card, *backend);
    set_base(model, base, "it.safetensors");
    for (const char* name : {"conv.weight", "batch_norm_1.weight", "batch_norm_1.running_mean"}) {
        const HostTensor given = base.tensors.at(name), mine = model.get(std::string("base.") + name);
        EXPECT_TRUE(std::equal(given.span().begin(), given.span().end(), mine.span().begin())) << name;
    }
}

TEST(Base, MayLearnAtARateOfItsOwn) {
    const BaseNetwork base = read_base(trained(), "it.safetensors");
    const Experiment e =
        with_base(with_base_fields(R"("until": "relu_1", "trainable": true, "lr": 0)"), base);
    const Dataset data = small_dataset();
    const auto backend = make_reference_backend();
    Trainer trainer(e, data, *backend);
    set_base(trainer.model(), base, "it.safetensors");
    trainer.fit();
    const auto is_moved = [&](const char* name) {
        const HostTensor given = base.tensors.at(name),
                         mine = trainer.model().get(std::string("base.") + name);
        return !std::equal(given.span().begin(), given.span().end(), mine.span().begin());
    };
    EXPECT_FALSE(is_moved("conv.weight")) << "its rate is 0";
    EXPECT_TRUE(is_moved("batch_norm_1.running_mean")) << "it is not frozen";
}

TEST(Base, SaysWhatDoesNotFit) {
    BaseNetwork base = read_base(trained(), "it.safetensors");
    const Dataset data = small_dataset();
    const auto backend = make_reference_backend();
    Model model(with_base(with_base_fields(R"("until": "relu_1")"), base), data.card, *backend);
    const Model::Tensors before = model.tensors();
    base.tensors["conv.weight"] = HostTensor(Shape{4, 3, 3, 1});
    base.tensors["batch_norm_1.bias"][2] = std::nanf("");
    base.tensors.erase("batch_norm_1.running_var");
    EXPECT_EQ(
        message_of(ErrorCode::shape_mismatch, [&] { set_base(model, base, "it.safetensors"); }),
        "it.safetensors: does not fit its network: base.batch_norm_1.bias has numbers that are not finite; "
        "base.batch_norm_1.running_var is missing; base.conv.weight is 4×3×3×1 instead of 4×3×3×2; give the "
        "weights that belong to the network");
    EXPECT_TRUE(test::same_bits(before, model.tensors()));
}

TEST(Base, RefusesAnUnknownLayerAndAFileWithoutANetwork) {
    const std::vector<uint8_t> file = trained();
    const BaseNetwork base = read_base(file, "it.safetensors");
    EXPECT_EQ(message_of(ErrorCode::unknown_name,
                         [&] { (void)with_base(with_base_fields(R"("until": "relu_2")"), base); }),
              "base.until: has no layer \"relu_2\"; did you mean \"relu_1\"?");
    TensorFile plain;
    plain.tensors.push_back({"conv.weight", HostTensor(Shape{4, 2, 3, 3})});
    const auto refused = message_of(ErrorCode::missing_data,
                                    [&] { (void)read_base(write_safetensors(plain), "it.safetensors"); });
    EXPECT_NE(refused.find("has no network beside its weights"), std::string::npos) << refused;
    EXPECT_NE(refused.find("it.json"), std::string::npos) << refused;
    for (const size_t size : {size_t{0}, size_t{7}, size_t{40}, file.size() - 1})
        EXPECT_THROW((void)read_base(std::span(file).first(size), "it.safetensors"), Error) << size;
    const auto uncompiled = message_of(ErrorCode::missing_data, [&] {
        CompileOptions options;
        options.input = {6, 6, 2};
        (void)compile(with_base_fields(R"("until": "relu_1")"), options);
    });
    EXPECT_NE(uncompiled.find("base.file: has not been put before the network"), std::string::npos);
}

TEST(Base, TurnsWeightsOfPyTorchsLayout) {
    const NetworkCard card = NetworkCard::parse(
        Json::parse(std::string(R"({"layout": "oihw", "layers": [)") + conv + "]}"), "card.json");
    TensorFile file;
    HostTensor weight(Shape{4, 2, 3, 3});
    for (int64_t i = 0; i < weight.count(); ++i) weight[i] = static_cast<float>(i);
    file.tensors.push_back({"conv.weight", weight});
    const BaseNetwork base = read_base(write_safetensors(file), "it.safetensors", &card);
    const HostTensor& turned = base.tensors.at("conv.weight");
    EXPECT_EQ(turned.shape(), (Shape{4, 3, 3, 2}));
    EXPECT_EQ(turned[1], 9) << "the second channel of the first pixel";
    EXPECT_EQ(turned[2], 1) << "the first channel of the second";
}

TEST(Resize, StandsBeforeWhatLearns) {
    const Dataset data = small_dataset();
    const auto e = parsed(std::string(R"("model": {"layers": [)") + conv +
                          R"(, {"type": "resize", "size": 3}, {"type": "dense", "out_features": 3}]})");
    const auto backend = make_reference_backend();
    EXPECT_EQ(message_of(ErrorCode::unsupported, [&] { Model(e, data.card, *backend); }),
              "model.layers[1] (resize).size: resizes what a layer before it learns, which has no gradient "
              "here; put "
              "it before the first layer that learns");
}

}  // namespace cnnlab
