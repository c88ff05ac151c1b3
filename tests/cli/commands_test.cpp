// What the verbs print, and what they say to a mistake.

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <set>
#include <sstream>

#include "native/pictures/picture_file.hpp"
#include "tests/cli/program.hpp"
#include "tests/paths.hpp"

namespace cnnlab::test {
namespace {

using Commands = CommandLine;

TEST_F(Commands, WithoutAVerbTheyAreListed) {
    const Outcome outcome = succeed({});
    for (const char* verb : {"train", "eval", "predict", "list", "describe", "data", "bench"})
        EXPECT_TRUE(contains(outcome.out, verb)) << verb;
    EXPECT_TRUE(contains(succeed({"train", "--help"}).out, "--resume"));
}

TEST_F(Commands, TheVersionIsPrinted) {
    const std::string out = succeed({"--version"}).out;
    EXPECT_EQ(out.substr(0, 7), "cnnlab ");
    EXPECT_EQ(std::count(out.begin(), out.end(), '.'), 2) << out;
    EXPECT_TRUE(contains(succeed({"--help"}).out, "--version"));
}

TEST_F(Commands, TheScriptKnowsEveryVerb) {
    std::ifstream script(source_folder() / "lab");
    const std::string text((std::istreambuf_iterator<char>(script)), {});
    const std::string begin = "program_verbs='";
    const size_t at = text.find(begin) + begin.size();
    std::istringstream known(text.substr(at, text.find('\'', at) - at));
    const std::set<std::string> in_script(std::istream_iterator<std::string>(known), {});
    const std::string help = succeed({}).out;
    std::istringstream lines(help.substr(help.find("Subcommands:")));
    std::set<std::string> in_program;
    std::string line, verb;
    std::getline(lines, line);
    while (std::getline(lines, line) && std::istringstream(line) >> verb) in_program.insert(verb);
    EXPECT_EQ(in_script, in_program);
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

TEST_F(Commands, DataFetchesOrSaysWhereFilesAre) {
    // nothing listens on that port, as where there is no network
    const auto alone = [&] {
        setenv("XDG_CACHE_HOME", (folder_ / "cache").c_str(), 1);
        setenv("https_proxy", "http://127.0.0.1:9", 1);
    };
    const Outcome none = run({"data", "cifar10", "--fetch"}, alone);
    EXPECT_EQ(none.code, 1);
    for (const char* word : {"no network", "www.cs.toronto.edu", "--data DIR", "cifar-10-binary.tar.gz"})
        EXPECT_TRUE(contains(none.err, word)) << none.err;
    EXPECT_FALSE(std::filesystem::exists(folder_ / "cache/cnnlab/cifar10/cifar-10-binary.tar.gz"));
    write("cache/cnnlab/cifar10/cifar-10-binary.tar.gz", "there");
    const Outcome there = run({"data", "cifar10", "--fetch", "--json"}, alone);
    EXPECT_EQ(there.json()["folder"], (folder_ / "cache/cnnlab/cifar10").string());
    EXPECT_EQ(there.json()["fetched"], false);
    fail(1, {"data", "lines", "--fetch"}, {"--fetch", "no official files"});
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

TEST_F(Commands, DescribeDrawsTheNetwork) {
    const Json json = succeed({"describe", "cifar10-resnet", "--svg", "net.svg", "--json"}).json();
    EXPECT_EQ(json["svg"], "net.svg");
    const std::string svg = read("net.svg");
    for (const Json& layer : json["layers"]) {
        const bool is_drawn = contains(svg, ">" + layer["name"].get<std::string>() + "<");
        EXPECT_TRUE(is_drawn || layer["type"] != "conv2d") << layer;
    }
    fail(1, {"describe", "lines", "--svg", "net.png"}, {"--svg net.png", "let it end in .svg"});
    fail(1, {"describe", "lines", "--svg", "none/net.svg"}, {"none/net.svg"});
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

TEST_F(Commands, DataReportIsOneFile) {
    const Outcome told = succeed({"data", "lines", "--report", "--out", "shown", "--set", "label_noise=0.1"});
    for (const char* word : {"shown/report.html", "labels of 10 of 100 training images", "within 0.05"})
        EXPECT_TRUE(contains(told.out, word)) << word << told.out;
    const std::string html = read("shown/report.html");
    for (const char* word : {"<!doctype html>", "horizontal, mean of ", "labels of 10 of 100 training images",
                             "Near-duplicates between test and training images", "rotation: 20",
                             "cutout, draw 8", "data:image/png;base64,iVBOR", "horizontal: pixel values"})
        EXPECT_TRUE(contains(html, word)) << word;
    for (const char* address : {"src=\"http", "href=", "url(", "<script"})
        EXPECT_FALSE(contains(html, address)) << address;
    const Json json =
        succeed({"data", "lines", "--report", "mine.html", "--near", "1", "--duplicates", "1", "--json"})
            .json();
    EXPECT_EQ(json["report"], "mine.html");
    EXPECT_TRUE(contains(read("mine.html"), "<!doctype html>"));
    EXPECT_EQ(json["neighbours"].size(), 1U);
    EXPECT_EQ(json["neighbours"][0]["image"], 1);
    EXPECT_EQ(json["neighbours"][0]["nearest"].size(), 8U);
    EXPECT_EQ(json["near_duplicates"].size(), 2U) << "within 1 is everything";
    EXPECT_EQ(json["near_duplicates"][0]["test"].get<int>() + json["near_duplicates"][1]["test"].get<int>(),
              1);
    fail(1, {"data", "lines", "--report", "--near", "2"}, {"--near 2", "from 0 to 1"});
    fail(2, {"data", "lines", "--report", "--duplicates", "2"}, {"--duplicates"});
    fail(2, {"data", "lines", "--near", "1"}, {"--near", "--report"});
    fail(1, {"data", "lines", "--set", "imbalance=2"}, {"imbalance", "2"});
}

/// Flat pictures: `count` of a class, each of its own grey.
void add_pictures(const std::filesystem::path& folder, int count, int level) {
    for (int i = 0; i < count; ++i)
        write_png(folder / (std::to_string(i) + ".png"), Image(6, 6, 1, static_cast<uint8_t>(level + i)));
}

TEST_F(Commands, DataShowsHowAFolderWouldBeRead) {
    for (const char* split : {"pets/training", "pets/validation"}) {
        add_pictures(folder_ / split / "cats", 3, 10);
        add_pictures(folder_ / split / "dogs", 2, 200);
    }
    write("pets/training/dogs/IMG_1.HEIC", "a telephone's");
    const Outcome shown = succeed({"data", "pets"});
    for (const char* words :
         {"validation/ is taken as the test split", "training/ is the training split", "cats",
          "not used: training/dogs/IMG_1.HEIC is HEIC", "--layout", "no picture has been opened"})
        EXPECT_TRUE(contains(shown.out, words)) << words << "\n" << shown.out;
    EXPECT_FALSE(std::filesystem::exists(folder_ / "runs"));
    const Json json = succeed({"data", "./pets", "--json"}).json();
    EXPECT_EQ(json["train_counts"], Json::array({3, 2}));
    EXPECT_EQ(json["unused"][0]["path"], "training/dogs/IMG_1.HEIC");
    EXPECT_EQ(succeed({"data", "pets", "--layout", "deepest", "--json"}).json()["classes"].size(), 2U);
    fail(1, {"data", "pets", "--layout", "splitz"}, {"layout", "did you mean \"splits\"?"});
    fail(1, {"data", "pets/training/fish"}, {"pets/training/fish", "no such folder"});
}

constexpr const char* pets_experiment = R"({"name": "pets", "dataset": {"name": "folder", "size": 8},
    "model": {"layers": [{"type": "flatten"}, {"type": "dense", "out_features": 2}]},
    "train": {"epochs": 2, "batch": 2}})";

TEST_F(Commands, WhatIsReadIsSaidAndKept) {
    add_pictures(folder_ / "pets/train/cats", 4, 10);
    add_pictures(folder_ / "pets/train/dogs", 4, 200);
    add_pictures(folder_ / "pets/test/cats", 2, 20);
    add_pictures(folder_ / "pets/test/dogs", 3, 210);
    write("pets/train/cats/3.png", "no picture");
    write("pets/train/dogs/1.png", "");
    write("pets.json", pets_experiment);
    fail(1, {"train", "pets.json", "--data", "pets"},
         {"2 pictures cannot be read", "train/cats/3.png", "train/dogs/1.png is empty", "skip_bad"});
    EXPECT_FALSE(std::filesystem::exists(folder_ / "runs"));
    const Outcome trained = succeed({"train", "pets.json", "--data", "pets", "--skip-bad"});
    for (const char* words : {"2 classes: cats 3 + 2, dogs 3 + 3", "test/ the test split",
                              "not used: train/cats/3.png cannot be read", "runs/pets/data.json"})
        EXPECT_TRUE(contains(trained.out, words)) << words << "\n" << trained.out;
    const Json kept = Json::parse(read("runs/pets/data.json"));
    EXPECT_EQ(kept["unused"].size(), 2U);
    EXPECT_EQ(kept["classes"][1]["test"], 3);
    const Outcome evaluated = succeed({"eval", "runs/pets"});
    for (const char* words : {"5 test images, from ", "cats 2, dogs 3", "not used: train/dogs/1.png"})
        EXPECT_TRUE(contains(evaluated.out, words)) << words << "\n" << evaluated.out;
    succeed({"train", "--resume", "runs/pets", "--epochs", "3"});
}

TEST_F(Commands, ALimitTakesImagesOfAllClasses) {
    for (const char* name : {"a", "b", "c"}) add_pictures(folder_ / "sorted" / name, 20, 60);
    write("sorted.json", R"({"name": "sorted", "dataset": {"name": "folder", "size": 8, "train_limit": 6},
        "model": {"layers": [{"type": "flatten"}, {"type": "dense", "out_features": 3}]}, "train": {"epochs": 1, "batch": 2}})");
    const Outcome trained = succeed({"train", "sorted.json", "--data", "sorted"});
    EXPECT_TRUE(contains(trained.out, "3 classes of 2 + 4 images each")) << trained.out;
}

TEST_F(Commands, PredictAnswersForTheGoodImagesAndNamesTheOthers) {
    add_pictures(folder_ / "pets/cats", 3, 10);
    add_pictures(folder_ / "pets/dogs", 3, 200);
    write("pets.json", pets_experiment);
    succeed({"train", "pets.json", "--data", "pets"});
    write("bad.txt", "no picture");
    const Outcome some =
        run({"predict", "runs/pets", "pets/cats/0.png", "bad.txt", "none.png", "pets/dogs/0.png"});
    EXPECT_EQ(some.code, 1);
    for (const char* name : {"pets/cats/0.png", "pets/dogs/0.png"})
        EXPECT_TRUE(contains(some.out, name)) << some.out;
    for (const char* name : {"error: bad.txt: ", "error: none.png: "})
        EXPECT_TRUE(contains(some.err, name)) << some.err;
    const Outcome json = run({"predict", "runs/pets", "bad.txt", "pets/cats/1.png", "--json"});
    EXPECT_EQ(json.code, 1);
    EXPECT_EQ(json.json()["predictions"].size(), 1U);
    EXPECT_EQ(json.json()["unread"][0]["image"], "bad.txt");
    EXPECT_EQ(run({"predict", "runs/pets", "bad.txt"}).out, "");
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
