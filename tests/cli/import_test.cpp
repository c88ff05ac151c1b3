// A network that another program has made, as a run's folder.

#include <fstream>
#include <iterator>

#include "native/data/hdf5_file.hpp"
#include "tests/cli/program.hpp"
#include "tests/paths.hpp"

namespace cnnlab::test {
namespace {

namespace fs = std::filesystem;

using Import = CommandLine;

TEST_F(Import, MakesAFolderThatTheOtherVerbsTake) {
    succeed({"train", "lines", "--epochs", "1", "--run", "run"});
    succeed({"export", "run", "--out", "net.onnx"});
    const Json json = succeed({"import", "net.onnx", "--out", "back", "--json"}).json();
    EXPECT_EQ(json["run"], "back");
    EXPECT_EQ(json["classes"], (Json{"horizontal", "vertical"}));
    // Our own file brings its data set along, and the figures stay.
    const Json before = succeed({"eval", "run", "--json"}).json(),
               after = succeed({"eval", "back", "--json"}).json();
    EXPECT_EQ(before["accuracy"], after["accuracy"]);
    EXPECT_EQ(before["loss"], after["loss"]);
    succeed({"export", "back", "--out", "again.onnx"});
    succeed({"import", "again.onnx", "--out", "twice"});
    EXPECT_EQ(read("twice/model.safetensors"), read("back/model.safetensors"));
    succeed({"describe", "back/experiment.json"});
    std::ofstream(folder_ / "more.json")
        << R"({"name": "more", "dataset": "lines", "base": {"file": "./back"},
        "model": {"layers": [{"type": "dense", "out_features": 2}]}, "train": {"epochs": 1}})";
    succeed({"train", "more.json", "--run", "more"});
}

TEST_F(Import, ReadsALayersModelOfTensorFlowJs) {
    succeed({"train", "lines", "--epochs", "1", "--run", "run"});
    succeed({"export", "run", "--format", "tfjs", "--out", "net"});
    succeed({"import", "net/model.json", "--out", "back"});
    EXPECT_EQ(succeed({"eval", "run", "--json"}).json()["loss"],
              succeed({"eval", "back", "--json"}).json()["loss"]);
    fail(1, {"import", "net/model.json", "--out", "other", "--network", "run"},
         {"--network", "layers model"});
    fs::remove(folder_ / "net/group1-shard1of1.bin");
    fail(1, {"import", "net/model.json", "--out", "other"}, {"group1-shard1of1.bin"});
    EXPECT_FALSE(fs::exists(folder_ / "other"));

    const fs::path teachable = source_folder() / "tests/exchange/layers/teachable_end";
    fs::copy(teachable, folder_ / "teachable");
    write("teachable/metadata.json",
          R"({"packageName": "@teachablemachine/image", "labels": ["a", "b", "c"]})");
    const Json json = succeed({"import", "teachable/model.json", "--out", "mine", "--json"}).json();
    EXPECT_EQ(json["classes"], (Json{"a", "b", "c"}));
    EXPECT_NEAR(json["mean"][0].get<double>(), 0.498, 0.001);
    EXPECT_EQ(json["image"]["channels"], 3);
}

/// make_keras.py lays the same model out as Keras' files do.
TEST_F(Import, ReadsFilesOfKeras) {
    const fs::path folder = source_folder() / "tests/exchange/layers";
    const std::string h5 = (folder / "keras2.h5").string(), keras = (folder / "keras3.keras").string();
    if (!has_hdf5()) {
        fail(1, {"import", h5, "--out", "other"}, {"without HDF5", "libhdf5-dev"});
        GTEST_SKIP() << "HDF5 is not here";
    }
    succeed({"import", (folder / "teachable_end/model.json").string(), "--out", "tfjs", "--name", "net"});
    for (const std::string& file : {h5, keras}) {
        succeed({"import", file, "--out", "net", "--name", "net"});
        EXPECT_EQ(read("net/model.safetensors"), read("tfjs/model.safetensors")) << file;
        fs::remove_all(folder_ / "net");
        fail(1, {"import", file, "--out", "other", "--network", "lines"}, {"--network", "Keras model"});
    }
    std::ifstream stream(h5, std::ios::binary);
    const std::string whole(std::istreambuf_iterator<char>(stream), {});
    write("cut.h5", whole.substr(0, whole.size() / 2));
    fail(1, {"import", "cut.h5", "--out", "other"}, {"cut.h5", "damaged"});
    EXPECT_FALSE(fs::exists(folder_ / "other"));
}

