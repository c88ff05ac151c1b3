#include "engine/data/whitening.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "engine/core/philox.hpp"
#include "engine/core/symmetric_eigen.hpp"
#include "engine/io/safetensors.hpp"
#include "engine/reference/reference_backend.hpp"
#include "engine/train/trainer.hpp"
#include "tests/errors.hpp"
#include "tests/paths.hpp"

namespace cnnlab::test {

namespace {

/// tests/golden/make_whitening.py says what it holds.
const TensorFile& golden() {
    static const TensorFile file = [] {
        std::ifstream stream(source_folder() / "tests/golden/whitening.safetensors", std::ios::binary);
        const std::vector<uint8_t> bytes((std::istreambuf_iterator<char>(stream)),
                                         std::istreambuf_iterator<char>());
        return read_safetensors(bytes, "whitening.safetensors");
    }();
    return file;
}

struct Given {
    explicit Given(const std::string& name)
        : images(*golden().find(name + "/images")), filters(*golden().find(name + "/filters")) {
        const Shape& s = images.shape();
        card.image = {static_cast<int>(s[1]), static_cast<int>(s[2]), static_cast<int>(s[3])};
        const HostTensor &mean = *golden().find(name + "/mean"), &stddev = *golden().find(name + "/std");
        card.mean.assign(mean.span().begin(), mean.span().end());
        card.stddev.assign(stddev.span().begin(), stddev.span().end());
        card.classes = {"a", "b"};
        split.images.assign(images.span().begin(), images.span().end());
        split.labels.resize(static_cast<size_t>(s[0]));
        init.type = InitKind::whitening;
        init.images = static_cast<int>((*golden().find(name + "/count"))[0]);
        init.eps = (*golden().find(name + "/eps"))[0];
    }

    HostTensor images, filters;
    DatasetCard card;
    Split split;
    InitSpec init;
};

/// A network whose first layer whitens, with a weight that stays and a bias that learns.
Json network(int outputs, const std::string& init = R"({"type": "whitening"})") {
    return Json::parse(R"({"name": "w", "dataset": "x", "model": {"layers": [
        {"type": "conv2d", "out_channels": )" +
                       std::to_string(outputs) + R"(, "kernel": 2, "init": )" + init + R"(, "name": "whiten"},
        {"type": "gelu"}, {"type": "global_max_pool"}, {"type": "dense", "out_features": 2}]},
        "optimizer": {"type": "sgd", "lr": 0.5, "average_decay": 0.5, "groups": [{"match": "whiten.weight", "trainable": false}]},
        "train": {"epochs": 2, "batch": 5, "seed": 3}})");
}

std::vector<float> numbers(const HostTensor& tensor) { return {tensor.span().begin(), tensor.span().end()}; }

}  // namespace

TEST(SymmetricEigen, takes_a_matrix_apart) {
    constexpr int n = 9;
    const Philox random{3, 0, 0};
    std::vector<double> matrix(n * n);
    for (size_t i = 0; i < n; ++i)
        for (size_t j = 0; j <= i; ++j)
            matrix[i * n + j] = matrix[j * n + i] = unit_float(random.word(i * n + j)) - 0.4;
    const SymmetricEigen eigen = symmetric_eigen(matrix, n);
    for (size_t k = 0; k < n; ++k) {
        if (k > 0) {
            EXPECT_LE(eigen.values[k - 1], eigen.values[k]);
        }
        for (size_t l = 0; l < n; ++l) {
            double product = 0;
            for (size_t i = 0; i < n; ++i) product += eigen.vectors[k][i] * eigen.vectors[l][i];
            EXPECT_NEAR(product, k == l ? 1 : 0, 1e-13);
        }
        for (size_t i = 0; i < n; ++i) {
            double image = 0;
            for (size_t j = 0; j < n; ++j) image += matrix[i * n + j] * eigen.vectors[k][j];
            EXPECT_NEAR(image, eigen.values[k] * eigen.vectors[k][i], 1e-13);
        }
    }
}

