// Training from the command line: run folders, continuing after a stop, a crash or a full disk, and using what was
// trained.

#include <sys/resource.h>

#include <csignal>
#include <fstream>

#include "native/pictures/picture_file.hpp"
#include "tests/cli/program.hpp"

namespace cnnlab::test {
namespace {

namespace fs = std::filesystem;

using Words = std::vector<std::string>;

/// Long enough to be stopped midway. Momentum, shuffling and dropout, so that everything a checkpoint holds counts.
constexpr auto long_experiment = R"({
  "name": "long",
  "dataset": {"name": "lines", "count": 1500, "size": 9},
  "model": {"layers": [
    {"type": "conv2d", "out_channels": 8, "kernel": 3}, {"type": "batch_norm"}, {"type": "relu"}, {"type": "flatten"},
    {"type": "dense", "out_features": 16}, {"type": "dropout", "p": 0.3}, {"type": "relu"}, {"type": "dense", "out_features": 2}]},
  "optimizer": {"type": "adam", "lr": 0.001}, "schedule": {"type": "cosine", "warmup": 0.1},
  "augment": {"crop": 1},
  "train": {"epochs": 60, "batch": 7}
})";

class Train : public CommandLine {
  protected:
    void SetUp() override {
        CommandLine::SetUp();
        std::string experiment = long_experiment;
        if (has_sanitizer) experiment.replace(experiment.find("60"), 2, "18");
        write("long.json", experiment);
    }

    /// What the run must come to, however often it was stopped.
    [[nodiscard]] std::string model(const std::string& run) const { return read(run + "/model.safetensors"); }
    [[nodiscard]] std::string checkpoint(const std::string& run) const {
        return read(run + "/checkpoint.safetensors");
    }

    [[nodiscard]] size_t lines_written(const std::string& run) const {
        std::ifstream file(folder_ / run / "metrics.jsonl");
        return static_cast<size_t>(std::count(std::istreambuf_iterator<char>(file), {}, '\n'));
    }

    /// The same events, but for times and where sessions began.
    void expect_same_events(const std::string& a, const std::string& b) const {
        const auto history = [&](const std::string& run) {
            std::vector<std::string> kept;
            for (Json event : events(run)) {
                if (event["event"] == "train_begin") continue;
                event.erase("seconds");
                kept.push_back(event.dump());
            }
            return kept;
        };
        EXPECT_EQ(history(a), history(b));
    }
};

TEST_F(Train, LeavesARunFolder) {
    const Outcome outcome = succeed({"train", "lines", "--epochs", "3", "--json"});
    const Json json = outcome.json();
    EXPECT_EQ(json["run"], "runs/lines");
    EXPECT_EQ(json["epochs"], 3);
    for (const char* field : {"test_accuracy", "test_loss", "train_loss", "images_per_second", "seconds"})
        EXPECT_TRUE(json[field].is_number()) << field;

    const Json experiment = Json::parse(read("runs/lines/experiment.json"));
    EXPECT_EQ(experiment["train"]["epochs"], 3);
    EXPECT_TRUE(experiment["optimizer"].contains("momentum")) << "defaults are filled in";
    EXPECT_TRUE(experiment["dataset"].contains("noise"));
    EXPECT_TRUE(contains(read("runs/lines/curves.svg"), "</svg>"));

    std::string order;
    int batches = 0;
    for (const Json& event : events("runs/lines")) {
        if (event["event"] == "batch_end")
            ++batches;
        else
            order += event["event"].get<std::string>() + " ";
    }
    EXPECT_EQ(order,
              "train_begin epoch_begin eval_end epoch_end epoch_begin eval_end epoch_end epoch_begin "
              "eval_end epoch_end train_end ");
    EXPECT_EQ(batches, 300);

    // the description that the run holds makes the same run again, in a folder of its own
    EXPECT_EQ(succeed({"train", "runs/lines/experiment.json", "--json"}).json()["run"], "runs/lines-2");
    EXPECT_EQ(model("runs/lines"), model("runs/lines-2"));
    fail(1, {"train", "lines", "--run", "runs/lines"}, {"runs/lines", "already holds a run", "--resume"});
}