TEST_F(Import, PutsWeightsByNameIntoANetwork) {
    succeed({"train", "lines", "--epochs", "1", "--run", "run"});
    for (const std::string file : {"net.pth", "net.safetensors"}) {
        succeed({"export", "run", "--out", file});
        succeed({"import", file, "--network", "run", "--out", "of-" + file});
        EXPECT_EQ(succeed({"eval", "run", "--json"}).json()["loss"],
                  succeed({"eval", "of-" + file, "--json"}).json()["loss"]);
    }
    succeed({"import", "net.pth", "--network", "lines", "--name", "other", "--out", "other"});
    fail(1, {"import", "net.pth"}, {"net.pth", "--network"});
    fail(1, {"import", "net.pth", "--network", "fashion-cnn"},
         {"net.pth", "conv2d_1.weight is 1×1×3×3 instead of"});
    fail(1, {"import", "run/model.safetensors", "--network", "lines"}, {"a network of this program already"});
    const std::string old = (source_folder() / "tests/native/torch/old.pth").string();
    fail(1, {"import", old, "--network", "lines"}, {"before 1.6", "torch.save"});
}

TEST_F(Import, FindsANetworkByWhatNamesIt) {
    succeed({"train", "lines", "--epochs", "1", "--run", "runs/mine"});
    succeed({"export", "mine", "--out", "net.pth"});
    succeed({"export", "mine", "--out", "net.safetensors"});
    const Json loss = succeed({"eval", "mine", "--json"}).json()["loss"];
    const auto takes = [&](const std::string& network) {
        succeed({"import", "net.pth", "--network", network, "--out", "out"});
        EXPECT_EQ(succeed({"eval", "out", "--json"}).json()["loss"], loss) << network;
        fs::remove_all(folder_ / "out");
    };
    takes("mine");
    takes("runs/mine/model.safetensors");
    // Weights by name alone belong to the network that is described beside them.
    fail(1, {"import", "net.pth", "--network", "net.safetensors"},
         {"net.safetensors", "net.json", "experiment.json"});
    fs::copy(folder_ / "runs/mine/experiment.json", folder_ / "net.json");
    takes("net.safetensors");
    fs::rename(folder_ / "net.json", folder_ / "experiment.json");
    takes("net.safetensors");
}

TEST_F(Import, IsABaseByItsName) {
    succeed({"train", "lines", "--epochs", "1", "--run", "run"});
    succeed({"export", "run", "--out", "net.onnx"});
    fs::create_directory(folder_ / "designs");
    write("designs/more.json", R"({"name": "more", "dataset": "lines", "base": {"file": "back"},
        "model": {"layers": [{"type": "dense", "out_features": 2}]}, "train": {"epochs": 1}})");
    fail(1, {"train", "designs/more.json"}, {"base.file", "\"back\" is not known"});
    // In runs/, as other verbs find it, or beside the experiment.
    for (const std::string folder : {"runs/back", "designs/back"}) {
        succeed({"import", "net.onnx", "--out", folder});
        succeed({"train", "designs/more.json", "--run", "runs/more"});
        EXPECT_EQ(Json::parse(read("runs/more/experiment.json"))["base"]["file"],
                  (folder_ / folder / "model.safetensors").string());
        fs::remove_all(folder_ / folder);
        fs::remove_all(folder_ / "runs/more");
    }
}

TEST_F(Import, OptionsOfOtherFilesAreRefused) {
    succeed({"train", "lines", "--epochs", "1", "--run", "run"});
    succeed({"export", "run", "--out", "net.pth"});
    const auto refused = [&](std::vector<std::string> more, const std::vector<std::string>& words) {
        std::vector<std::string> arguments{"import", "net.pth", "--network", "run", "--out", "out"};
        arguments.insert(arguments.end(), more.begin(), more.end());
        fail(1, arguments, words);
        EXPECT_FALSE(fs::exists(folder_ / "out"));
    };
    refused({"--size", "9"}, {"--size", "weights by name", "leave it out"});
    refused({"--output", "logits"}, {"--output", "weights by name", "leave it out"});
    refused({"--std", "1,1"}, {"--std", "2 numbers for 1 channel"});
    refused({"--mean", "1,1"}, {"--mean", "2 numbers for 1 channel"});
    refused({"--std", "0"}, {"--std", "1e-06"});
    std::ofstream(folder_ / "names.txt") << "[]";
    refused({"--classes", "names.txt"}, {"names.txt", "has no names"});
    std::ofstream(folder_ / "names.txt") << "[\"a\", \"b\"]";
    succeed(
        {"import", "net.pth", "--network", "run", "--out", "out", "--classes", "names.txt", "--std", "0.25"});
}

