// What people type, lose or have in another form than the program's: it is understood, or named with a way out.

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <csignal>
#include <fstream>
#include <memory>

#include "native/pictures/picture_file.hpp"
#include "tests/cli/program.hpp"

namespace cnnlab::test {
namespace {

namespace fs = std::filesystem;

/// IDX files of 28×28 images whose pixels are `value`, give or take one, labelled 0, 1, …, 9, 0, …
void write_idx(const fs::path& folder, const std::string& split, uint8_t count, uint8_t value) {
    fs::create_directories(folder);
    std::ofstream images(folder / (split + "-images.idx3-ubyte"), std::ios::binary),
        labels(folder / (split + "-labels.idx1-ubyte"), std::ios::binary);
    const auto extent = [](std::ofstream& file, uint8_t last) {
        file.write("\0\0\0", 3).put(static_cast<char>(last));
    };
    images.write("\0\0\x08\x03", 4);
    labels.write("\0\0\x08\x01", 4);
    for (const uint8_t size : {count, uint8_t{28}, uint8_t{28}}) extent(images, size);
    extent(labels, count);
    // No two images are the same: a training on such is refused.
    auto random = static_cast<uint32_t>(split.size());
    for (int i = 0; i < count * 784; ++i) {
        random = random * 1664525U + 1013904223U;
        images.put(static_cast<char>(value + static_cast<int>((random >> 16U) % 3) - 1));
    }
    for (int i = 0; i < count; ++i) labels.put(static_cast<char>(i % 10));
}

class Mistakes : public CommandLine {
  protected:
    void SetUp() override {
        CommandLine::SetUp();
        write("long.json", R"({"name": "long", "dataset": {"name": "lines", "count": 1500, "size": 9},
            "model": {"layers": [{"type": "flatten"}, {"type": "dense", "out_features": 16}, {"type": "relu"},
                                 {"type": "dense", "out_features": 2}]},
            "optimizer": {"type": "sgd", "lr": 0.01}, "train": {"epochs": 100000, "batch": 7}})");
    }

    [[nodiscard]] size_t lines_written(const std::string& run) const {
        std::ifstream file(folder_ / run / "metrics.jsonl");
        return static_cast<size_t>(std::count(std::istreambuf_iterator<char>(file), {}, '\n'));
    }
    /// A training that has been under way for a while.
    [[nodiscard]] std::unique_ptr<Program> training(const std::string& run) const {
        auto program = std::make_unique<Program>(folder_, Words{"train", "long.json", "--run", run});
        EXPECT_TRUE(wait_until([&] { return !program->is_running() || lines_written(run) > 300; }));
        return program;
    }