TEST_F(Train, PlainLinesWithoutATerminal) {
    const std::string text = succeed({"train", "lines", "--epochs", "2"}).out;
    for (const char* word :
         {"epoch 1/2", "epoch 2/2", "test accuracy", "runs/lines/curves.svg", "predict runs/lines"})
        EXPECT_TRUE(contains(text, word)) << word << text;
    EXPECT_FALSE(contains(text, "\r"));
    EXPECT_FALSE(contains(text, "\x1b"));
}

TEST_F(Train, ThreadsDoNotChangeTheResult) {
    succeed({"train", "long.json", "--epochs", "1", "--threads", "1", "--run", "one"});
    succeed({"train", "long.json", "--epochs", "1", "--threads", "3", "--run", "three"});
    EXPECT_EQ(model("one"), model("three"));
}

TEST_F(Train, GoesOnAfterInterruptAndTermination) {
    succeed({"train", "long.json", "--run", "whole"});
    Program first(folder_, {"train", "long.json", "--run", "stopped", "--json"});
    ASSERT_TRUE(wait_until([&] { return !first.is_running() || lines_written("stopped") > 300; }));
    first.send(SIGINT);
    const Outcome outcome = first.wait();
    ASSERT_EQ(outcome.code, 130) << outcome.err;
    EXPECT_TRUE(contains(outcome.err, "go on with: ")) << outcome.err;
    EXPECT_TRUE(contains(outcome.err, "train --resume stopped --threads 1\n")) << outcome.err;
    EXPECT_EQ(outcome.json()["finished"], false);

    Program second(folder_, {"train", "--resume", "stopped"});
    const size_t before = lines_written("stopped");
    ASSERT_TRUE(wait_until([&] { return !second.is_running() || lines_written("stopped") > before + 300; }));
    second.send(SIGTERM);
    EXPECT_EQ(second.wait().code, 143);

    succeed({"train", "--resume", "stopped"});
    EXPECT_EQ(model("stopped"), model("whole"));
    EXPECT_EQ(checkpoint("stopped"), checkpoint("whole"));
    expect_same_events("stopped", "whole");
}

TEST_F(Train, GoesOnAfterBeingKilled) {
    succeed({"train", "long.json", "--run", "whole"});
    for (const size_t lines : {30U, has_sanitizer ? 900U : 3000U}) {
        const std::string run = "killed-" + std::to_string(lines);
        Program first(folder_, {"train", "long.json", "--run", run});
        ASSERT_TRUE(wait_until([&] { return !first.is_running() || lines_written(run) > lines; }));
        ASSERT_TRUE(first.is_running());
        first.send(SIGKILL);
        EXPECT_EQ(first.wait().code, 128 + SIGKILL);
        // a crash may also cut the last line
        std::ofstream(folder_ / run / "metrics.jsonl", std::ios::app) << R"({"event": "batch_e)";
        succeed({"train", "--resume", run});
        EXPECT_EQ(model(run), model("whole"));
        EXPECT_EQ(checkpoint(run), checkpoint("whole"));
        expect_same_events(run, "whole");
    }
}

TEST_F(Train, AFullDiskLosesNothing) {
    succeed({"train", "long.json", "--run", "whole"});
    const auto limit = [] {
        const rlimit size{200000, 200000};
        ::setrlimit(RLIMIT_FSIZE, &size);
    };
    const Outcome outcome = run({"train", "long.json", "--run", "full"}, limit);
    EXPECT_EQ(outcome.code, 1);
    for (const char* word : {"cnnlab: error: full/metrics.jsonl", "cannot be written", "train --resume full"})
        EXPECT_TRUE(contains(outcome.err, word)) << outcome.err;
    for (const auto& entry : fs::directory_iterator(folder_ / "full"))
        EXPECT_NE(entry.path().extension(), ".part");
    succeed({"train", "--resume", "full"});
    EXPECT_EQ(checkpoint("full"), checkpoint("whole"));
    expect_same_events("full", "whole");

    // Nothing fits from the start: no folder is left that looks like a run.
    const Outcome none = run({"train", "long.json", "--run", "none"}, [] {
        const rlimit size{100, 100};
        ::setrlimit(RLIMIT_FSIZE, &size);
    });
    EXPECT_EQ(none.code, 1);
    EXPECT_FALSE(fs::exists(folder_ / "none"));
}

TEST_F(Train, AFolderThatCannotBeMade) {
    write("file", "");
    fail(1, {"train", "lines", "--run", "file/run"}, {"file/run", "--run DIR"});
}

