// What `cnnlab export --format tfjs` writes, in TensorFlow.js: tests/peer/tfjs_network.mjs says what it does with it.

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <map>

#include "engine/exchange/tfjs.hpp"
#include "native/system/file_bytes.hpp"
#include "tests/exchange/exported_models.hpp"
#include "tests/paths.hpp"

namespace cnnlab {
namespace {

namespace fs = std::filesystem;

std::span<const uint8_t> bytes_of(const std::vector<float>& values) {
    return {reinterpret_cast<const uint8_t*>(values.data()), values.size() * sizeof(float)};
}

/// [N, C, H, W] → [N, H, W, C].
std::vector<float> channels_last(const HostTensor& images) {
    const Shape& s = images.shape();
    const int64_t area = s[2] * s[3];
    std::vector<float> values;
    for (int64_t n = 0; n < s[0]; ++n)
        for (int64_t p = 0; p < area; ++p)
            for (int64_t c = 0; c < s[1]; ++c) values.push_back(images[(n * s[1] + c) * area + p]);
    return values;
}

/// Networks that no layer of TensorFlow.js does, and the word that says why.
const std::map<std::string, std::string> refused{{"conv2d_groups", "2 groups"},
                                                 {"max_pool2d_sides", "padding that never wins"},
                                                 {"max_pool2d_dilated", "no pool of Keras"},
                                                 {"max_pool2d_dilated_sides", "no pool of Keras"},
                                                 {"avg_pool2d_sides_inside", "padding that does not count"}};

TEST(TensorFlowJs, GivesTheSameLogits) {
    if (!fs::exists(test::source_folder() / "web/node_modules/@tensorflow"))
        GTEST_SKIP() << "TensorFlow.js is not here: npm ci in web/";
    const fs::path folder = test::source_folder() / "build/tfjs";
    fs::remove_all(folder);
    for (const std::string& name : test::exported_names()) {
        const test::ExportedModel made = test::exported_model(name);
        try {
            const TfjsModel written = write_tfjs(made.saved);
            const fs::path of_one = folder / made.name;
            write_file(of_one / "model.json", written.json);
            write_file(of_one / TfjsModel::weights_file, written.weights);
            write_file(of_one / "pixels.bin", bytes_of(channels_last(made.pixels)));
            write_file(of_one / "logits.bin",
                       bytes_of({made.logits.span().begin(), made.logits.span().end()}));
            EXPECT_FALSE(refused.contains(made.name)) << made.name;
        } catch (const Error& error) {
            EXPECT_TRUE(refused.contains(made.name)) << made.name << ": " << error.what();
            const auto why = refused.find(made.name);
            EXPECT_NE(std::string(error.what()).find(why == refused.end() ? "" : why->second),
                      std::string::npos);
        }
    }
    const std::string command = "node '" + (test::source_folder() / "tests/peer/tfjs_network.mjs").string() +
                                "' '" + folder.string() + "' > '" + (folder / "log").string() + "' 2>&1";
    const int result = std::system(command.c_str());
    const std::vector<uint8_t> log = read_file(folder / "log");
    EXPECT_EQ(result, 0) << std::string(log.begin(), log.end());
    if (!HasFailure()) fs::remove_all(folder);
}

}  // namespace
}  // namespace cnnlab