    using Words = std::vector<std::string>;
};

// ---- which images ----

TEST_F(Mistakes, ADataFolderIsFinalForEveryVerb) {
    fs::create_directory(folder_ / "empty");
    write_idx(folder_ / "mine", "train", 40, 73);
    write_idx(folder_ / "mine", "t10k", 20, 73);
    fail(1, {"train", "fashion-dense", "--data", "empty"}, {"empty", "holds no files of fashion-mnist"});
    fail(1, {"data", "fashion-mnist", "--data", "empty"}, {"empty", "holds no files of fashion-mnist"});
    fail(1, {"data", "cifar10", "--data", "empty"}, {"empty", "holds no files of cifar10"});
    fail(1, {"train", "lines", "--data", "mine"}, {"mine", "draws", "--data"});
    fail(2, {"train", "fashion-dense", "--data", ""}, {"--data", "is empty"});
    fail(2, {"eval", ""}, {"is empty"});

    const std::string trained =
        succeed({"train", "fashion-dense", "--data", "mine", "--epochs", "1", "--run", "fd"}).out;
    for (const char* word : {"40 training and 20 test images, from ", "/mine"})
        EXPECT_TRUE(contains(trained, word)) << trained;
    fail(1, {"eval", "fd", "--data", "empty"}, {"empty", "holds no files of fashion-mnist"});
    // test images alone will do
    write_idx(folder_ / "test-only", "t10k", 30, 73);
    const std::string text = succeed({"eval", "fd", "--data", "test-only"}).out;
    for (const char* word : {"30 test images", "/test-only"}) EXPECT_TRUE(contains(text, word)) << text;
    EXPECT_EQ(succeed({"eval", "fd", "--data", "test-only", "--json"}).json()["count"], 30);
}

TEST_F(Mistakes, OtherImagesUnderAStockNameAreNotCalledByIt) {
    write_idx(folder_ / "digits", "train", 60, 33);
    write_idx(folder_ / "digits", "t10k", 20, 33);
    const std::string text =
        succeed({"train", "fashion-dense", "--data", "digits", "--epochs", "1", "--run", "d"}).out;
    EXPECT_TRUE(contains(text, "not the images of Fashion-MNIST: their mean is 0.129, not 0.286")) << text;
    const std::string evaluated = succeed({"eval", "d"}).out;
    EXPECT_FALSE(contains(evaluated, "T-shirt")) << evaluated;
    EXPECT_FALSE(contains(evaluated, "mean")) << evaluated;
    // images of another brightness than the run's
    write_idx(folder_ / "bright", "t10k", 20, 200);
    EXPECT_TRUE(contains(succeed({"eval", "d", "--data", "bright"}).out, "their mean is 0.784"));
    // more classes than clothes have: the layer to change is named
    std::fstream labels(folder_ / "digits/train-labels.idx1-ubyte",
                        std::ios::in | std::ios::out | std::ios::binary);
    labels.seekp(8).put(26);
    labels.close();
    fail(1, {"train", "fashion-dense", "--data", "digits"}, {"27 classes", "27 outputs"});
}

TEST_F(Mistakes, ARunKeepsItsClasses) {
    const auto picture = [&](const std::string& where, const std::string& name, uint8_t value) {
        for (int i = 0; i < 6; ++i)
            write_png(folder_ / where / name / (std::to_string(i) + ".png"), Image(8, 8, 3, value));
    };
    for (const auto& [name, value] : {std::pair<std::string, uint8_t>{"a", 20}, {"b", 120}, {"c", 220}})
        picture("all", name, value);
    write("own.json",
          R"({"name": "own", "dataset": {"name": "folder", "directory": "all", "size": 8, "grey": true},
        "model": {"layers": [{"type": "flatten"}, {"type": "dense", "out_features": 3}]}, "train": {"epochs": 30, "batch": 4}})");
    succeed({"train", "own.json", "--run", "own"});
    picture("some", "a", 20);
    picture("some", "c", 220);
    const Json json = succeed({"eval", "own", "--data", "some", "--json"}).json();
    EXPECT_EQ(json["classes"], (Json{"a", "b", "c"}));
    EXPECT_EQ(json["count"], 2);
    EXPECT_EQ(json["confusion"][1], (Json{0, 0, 0})) << "there is no b";
    picture("some", "d", 120);
    fail(1, {"eval", "own", "--data", "some"}, {"some", "\"d\"", "a, b or c"});
}

TEST_F(Mistakes, APathThatIsNoUtf8) {
    const std::string name = "im\xE1genes";
    write_idx(folder_ / name, "train", 40, 73);
    write_idx(folder_ / name, "t10k", 20, 73);
    fail(1, {"train", "fashion-dense", "--data", name}, {"im\\xE1genes", "no UTF-8", "ln -s"});
    fs::create_directory_symlink(folder_ / name, folder_ / "link");
    succeed({"train", "fashion-dense", "--data", "link", "--steps", "1", "--run", "r\xE1"});
    fail(1, {"train", "lines", "--set", "name=\xE1"}, {"name", "no UTF-8"});
}

// ---- what is typed ----

TEST_F(Mistakes, NumbersAsPeopleWriteThem) {
    const auto rate = [&](const std::string& text) {
        return succeed({"describe", "lines", "--set", "optimizer.lr=" + text, "--json"})
            .json()["experiment"]["optimizer"]["lr"];
    };
    for (const char* text : {".001", "+0.001", "1e-3", "+1E-3", "0.001", "00.0010"})
        EXPECT_EQ(rate(text), 0.001) << text;
    EXPECT_EQ(rate("5."), 5);
    for (const char* text : {".", "+", "1e", "0x1", "1,5", "1e400"})
        fail(1, {"describe", "lines", "--set", std::string("optimizer.lr=") + text}, {"optimizer.lr", text});
    succeed({"train", "lines", "--batch", "010", "--steps", "1e0", "--run", "ten"});
    EXPECT_EQ(Json::parse(read("ten/experiment.json"))["train"]["batch"], 10);
    fail(2, {"train", "lines", "--batch", "1.5"}, {"--batch", "whole number"});
    // whatever this build has: its name in capitals, with a dot
    const std::string detail = succeed({"train", "lines", "--steps", "1", "--run", "any"}).out;
    const size_t begin = detail.find("cpu (") + 5;
    std::string arch = detail.substr(begin, detail.find(',', begin) - begin);
    for (char& c : arch) c = c == '_' ? '.' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    succeed({"train", "lines", "--steps", "1", "--arch", arch, "--run", "arch"});
}