TEST_F(Train, AFinishedRunSaysSoAndCanBeExtended) {
    succeed({"train", "lines", "--epochs", "2", "--run", "short"});
    const std::string before = checkpoint("short");
    const Outcome again = succeed({"train", "--resume", "short", "--json"});
    EXPECT_TRUE(contains(again.err, "is finished")) << again.err;
    EXPECT_EQ(again.json()["finished"], true);
    EXPECT_EQ(checkpoint("short"), before);

    succeed({"train", "--resume", "short", "--epochs", "4"});
    succeed({"train", "lines", "--epochs", "4", "--run", "long"});
    EXPECT_EQ(model("short"), model("long")) << "the rate is constant, so the way does not matter";
    EXPECT_EQ(Json::parse(read("short/experiment.json"))["train"]["epochs"], 4);
    fail(1, {"train", "--resume", "short", "--epochs", "1"}, {"--epochs", "4 epochs are done"});

    succeed({"train", "long.json", "--epochs", "1", "--run", "cosine"});
    EXPECT_TRUE(contains(succeed({"train", "--resume", "cosine", "--epochs", "2"}).out,
                         "stretched from 1 epoch to 2"));
}

TEST_F(Train, CheckpointsThatCannotBeUsed) {
    succeed({"train", "lines", "--epochs", "1", "--run", "a"});
    succeed({"train", "long.json", "--epochs", "1", "--run", "b"});
    const std::string good = checkpoint("a");
    write("a/checkpoint.safetensors", good.substr(0, good.size() / 2));
    fail(1, {"train", "--resume", "a", "--epochs", "2"},
         {"a/checkpoint.safetensors", "damaged", "train anew"});
    write("a/checkpoint.safetensors", checkpoint("b"));
    fail(1, {"train", "--resume", "a", "--epochs", "2"}, {"a/checkpoint.safetensors", "another experiment"});
    fs::remove(folder_ / "a/checkpoint.safetensors");
    fail(1, {"train", "--resume", "a"}, {"no checkpoint", "train anew"});
    fail(1, {"train", "--resume", "c"}, {"\"c\"", "runs/"});
    write("b/model.safetensors", model("b").substr(0, 100));
    fail(1, {"eval", "b"}, {"b/model.safetensors"});
}

TEST_F(Train, WeightsThatAreNoNumbersAreNotUsed) {
    succeed({"train", "lines", "--epochs", "1", "--run", "a"});
    const std::string good = model("a");
    write("a/model.safetensors", good.substr(0, good.size() - 4) + std::string("\0\0\xC0\x7F", 4));  // a NaN
    fail(1, {"eval", "a"}, {"a/model.safetensors: tensor \"", "not a number"});
}

TEST_F(Train, TwoAtATimeIsRefused) {
    Program first(folder_, {"train", "long.json", "--run", "busy", "--epochs", "100000"});
    ASSERT_TRUE(wait_until([&] { return !first.is_running() || lines_written("busy") > 3; }));
    fail(1, {"train", "--resume", "busy"}, {"busy", "another program is training this run"});
    EXPECT_TRUE(first.is_running());
}

TEST_F(Train, ADivergingRunSaysSo) {
    fail(1, {"train", "lines", "--set", "optimizer.lr=1e6", "--set", "loss=mean_squared_error"},
         {"step ", "no longer a number", "learning rate"});
}

class OwnImages : public Train {
  protected:
    void SetUp() override {
        Train::SetUp();
        for (int i = 0; i < 12; ++i) {
            for (const char* name : {"dark", "light"}) {
                const auto value = static_cast<uint8_t>((*name == 'd' ? 30 : 190) + 3 * i);
                write_png(folder_ / "pictures" / name / (std::to_string(i) + ".png"),
                          Image(10, 14, 3, value));
            }
        }
        write(
            "own.json",
            R"({"name": "my pictures", "dataset": {"name": "folder", "directory": "pictures", "size": 8, "grey": true},
            "model": {"layers": [{"type": "flatten"}, {"type": "dense", "out_features": 2}]}, "train": {"epochs": 30, "batch": 4}})");
    }
};

