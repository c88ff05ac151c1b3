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
    succeed({"export", "run", "--out", "code.py"});  // once more: both are its own
    const Json json = succeed({"export", "run", "--format", "onnx", "--json"}).json();
    EXPECT_EQ(json["written"][0]["file"], "run/model.onnx");
    EXPECT_EQ(json["written"][0]["bytes"], read("run/model.onnx").size());
    EXPECT_EQ(read("run/model.onnx"), read("net.onnx"));
    succeed({"export", "run/model.safetensors", "--out", "again.onnx"});
    EXPECT_EQ(read("again.onnx"), read("net.onnx"));
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
