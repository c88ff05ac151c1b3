// Files of a run, and of images, that somebody has taken away or put another thing in their place.

#include <sys/stat.h>

#include <csignal>

#include "native/pictures/picture_file.hpp"
#include "tests/cli/program.hpp"

namespace cnnlab::test {
namespace {

namespace fs = std::filesystem;

class RunFiles : public CommandLine {};

TEST_F(RunFiles, APipeInPlaceOfAFileIsNotWaitedFor) {
    succeed({"train", "lines", "--steps", "1", "--run", "r"});
    fs::remove(folder_ / "r/experiment.json");
    ASSERT_EQ(::mkfifo((folder_ / "r/experiment.json").c_str(), 0600), 0);
    fail(1, {"eval", "r"}, {"r/experiment.json", "is a pipe"});
    fail(1, {"train", "--resume", "r"}, {"r/experiment.json", "is a pipe"});
    for (const char* file : {"metrics.jsonl", "checkpoint.safetensors", "model.safetensors"}) {
        const std::string run = std::string("of-") + file;
        succeed({"train", "lines", "--steps", "1", "--run", run});
        fs::remove(folder_ / run / file);
        ASSERT_EQ(::mkfifo((folder_ / run / file).c_str(), 0600), 0);
        const bool is_model = contains(file, "model");
        if (!is_model) fail(1, {"train", "--resume", run}, {file, "is a pipe"});
        if (is_model) fail(1, {"eval", run}, {file, "is a pipe"});
    }
    for (const char* name : {"images.npz", "images.zip", "images.csv"}) {
        ASSERT_EQ(::mkfifo((folder_ / name).c_str(), 0600), 0);
        fail(1, {"data", name}, {name, "is a pipe"});
        fail(1, {"eval", "r", "--data", name}, {"is a pipe"});
    }
}

TEST_F(RunFiles, PicturesOfAnotherFormatAreNamedWithWhatToDo) {
    for (const char* name : {"cats", "dogs"}) {
        write_png(folder_ / "pets" / name / "0.png", Image(8, 8, 3, 9));
        write_png(folder_ / "pets" / name / "1.png", Image(8, 8, 3, 200));
    }
    write("pets/cats/2.avif", std::string("\0\0\0\x18", 4) + "ftypavif");
    write("pets/dogs/2.jpg", std::string("\0\0\0\x18", 4) + "ftypheic");
    fail(1, {"data", "folder", "--data", "pets"},
         {"cats/2.avif is a picture of the format AVIF", "dogs/2.jpg is a picture of the format HEIC",
          "does not read: convert it to JPEG or PNG"});
}

TEST_F(RunFiles, ACheckpointIsNoModel) {
    succeed({"train", "lines", "--steps", "1", "--run", "r"});
    write_png(folder_ / "p.png", Image(5, 5, 1, 9));
    for (const char* verb : {"predict", "explain"})
        fail(1, {verb, "r/checkpoint.safetensors", "p.png"},
             {"r/checkpoint.safetensors", "is a checkpoint", "name r/model.safetensors"});
    fs::copy_file(folder_ / "r/checkpoint.safetensors", folder_ / "sent.safetensors");
    fail(1, {"eval", "sent.safetensors"}, {"sent.safetensors", "is a checkpoint", "the model.safetensors"});
}

TEST_F(RunFiles, WhatDescribesARunIsWrittenAgain) {
    write("long.json", R"({"name": "long", "dataset": {"name": "lines", "count": 1500, "size": 9},
        "model": {"layers": ["flatten", {"type": "dense", "out_features": 2}]},
        "optimizer": {"type": "sgd", "lr": 0.01}, "train": {"epochs": 100000, "batch": 7}})");
    Program program(folder_, {"train", "long.json", "--run", "r"});
    ASSERT_TRUE(wait_until([&] { return fs::exists(folder_ / "r/checkpoint.safetensors"); }));
    const std::string experiment = read("r/experiment.json"), data = read("r/data.json");
    fs::remove(folder_ / "r/experiment.json");
    fs::remove(folder_ / "r/data.json");
    program.send(SIGTERM);
    const Outcome outcome = program.wait();
    EXPECT_EQ(outcome.code, 128 + SIGTERM);
    EXPECT_TRUE(contains(outcome.out + outcome.err, "r/experiment.json was removed or renamed"))
        << outcome.out << outcome.err;
    EXPECT_EQ(read("r/experiment.json"), experiment);
    EXPECT_EQ(read("r/data.json"), data);
    succeed({"train", "--resume", "r", "--steps", "1"});
}

}  // namespace
}  // namespace cnnlab::test