TEST_F(OwnImages, AreLearnedEvaluatedAndRecognised) {
    succeed({"train", "own.json"});
    EXPECT_EQ(Json::parse(read("runs/my-pictures/experiment.json"))["dataset"]["directory"],
              (folder_ / "pictures").string());

    const Json result = succeed({"eval", "my-pictures", "--json"}).json();
    EXPECT_EQ(result["count"], 4);
    EXPECT_EQ(result["accuracy"], 1.0);
    EXPECT_EQ(result["classes"], (Json{"dark", "light"}));
    EXPECT_TRUE(contains(succeed({"eval", "my-pictures"}).out, "predicted as"));

    write_png(folder_ / "new.png", Image(33, 20, 3, 240));
    const Json answer =
        succeed({"predict", "runs/my-pictures", "new.png", "pictures/dark/0.png", "--json"}).json();
    EXPECT_EQ(answer["predictions"][0]["top"][0]["class"], "light");
    EXPECT_EQ(answer["predictions"][1]["top"][0]["class"], "dark");
    EXPECT_NEAR(answer["predictions"][0]["top"][0]["probability"].get<double>() +
                    answer["predictions"][0]["top"][1]["probability"].get<double>(),
                1, 1e-6);

    write("text.png", "no picture");
    fail(1, {"predict", "my-pictures", "text.png"}, {"text.png", "is no picture that the program knows"});
    fail(1, {"predict", "my-pictures", "absent.png"}, {"absent.png", "no such file"});
    fail(1, {"eval", "my-picture"}, {"did you mean \"my-pictures\"?"});
}

TEST_F(OwnImages, MayMoveButNotChangeBetweenSessions) {
    succeed({"train", "own.json", "--run", "moved", "--epochs", "2"});
    succeed({"train", "own.json", "--run", "stayed", "--epochs", "4"});
    fs::rename(folder_ / "pictures", folder_ / "album");
    fail(1, {"train", "--resume", "moved", "--epochs", "4"}, {"pictures"});
    succeed({"train", "--resume", "moved", "--epochs", "4", "--data", "album"});
    EXPECT_EQ(model("moved"), model("stayed"));
    write_png(folder_ / "album" / "dark" / "0.png", Image(10, 14, 3, 90));
    fail(1, {"train", "--resume", "moved", "--epochs", "6"},
         {"album", "not the images that the run began with"});
}

TEST_F(OwnImages, OtherTestImagesAreToldByEval) {
    succeed({"train", "own.json", "--run", "mine", "--epochs", "1"});
    EXPECT_FALSE(succeed({"eval", "mine", "--json"}).json().contains("warnings"));
    for (int i = 0; i < 6; ++i)
        write_png(folder_ / "pictures" / "dark" / ("new-" + std::to_string(i) + ".png"),
                  Image(10, 14, 3, 20));
    EXPECT_TRUE(
        contains(succeed({"eval", "mine"}).out, "warning: these are not the test images of the training. "));
    const Json result = succeed({"eval", "mine", "--json"}).json();
    EXPECT_EQ(result["count"], 6);
    EXPECT_TRUE(contains(result["warnings"][0].get<std::string>(), "divides all anew"));
}

TEST_F(OwnImages, TheLastLayerMustFitTheClasses) {
    fs::create_directories(folder_ / "pictures" / "middle");
    for (int i = 0; i < 3; ++i)
        write_png(folder_ / "pictures" / "middle" / (std::to_string(i) + ".png"), Image(8, 8, 3, 128));
    fail(1, {"train", "own.json"}, {"model.layers[1] (dense)", "3"});
    EXPECT_FALSE(fs::exists(folder_ / "runs"));
}

TEST_F(Train, StepsStopsToGoOnLater) {
    succeed({"train", "long.json", "--epochs", "1", "--run", "whole"});
    const Json part =
        succeed({"train", "long.json", "--epochs", "1", "--run", "parts", "--steps", "3", "--json"}).json();
    EXPECT_EQ(part["steps"], 3);
    EXPECT_EQ(part["finished"], false);
    EXPECT_GT(part["first_step_seconds"].get<double>(), 0);
    EXPECT_GT(part["peak_memory_bytes"].get<int64_t>(), 0);
    succeed({"train", "--resume", "parts"});
    EXPECT_EQ(model("parts"), model("whole"));
    expect_same_events("parts", "whole");
    fail(2, {"train", "long.json", "--steps", "0"}, {"--steps"});
}

}  // namespace
}  // namespace cnnlab::test