TEST_F(Mistakes, FilesOfAnotherKind) {
    std::string utf16 = "\xFF\xFE";
    for (const char c : std::string("{\"name\": \"x\"}")) utf16 += {c, '\0'};
    write("wide.json", utf16);
    fail(1, {"describe", "wide.json"}, {"wide.json", "UTF-16", "UTF-8"});
    write("wide.json", utf16.substr(2));
    fail(1, {"describe", "wide.json"}, {"UTF-16"});
    write("latin.json", "{\n\"name\": \"r\xE1t\"}");
    fail(1, {"describe", "latin.json"}, {"no UTF-8 at line 2"});
    write("comment.json", "{\n// mine\n\"name\": 1}");
    fail(1, {"describe", "comment.json"}, {"comment.json: is not JSON: line 2 has a comment", "take it out"});
    write("large.json", "{\n\"name\": 1e400}");
    fail(1, {"describe", "large.json"}, {"1e400", "line 2", "too large"});
    write("null.json", R"({"name": "x", "dataset": "lines", "model": {"layers": ["x\u0000y"]}})");
    fail(1, {"describe", "null.json"}, {"x\\u0000y", "use one of"});

    succeed({"train", "lines", "--steps", "1"});
    for (const char* verb : {"train", "describe"}) {
        fail(1, {verb, "runs/lines"}, {"runs/lines", "is a run", "--resume runs/lines"});
        fail(1, {verb, "runs/lines/model.safetensors"}, {"is a run", "--resume runs/lines"});
    }
    fs::rename(folder_ / "runs/lines", folder_ / "runs/mine");
    fail(1, {"train", "mine"}, {"runs/mine", "is a run", "--resume runs/mine"});
    fail(1, {"train", "--resume", "runs/mine/checkpoint.safetensors"}, {"is a file", "runs/mine"});
    fs::create_directory(folder_ / "pictures");
    fail(1, {"train", "pictures"}, {"pictures", "is a folder", "data pictures`"});
}

TEST_F(Mistakes, ANameHereAndInRuns) {
    succeed({"train", "lines", "--steps", "1", "--run", "runs/pets"});
    fs::create_directory(folder_ / "pets");
    // the folder of the images does not hide the run
    EXPECT_EQ(succeed({"eval", "pets", "--json"}).json()["run"], "runs/pets");
    succeed({"train", "lines", "--steps", "1", "--run", "pets"});
    for (const char* verb : {"eval", "verify", "compare"})
        fail(1, {verb, "pets"}, {"\"pets\" is a run here and one in runs/", "./pets", "runs/pets"});
    fail(1, {"train", "--resume", "pets"}, {"./pets", "runs/pets"});
    EXPECT_EQ(succeed({"eval", "./pets", "--json"}).json()["run"], "pets");
    EXPECT_EQ(succeed({"eval", "runs/pets", "--json"}).json()["run"], "runs/pets");
}

TEST_F(Mistakes, APictureHasALimitOfSize) {
    succeed({"train", "lines", "--steps", "1", "--run", "r"});
    write("huge.png", "x");
    fs::resize_file(folder_ / "huge.png", uintmax_t{3} << 30U);  // takes no space on the disk
    fail(1, {"predict", "r", "huge.png"}, {"huge.png", "268435456"});
}

