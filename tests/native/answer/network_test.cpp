// A network's answers do not depend on how many images run together, and are those of `predict`.

#include "native/answer/network.hpp"

#include <cmath>

#include "engine/core/philox.hpp"
#include "engine/exchange/onnx.hpp"
#include "engine/model/model_file.hpp"
#include "tests/errors.hpp"
#include "tests/native/temporary_folder.hpp"

namespace cnnlab::test {
namespace {

constexpr ImageShape network_shape{9, 8, 3};

Experiment small_network(bool permute) {
    return Experiment::parse(
        parse_json(R"({"name": "a net", "dataset": {"name": "folder", "permute_pixels": )" +
                       std::string(permute ? "true" : "false") + R"(},
        "model": {"layers": [{"type": "conv2d", "out_channels": 12, "kernel": 3, "padding": 1}, {"type": "batch_norm"},
            "relu", {"type": "max_pool2d", "kernel": 2}, "flatten", {"type": "dense", "out_features": 5}]}})",
                   "test"));
}

class NetworkTest : public ::testing::Test {
  protected:
    /// A model's file with random weights, and the same network as ONNX.
    void write_model(bool permute = false) {
        DatasetCard card;
        card.name = card.title = card.licence = card.source = "test";
        card.image = network_shape;
        card.mean.assign(3, .4F);
        card.stddev.assign(3, .3F);
        for (int c = 0; c < 5; ++c) card.classes.push_back("class " + std::to_string(c));
        const auto backend = make_backend({});
        Model model(small_network(permute), card, *backend);
        const std::vector<uint8_t> bytes = model_file(model);
        write_file(folder_ / "model.safetensors", bytes);
        write_file(folder_ / "net.onnx", write_onnx(read_saved_model(bytes, "test")));
    }
    std::string model() { return (folder_ / "model.safetensors").string(); }

    std::vector<Pixels> noise(size_t count) {
        std::vector<Pixels> images(count, Pixels(static_cast<size_t>(network_shape.count())));
        const Philox random{7, 7, 7};
        uint64_t i = 0;
        for (Pixels& image : images)
            for (uint8_t& pixel : image) pixel = static_cast<uint8_t>(random.word(i++) >> 24U);
        return images;
    }

    TemporaryFolder folder_;
};

TEST_F(NetworkTest, AnswersAreThoseOfPredict) {
    for (const bool permute : {false, true}) {
        write_model(permute);
        Network network(model(), {}, 16);
        EXPECT_EQ(network.name(), "a net");
        EXPECT_EQ(network.classes().size(), 5U);
        const std::vector<Pixels> images = noise(1);
        const std::vector<Row> rows = network.predict(images);
        const auto backend = make_backend({});
        Model plain = read_model(read_file(model()), model(), *backend);
        Dataset data;
        data.card = plain.card();
        data.test = {images[0], {0}};
        DataSpec spec;
        spec.permute_pixels = permute;
        apply_data_spec(spec, data);
        const HostTensor wanted = plain.predict(data.test);
        for (size_t c = 0; c < 5; ++c)
            EXPECT_EQ(static_cast<float>(rows[0][c]), wanted[static_cast<int64_t>(c)]);
    }
}

// Of batches of one size to the last bit: alone, at another place, beside other images. Of batches of another size to
// 1e-5, as kernels for fewer than 8 images add in another order.
TEST_F(NetworkTest, AnAnswerDoesNotDependOnItsCompany) {
    write_model();
    Network network(model(), {}, 16);
    network.warm_up();
    const std::vector<Pixels> images = noise(40);
    const std::vector<Row> all = network.predict(images);
    ASSERT_EQ(all.size(), images.size());
    for (const size_t size : {1U, 2U, 3U, 4U, 5U, 7U, 8U, 9U, 11U, 16U}) {
        const std::span part = std::span(images).first(size);
        const std::vector<Row> rows = network.predict(part);
        ASSERT_EQ(rows.size(), size);
        for (size_t i = 0; i < size; ++i)
            for (size_t c = 0; c < 5; ++c)
                EXPECT_NEAR(rows[i][c], all[i][c], 1e-5) << size << " images, " << i;
        // the same image at every place of a batch, among others
        for (size_t place = 0; place < size; ++place) {
            std::vector<Pixels> company(images.begin() + 20,
                                        images.begin() + 20 + static_cast<std::ptrdiff_t>(size));
            company[place] = images[0];
            EXPECT_EQ(network.predict(company)[place], rows[0]) << size << " images, place " << place;
        }
    }
}

TEST_F(NetworkTest, OpensOnnx) {
    write_model();
    Network run(model(), {}, 4), onnx((folder_ / "net.onnx").string(), {}, 4);
    EXPECT_EQ(onnx.classes(), run.classes());
    EXPECT_EQ(onnx.image(), run.image());
    const std::vector<Pixels> images = noise(3);
    EXPECT_EQ(onnx.predict(images), run.predict(images));
    write_file(folder_ / "bad.onnx", std::string_view("no model"));
    expect_error(
        ErrorCode::bad_file, [&] { Network((folder_ / "bad.onnx").string(), {}, 4); }, "bad.onnx");
    expect_error(
        ErrorCode::missing_data, [&] { Network((folder_ / "none.onnx").string(), {}, 4); }, "none.onnx");
}

}  // namespace
}  // namespace cnnlab::test
