// What the verbs print, and what they say to a mistake.

#include <cstdlib>
#include <set>

#include "tests/cli/program.hpp"

namespace cnnlab::test {
namespace {

using Commands = CommandLine;

bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

TEST_F(Commands, WithoutAVerbTheyAreListed) {
    const Outcome outcome = succeed({});
    for (const char* verb : {"train", "eval", "predict", "list", "describe", "data", "bench"})
        EXPECT_TRUE(contains(outcome.out, verb)) << verb;
    EXPECT_TRUE(contains(succeed({"train", "--help"}).out, "--resume"));
}

TEST_F(Commands, WrongUsageIsExitCode2WithTheNearestWord) {
    fail(2, {"trian", "lines"}, {"\"trian\"", "did you mean \"train\"?"});
    fail(2, {"train", "lines", "--epoch=3"}, {"--epoch=3", "--epochs"});
    fail(2, {"train", "lines", "--epochs", "many"}, {"epochs", "many"});
    fail(2, {"train"}, {"RUN"});
    fail(2, {"describe", "lines", "fashion-cnn"}, {"fashion-cnn"});
    fail(2, {"train", "--resume", "x", "--seed", "2"}, {"--resume", "--seed"});
}

TEST_F(Commands, ListKnowsExperimentsAndDataSets) {
    const Outcome outcome = succeed({"list"});
    for (const char* word : {"fashion-cnn", "cifar10-resnet", "lines", "cifar10", "drawn by the program"})
        EXPECT_TRUE(contains(outcome.out, word)) << word;
    const Json json = succeed({"list", "--json"}).json();
    std::set<std::string> names;
    for (const Json& experiment : json["experiments"]) names.insert(experiment["name"]);
    EXPECT_TRUE(names.contains("fashion-cnn"));
    EXPECT_FALSE(json["datasets"].empty());
}

TEST_F(Commands, DescribeAddsUp) {
    // The course's own figures.
    const std::map<std::string, int64_t> parameters{
        {"cifar10-simple", 545098}, {"fashion-augmented", 93322}, {"fashion-dense", 109386}, {"lines", 14}};
    for (const auto& [name, expected] : parameters) {
        const Json json = succeed({"describe", name, "--json"}).json();
        EXPECT_EQ(json["parameters"], expected) << name;
        int64_t sum = 0, bytes = 0, products = 0;
        for (const Json& layer : json["layers"]) {
            sum += layer["parameters"].get<int64_t>();
            bytes += layer["output_bytes"].get<int64_t>();
            products += layer["multiply_adds"].get<int64_t>();
        }
        EXPECT_EQ(sum, expected) << name;
        EXPECT_EQ(json["output_bytes"], bytes) << name;
        EXPECT_EQ(json["multiply_adds"], products) << name;
        EXPECT_GT(json["training_multiply_adds"], products) << name;
    }
    const std::string text = succeed({"describe", "cifar10-simple"}).out;
    // 3·3·3·32·32·32 products in the first layer
    for (const char* word : {"conv2d_1", "32×32×3", "32×32×32", "896", "884,736", "545,098", "adam, lr 0.001",
                             "horizontal flip, crop 4"}) {
        EXPECT_TRUE(contains(text, word)) << word << "\n" << text;
    }
}

TEST_F(Commands, EveryExperimentCanBeDescribed) {
    const Json list = succeed({"list", "--json"}).json();
    for (const Json& experiment : list["experiments"])
        succeed({"describe", experiment["name"].get<std::string>()});
}

TEST_F(Commands, MistakesInADescriptionNameTheField) {
    fail(1, {"describe", "fashion-cn"}, {"\"fashion-cn\"", "did you mean \"fashion-cnn\"?"});
    fail(1, {"describe", "lines", "--set", "optimizer.learning_rate=1"}, {"optimizer", "learning_rate"});
    fail(1, {"describe", "lines", "--set", "optimizer.lr=fast"}, {"optimizer.lr", "fast", "number"});
    fail(1, {"describe", "lines", "--set", "train.epochs=0"}, {"train.epochs", "0"});
    fail(1, {"describe", "lines", "--set", "dataset.size=2"}, {"dataset.size", "2"});
    fail(1, {"describe", "lines", "--set", "dataset.sise=9"}, {"dataset", "did you mean \"size\"?"});
    fail(1, {"describe", "lines", "--set", "model.layers[0].kernel=9"}, {"model.layers[0]", "9"});
    fail(1, {"describe", "lines", "--set", "epochs"}, {"--set", "epochs"});
    write("broken.json", "{\n  \"name\": \"x\",\n  \"dataset\" \"lines\"\n}\n");
    fail(1, {"describe", "broken.json"}, {"broken.json", "line 3"});
    write(
        "field.json",
        R"({"name": "x", "dataset": "lines", "model": {"layers": [{"type": "dense", "out_features": 1}]}, "los": "mean_squared_error"})");
    fail(1, {"describe", "field.json"}, {"field.json", "\"los\"", "did you mean \"loss\"?"});
    fail(1, {"describe", "nowhere.json"}, {"nowhere.json", "no such file"});
}

TEST_F(Commands, MistakesInWhereToRun) {
    // a machine that has a GPU hides it
    ::setenv("CUDA_VISIBLE_DEVICES", "", 1);
    fail(1, {"train", "lines", "--device", "cuda"}, {"CUDA", "--device cpu"});
    fail(1, {"train", "lines", "--device", "cpu", "--precision", "half"}, {"--precision", "--device cuda"});
    fail(1, {"train", "lines", "--precision", "quarter"}, {"--precision", "quarter"});
    fail(1, {"train", "lines", "--device", "cpi"}, {"--device", "did you mean \"cpu\"?"});
    fail(1, {"train", "lines", "--arch", "avx3"}, {"avx3"});
    fail(1, {"train", "lines", "--threads", "100000"}, {"--threads", "256"});
    EXPECT_FALSE(std::filesystem::exists(folder_ / "runs")) << "a training that did not start left a folder";
}

TEST_F(Commands, DataShowsWhatItIs) {
    const Outcome outcome = succeed({"data", "lines", "--set", "noise=0.5", "--out", "shown"});
    for (const char* word : {"vertical", "horizontal", "50", "shown/contact-sheet.png"})
        EXPECT_TRUE(contains(outcome.out, word)) << word << outcome.out;
    EXPECT_TRUE(read("shown/contact-sheet.png").starts_with("\x89PNG"));
    EXPECT_TRUE(contains(read("shown/intensity.svg"), "</svg>"));
    EXPECT_EQ(succeed({"data", "lines", "--json"}).json()["train"], 100);
    fail(1, {"data", "linse"}, {"did you mean \"lines\"?"});
    fail(1, {"data", "lines", "--set", "nois=1"}, {"did you mean \"noise\"?"});
    fail(1, {"data", "folder"}, {"--data DIR"});
}

TEST_F(Commands, BenchNeedsNoData) {
    const Json json = succeed({"bench", "lines", "--seconds", "0.01", "--no-peers", "--json"}).json();
    for (const char* field : {"images_per_second", "gflops", "peak_gflops", "share_of_peak"})
        EXPECT_GT(json.value(field, 0.0), 0) << field;
    ASSERT_EQ(json["training"].size(), 1U);
    EXPECT_EQ(json["training"][0]["who"], "cnnlab");
    EXPECT_TRUE(json["peers"].empty());
    EXPECT_TRUE(contains(succeed({"bench", "lines", "--seconds", "0.01", "--no-peers", "--batch", "8"}).out,
                         "GFLOP/s"));
}

TEST_F(Commands, BenchOfInferenceHasWholeBatchesAndOneImage) {
    const Json json = succeed({"bench", "lines", "--inference", "--batch", "16", "--seconds", "0.01",
                               "--rounds", "1", "--no-peers", "--threads", "1", "--json"})
                          .json();
    ASSERT_EQ(json["inference"].size(), 2U);
    EXPECT_EQ(json["inference"][0]["batch"], 16);
    EXPECT_EQ(json["inference"][1]["batch"], 1);
    for (const Json& line : json["inference"]) {
        EXPECT_GT(line["images_per_second"].get<double>(), 0);
        EXPECT_GE(line["p95_seconds"].get<double>(), line["median_seconds"].get<double>());
    }
    EXPECT_FALSE(json.contains("training"));
}

TEST_F(Commands, BenchProfilesOpsAndSegments) {
    const std::vector<std::string> arguments{
        "bench", "fashion-dense", "--profile", "--seconds", "0.01", "--rounds",
        "1",     "--no-peers",    "--threads", "1"};
    const Outcome text = succeed(arguments);
    for (const char* column : {"segment", "GFLOP/s", "GB/s", "of the floor", "limit", "dense_1"})
        EXPECT_TRUE(contains(text.out, column)) << column << "\n" << text.out;
    std::vector<std::string> as_json = arguments;
    as_json.emplace_back("--json");
    const Json json = succeed(as_json).json();
    double ops = 0, segments = 0;
    for (const Json& op : json["ops"]) {
        ops += op["flops"].get<double>();
        EXPECT_GE(op["bytes"].get<double>(), op["memory_bytes"].get<double>());
        EXPECT_GE(op["segment"].get<int>(), 0) << op.dump();
    }
    for (const Json& segment : json["segments"]) segments += segment["flops"].get<double>();
    EXPECT_GT(ops, 0);
    EXPECT_DOUBLE_EQ(ops, segments);
}

TEST_F(Commands, BenchSaysWhichOptionsGoTogether) {
    fail(2, {"bench", "lines", "--table"}, {"--table", "experiment"});
    fail(2, {"bench", "lines", "--scaling"}, {"--scaling", "experiment"});
    fail(2, {"bench", "--inference"}, {"--inference", "experiment"});
    fail(2, {"bench", "--out", "x"}, {"--out", "--scaling"});
    fail(1, {"bench", "lines", "--seconds", "0"}, {"--seconds", "0"});
    fail(1, {"bench", "lines", "--rounds", "0"}, {"--rounds", "0"});
}

}  // namespace
}  // namespace cnnlab::test
