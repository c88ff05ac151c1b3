// The network of a run for other programs.

#include <fstream>

#include "tests/cli/program.hpp"

namespace cnnlab::test {
namespace {

namespace fs = std::filesystem;

using Export = CommandLine;

TEST_F(Export, WritesTheFormatThatTheNameSays) {
    succeed({"train", "lines", "--epochs", "1", "--run", "run"});
    for (const char* file : {"net.ONNX", "net.onnx", "code.py", "net.pth", "net.pt", "net.safetensors"}) {
        succeed({"export", "run", "--out", file});
        EXPECT_TRUE(fs::exists(folder_ / file)) << file;
    }
    EXPECT_NE(read("code.py").find("load(weights=\"code.pth\")"), std::string::npos);
    succeed({"export", "run", "--format", "keras-code", "--out", "keras_code.py"});
    EXPECT_NE(read("keras_code.py").find("load(weights=\"keras_code.npz\")"), std::string::npos);
    EXPECT_TRUE(read("keras_code.npz").starts_with("PK"));
    succeed({"export", "run", "--out", "code.py"});  // once more: both are its own
    const Json json = succeed({"export", "run", "--format", "onnx", "--json"}).json();
    EXPECT_EQ(json["written"][0]["file"], "run/model.onnx");
    EXPECT_EQ(json["written"][0]["bytes"], read("run/model.onnx").size());
    EXPECT_EQ(read("run/model.onnx"), read("net.onnx"));
    succeed({"export", "run/model.safetensors", "--out", "again.onnx"});
    EXPECT_EQ(read("again.onnx"), read("net.onnx"));
}

TEST_F(Export, WritesAFolderForTensorFlowJs) {
    succeed({"train", "lines", "--epochs", "1", "--run", "run"});
    const Json json = succeed({"export", "run", "--format", "tfjs", "--json"}).json();
    EXPECT_EQ(json["written"][0]["file"], "run/tfjs/group1-shard1of1.bin");
    EXPECT_EQ(json["written"][1]["file"], "run/tfjs/model.json");
    const Json model = Json::parse(read("run/tfjs/model.json"));
    EXPECT_EQ(model["format"], "layers-model");
    EXPECT_EQ(model["modelTopology"]["class_name"], "Sequential");
    size_t bytes = 0;
    for (const Json& weight : model["weightsManifest"][0]["weights"]) {
        size_t count = 4;
        for (const Json& extent : weight["shape"]) count *= extent.get<size_t>();
        bytes += count;
    }
    EXPECT_EQ(read("run/tfjs/group1-shard1of1.bin").size(), bytes);
    succeed({"export", "run", "--format", "tfjs"});  // once more: both files are its own
    succeed({"export", "run", "--format", "tfjs", "--out", "web", "--probabilities"});
    const Json layers = Json::parse(read("web/model.json"))["modelTopology"]["config"]["layers"];
    EXPECT_EQ(layers[layers.size() - 1]["config"]["activation"], "sigmoid");
    fs::create_directory(folder_ / "full");
    write("full/notes.txt", "of somebody");
    fail(1, {"export", "run", "--format", "tfjs", "--out", "full"}, {"notes.txt", "already", "new folder"});
    fail(1, {"export", "run", "--format", "tfjs", "--out", "full/notes.txt"}, {"notes.txt", "no folder"});
    fail(1, {"export", "run", "--format", "tfjs", "--out", "net.onnx"}, {"ending of onnx", "name a folder"});
    fail(1, {"export", "run", "--format", "tfjs", "--fold"}, {"--fold", "ONNX", "tfjs"});
    fail(1, {"export", "run", "--format", "tfjs", "--out", "no/such/folder"}, {"no/such/folder"});
}

TEST_F(Export, MistakesAreNamedAndLoseNothing) {
    succeed({"train", "lines", "--epochs", "1", "--run", "run"});
    const std::string model = read("run/model.safetensors");
    fail(1, {"export", "run"}, {"needs a format", "--format onnx"});
    fail(1, {"export", "run", "--out", "net.h5"}, {"--out", "net.h5", "onnx"});
    fail(1, {"export", "run", "--format", "onx"}, {"--format", "onx", "onnx"});
    fail(1, {"export", "run", "--format", "onnx", "--opset", "9"}, {"opset 9", "13", "22"});
    fail(1, {"export", "run", "--out", "net.pth", "--fold"}, {"--fold", "ONNX", "pth"});
    fail(1, {"export", "run", "--format", "pytorch-code", "--out", "net.pth"}, {"net.pth", ".py"});
    fail(1, {"export", "run", "--format", "onnx", "--out", "net.pth"}, {"has the ending of pth", ".onnx"});
    write("mine.pth", "weights of somebody");
    fail(1, {"export", "run", "--out", "mine.py"}, {"mine.pth: is there already"});
    EXPECT_EQ(read("mine.pth"), "weights of somebody");
    fail(1, {"export", "run", "--out", "run/model.safetensors"}, {"a file of the run itself"});
    fail(1, {"export", "run", "--out", "no/such/folder/net.onnx"}, {"no/such/folder"});
    fail(1, {"export", "rum", "--out", "net.onnx"}, {"rum"});
    EXPECT_EQ(read("run/model.safetensors"), model);
    for (const char* file : {"net.onnx", "net.pth"}) EXPECT_FALSE(fs::exists(folder_ / file)) << file;
}

}  // namespace
}  // namespace cnnlab::test