TEST_F(Import, PutsNothingAmongAPersonsFiles) {
    const std::string graph = (source_folder() / "tests/exchange/graphs/residual.onnx").string();
    fs::create_directory(folder_ / "mine");
    write("mine/experiment.json", "{}");
    fail(1, {"import", graph, "--out", "mine"}, {"mine", "already holds a run", "--out DIR"});
    EXPECT_EQ(read("mine/experiment.json"), "{}");
    fs::remove(folder_ / "mine/experiment.json");
    write("mine/notes.txt", "a");
    fail(1, {"import", graph, "--out", "mine"}, {"mine", "other files, such as notes.txt", "--out DIR"});
    EXPECT_FALSE(fs::exists(folder_ / "mine/model.safetensors"));
    fail(1, {"import", graph, "--out", "mine/notes.txt"}, {"mine/notes.txt", "--out DIR"});
    EXPECT_EQ(read("mine/notes.txt"), "a");
    fs::remove(folder_ / "mine/notes.txt");
    const Outcome made = succeed({"import", graph, "--out", "mine"});
    EXPECT_TRUE(contains(made.out, " layers, ")) << made.out;
}

TEST_F(Import, CountsInWords) {
    // One layer, one class: of an experiment with a single output.
    write("one.json",
          R"({"name": "one", "dataset": {"name": "lines", "size": 9}, "loss": "binary_cross_entropy",
        "model": {"layers": [{"type": "dense", "out_features": 1, "bias": false}]}, "train": {"epochs": 1}})");
    succeed({"train", "one.json", "--run", "run"});
    succeed({"export", "run", "--out", "net.pth"});
    const std::string out = succeed({"import", "net.pth", "--network", "one.json", "--out", "out"}).out;
    EXPECT_TRUE(contains(out, "1 layer, 81 numbers, images of 9×9×1, 2 classes\n")) << out;
}

TEST_F(Import, MistakesAreNamedAndLoseNothing) {
    const std::string graph = (source_folder() / "tests/exchange/graphs/residual.onnx").string();
    succeed({"import", graph, "--out", "net", "--mean", "0.5", "--std", "0.2,0.3,0.4"});
    const std::string model = read("net/model.safetensors");
    fail(1, {"import", graph, "--out", "net"}, {"net", "already holds a network"});
    EXPECT_EQ(read("net/model.safetensors"), model);
    fail(1, {"import", graph, "--out", "other", "--mean", "0.5,0.5"}, {"--mean", "2", "3"});
    fail(1, {"import", graph, "--out", "other", "--pixels", "--std", "1"}, {"--pixels", "--std"});
    fail(1, {"import", graph, "--out", "other", "--size", "big"}, {"--size", "224x160"});
    fail(1, {"import", graph, "--out", "other", "--output", "q"}, {"\"q\""});
    fail(1, {"import", "absent.onnx", "--out", "other"}, {"absent.onnx"});
    // What is damaged from its first byte on should be what its name says.
    const std::pair<const char*, const char*> damaged[] = {
        {"w.onnx", "ONNX"},      {"w.H5", "HDF5"},       {"w.keras", "HDF5"},
        {"w.pth", "torch.save"}, {"w.PT", "torch.save"}, {"w.safetensors", "safetensors file"}};
    for (const auto& [name, kind] : damaged) {
        std::ofstream(folder_ / name) << "What the server answered: not found. There is no such file here.";
        fail(1, {"import", name, "--out", "other"}, {name, kind});
    }
    fail(1, {"import", "net/experiment.json", "--out", "other"}, {"net/experiment.json", "no layers model"});
    std::ofstream(folder_ / "names.txt") << "cat\ndog\n";
    fail(1, {"import", graph, "--out", "other", "--classes", "names.txt"}, {"4", "2"});
    EXPECT_FALSE(fs::exists(folder_ / "other"));
    std::ofstream(folder_ / "names.txt") << "cat\ndog\r\nbird\n\nfish\n";
    const Json json =
        succeed({"import", graph, "--out", "other", "--classes", "names.txt", "--pixels", "--json"}).json();
    EXPECT_EQ(json["classes"], (Json{"cat", "dog", "bird", "fish"}));
    EXPECT_EQ(json["mean"], (Json{0.0, 0.0, 0.0}));
}

}  // namespace
}  // namespace cnnlab::test
