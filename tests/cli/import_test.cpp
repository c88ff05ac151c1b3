// A network that another program has made, as a run's folder.

#include <fstream>

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
    fail(1, {"import", "net/experiment.json", "--out", "other"}, {"net/experiment.json", "no ONNX model"});
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