TEST_F(Mistakes, InputsThatWouldTakeForEver) {
    std::string layers = R"({"name": "x", "dataset": "lines", "model": {"layers": [)", keys = "{";
    for (int i = 0; i < 5000; ++i) layers += R"("relu",)";
    write("layers.json", layers + R"("relu"]}})");
    fail(1, {"describe", "layers.json"}, {"model.layers", "5001 layers", "at most 1000"});
    for (int i = 0; i < 200000; ++i) keys += "\"" + std::to_string(i) + "\":1,";
    write("keys.json", keys + "\"x\":1}");
    fail(1, {"describe", "keys.json"}, {"keys.json", "more than 1000 fields"});
    write("long.json", std::string(5'000'000, ' '));
    fail(1, {"describe", "long.json"}, {"long.json", "5000000 bytes"});
    ASSERT_EQ(::mkfifo((folder_ / "pipe.png").c_str(), 0600), 0);
    succeed({"train", "lines", "--steps", "1", "--run", "r"});
    fail(1, {"predict", "r", "pipe.png"}, {"pipe.png", "is a pipe"});
    fail(1, {"predict", "r", "/dev/zero"}, {"/dev/zero", "is a device"});
    fs::create_symlink("loop", folder_ / "loop");
    fail(1, {"predict", "r", "loop"}, {"loop", "link"});
}

TEST_F(Mistakes, MemoryIsEstimatedBeforeItIsTaken) {
    if (has_sanitizer) GTEST_SKIP() << "takes terabytes of addresses";
    const auto limit = [] {
        const rlimit size{rlim_t{700} << 20U, rlim_t{700} << 20U};
        ::setrlimit(RLIMIT_AS, &size);
    };
    const Outcome batch =
        run({"train", "long.json", "--batch", "65536", "--set", "dataset.size=64", "--run", "b"}, limit);
    EXPECT_EQ(batch.code, 1);
    for (const char* word :
         {"cnnlab: error: memory: this takes about", "for a batch of 65,536 images", "smaller --batch"})
        EXPECT_TRUE(contains(batch.err, word)) << batch.err;
    const Outcome weights = run({"train", "long.json", "--set", "model.layers[1].out_features=60000", "--set",
                                 "dataset.size=64", "--run", "w"},
                                limit);
    EXPECT_EQ(weights.code, 1);
    for (const char* word : {"memory", "for weights", "dense_1.weight"})
        EXPECT_TRUE(contains(weights.err, word)) << weights.err;
    EXPECT_FALSE(fs::exists(folder_ / "b"));
    EXPECT_FALSE(fs::exists(folder_ / "w"));
}

// ---- what happens meanwhile ----

TEST_F(Mistakes, ClosedStreamsAreNotMixedIntoTheRun) {
    const Outcome outcome = run({"train", "lines", "--steps", "150", "--run", "cs"}, [] {
        for (const int stream : {0, 1, 2}) ::close(stream);
    });
    EXPECT_EQ(outcome.code, 0);
    EXPECT_GT(events("cs").size(), 100U);
    succeed({"train", "--resume", "cs", "--epochs", "2"});
    EXPECT_EQ(events("cs").front()["event"], "train_begin");
    EXPECT_EQ(events("cs")[2]["step"], 0);
}

TEST_F(Mistakes, WhatCannotBePrintedIsAnError) {
    const auto full = [] { ::dup2(::open("/dev/full", O_WRONLY), 1); };
    for (const Words& words :
         {Words{"--help"}, Words{"list"}, Words{"train", "lines", "--steps", "2", "--run", "f"}}) {
        const Outcome outcome = run(words, full);
        EXPECT_EQ(outcome.code, 1) << words.front();
        EXPECT_TRUE(contains(outcome.err, "stdout: cannot be written")) << outcome.err;
    }
    EXPECT_TRUE(fs::exists(folder_ / "f/checkpoint.safetensors"));
}

TEST_F(Mistakes, AClosedTerminalSavesAsCtrlCDoes) {
    const auto program = training("hung-up");
    program->send(SIGHUP);
    EXPECT_EQ(program->wait().code, 128 + SIGHUP);
    EXPECT_TRUE(
        contains(succeed({"train", "--resume", "hung-up", "--steps", "1"}).out, "going on after step"));
}