TEST(SymmetricEigen, knows_special_matrices) {
    const SymmetricEigen diagonal = symmetric_eigen({3, 0, 0, 0, -1, 0, 0, 0, 2}, 3);
    EXPECT_EQ(diagonal.values, (std::vector<double>{-1, 2, 3}));
    EXPECT_EQ(diagonal.vectors[0], (std::vector<double>{0, 1, 0}));
    const SymmetricEigen zero = symmetric_eigen({0, 0, 0, 0}, 2);
    EXPECT_EQ(zero.values, (std::vector<double>{0, 0}));
}

TEST(Whitening, gives_the_filters_that_numpy_gives) {
    for (const char* name : {"colour", "grey"}) {
        const Given given(name);
        const HostTensor filters =
            whitening_filters(given.filters.shape(), given.init, given.card, given.split);
        for (int64_t i = 0; i < filters.count(); ++i)
            EXPECT_NEAR(filters[i], given.filters[i], 2e-5) << name << ", " << i;
    }
}

TEST(Whitening, is_where_training_starts_and_stays_where_it_is_frozen) {
    const Given given("colour");
    Dataset dataset{given.card, given.split, given.split, ""};
    const auto backend = make_reference_backend();
    Trainer trainer(Experiment::parse(network(24)), dataset, *backend);
    const auto start = numbers(trainer.model().get("whiten.weight")),
               bias = numbers(trainer.model().get("whiten.bias"));
    InitSpec init = given.init;
    init.images = 5000;  // more than there are: all
    init.eps = 5e-4F;
    EXPECT_EQ(start, numbers(whitening_filters({24, 2, 2, 3}, init, given.card, given.split)));
    trainer.fit();
    EXPECT_EQ(numbers(trainer.model().get("whiten.weight")), start);
    EXPECT_NE(numbers(trainer.model().get("whiten.bias")), bias);
}

TEST(Whitening, is_missed_by_a_model_without_images) {
    const Given given("colour");
    const auto backend = make_reference_backend();
    Model model(Experiment::parse(network(24)), given.card, *backend);
    EXPECT_EQ(
        message_of(ErrorCode::missing_data, [&] { (void)model.predict(given.split); }),
        "whiten.weight: starts from the data set's training images, and this model has seen none; train the "
        "experiment, or load the weights of a run");
    model.set("whiten.weight", HostTensor({24, 2, 2, 3}, 0.1F));
    EXPECT_EQ(model.predict(given.split).shape(), (Shape{12, 2}));
    model.initialise(1);
    EXPECT_THROW((void)model.predict(given.split), Error);
    model.initialise(1, &given.split);
    EXPECT_NO_THROW((void)model.predict(given.split));
}

TEST(Whitening, is_refused_where_it_cannot_be) {
    const Given given("colour");
    const auto backend = make_reference_backend();
    const auto refused = [&](const Json& json, ErrorCode code = ErrorCode::unsupported) {
        return message_of(code, [&] { Model(Experiment::parse(json), given.card, *backend); });
    };
    EXPECT_EQ(refused(network(20), ErrorCode::shape_mismatch),
              "model.layers[0] (conv2d).init: \"whitening\" gives two filters for each of a patch's 12 "
              "numbers, not "
              "20; let the layer have 24 outputs");
    Json later = network(24);
    later["model"]["layers"].insert(later["model"]["layers"].begin(),
                                    Json{{"type", "conv2d"}, {"out_channels", 3}, {"kernel", 1}});
    EXPECT_EQ(
        refused(later),
        "model.layers[1] (conv2d).init: \"whitening\" is made from patches of the images; give it to the "
        "weights of the conv2d that reads the images, without groups");
    Json bias = network(24, R"({"type": "zeros"})");
    bias["model"]["layers"][0]["bias_init"] = {{"type", "whitening"}};
    EXPECT_NE(refused(bias).find(".bias_init: \"whitening\""), std::string::npos);
    Json dilated = network(24);
    dilated["model"]["layers"][0]["dilation"] = 2;
    EXPECT_NE(refused(dilated).find(".dilation: "), std::string::npos);
}

TEST(Whitening, needs_images) {
    const Given given("colour");
    EXPECT_EQ(message_of(ErrorCode::missing_data,
                         [&] {
                             (void)whitening_filters({24, 2, 2, 3}, given.init, given.card, Split{});
                         }),
              "dataset: has no training images to whiten with; give at least one");
}

}  // namespace cnnlab::test