TEST_F(Mistakes, ARunThatIsTakenAwayEndsTheTraining) {
    const auto removed = training("removed");
    fs::remove_all(folder_ / "removed");
    Outcome outcome = removed->wait();
    EXPECT_EQ(outcome.code, 1);
    // the folder, or its first file that is gone
    for (const char* word : {"cnnlab: error: removed", "was removed or renamed"})
        EXPECT_TRUE(contains(outcome.err, word)) << outcome.err;
    EXPECT_FALSE(fs::exists(folder_ / "removed"));

    const auto renamed = training("old");
    fs::rename(folder_ / "old", folder_ / "new");
    outcome = renamed->wait();
    EXPECT_EQ(outcome.code, 1);
    EXPECT_TRUE(contains(outcome.err, "removed or renamed")) << outcome.err;
    EXPECT_FALSE(fs::exists(folder_ / "old"));
    succeed({"train", "--resume", "new", "--steps", "1"});

    const auto bare = training("bare");
    fs::remove(folder_ / "bare/metrics.jsonl");
    outcome = bare->wait();
    EXPECT_EQ(outcome.code, 1);
    EXPECT_TRUE(contains(outcome.err, "bare/metrics.jsonl: was removed")) << outcome.err;
}

TEST_F(Mistakes, AKillDuringTheFirstSaveIsNoDeadEnd) {
    for (const bool resumes : {true, false}) {
        const std::string run = resumes ? "a" : "b";
        succeed({"train", "lines", "--epochs", "2", "--run", run});
        for (const char* file : {"checkpoint.safetensors", "model.safetensors", "curves.svg"})
            fs::remove(folder_ / run / file);
        write(run + "/metrics.jsonl", "");
        write(run + "/checkpoint.safetensors.123-0.part", "half");
        write(run + "/mine.part", "mine");
        if (resumes)
            EXPECT_TRUE(contains(succeed({"train", "--resume", run}).out, "begins now"));
        else
            succeed({"train", "lines", "--epochs", "2", "--run", run});
        EXPECT_FALSE(fs::exists(folder_ / run / "checkpoint.safetensors.123-0.part"));
        EXPECT_TRUE(fs::exists(folder_ / run / "mine.part"));
        EXPECT_EQ(events(run).back()["event"], "train_end");
    }
    EXPECT_EQ(read("a/model.safetensors"), read("b/model.safetensors"));
}

TEST_F(Mistakes, DamagedLinesOfMetricsAreLeftOut) {
    succeed({"train", "lines", "--epochs", "1", "--run", "r"});
    const std::string good = read("r/metrics.jsonl");
    const size_t second = good.find('\n') + 1;
    write("r/metrics.jsonl", good.substr(0, second) +
                                 "{\"event\": 3}\n{\"event\": \"batch_end\", \"step\": \"x\"}\nno JSON\n" +
                                 good.substr(second));
    const std::string text = succeed({"train", "--resume", "r", "--epochs", "2"}).out;
    EXPECT_TRUE(contains(text, "3 lines that could not be read")) << text;
    succeed({"train", "lines", "--epochs", "2", "--run", "whole"});
    EXPECT_EQ(read("r/model.safetensors"), read("whole/model.safetensors"));
    EXPECT_EQ(events("r").size(), events("whole").size() + 2) << "a session's begin and end more";
    fs::remove(folder_ / "r/metrics.jsonl");
    const std::string lost = succeed({"train", "--resume", "r", "--epochs", "3"}).out;
    EXPECT_TRUE(contains(lost, "lacks the steps 1 to 200")) << lost;
}

TEST_F(Mistakes, ALowerLearningRateOnResume) {
    succeed({"train", "lines", "--epochs", "2", "--steps", "100", "--run", "r"});
    const std::string text = succeed({"train", "--resume", "r", "--set", "optimizer.lr=.001"}).out;
    EXPECT_TRUE(contains(text, "learning rate is changed from")) << text;
    EXPECT_EQ(Json::parse(read("r/experiment.json"))["optimizer"]["lr"], 0.001);
    const auto all = events("r");
    EXPECT_NEAR(all[all.size() - 4]["learning_rate"].get<double>(), 0.001, 1e-9);
    fail(1, {"train", "--resume", "r", "--epochs", "3", "--set", "train.batch=2"},
         {"/train/batch differs", "learning rates"});
    fail(1, {"train", "--resume", "r", "--epochs", "3", "--set", "optimizer.momentum=.5"},
         {"/optimizer/momentum differs"});
}

}  // namespace
}  // namespace cnnlab::test
