// Studies, comparisons and verifications from the command line.

#include <csignal>
#include <fstream>
#include <map>

#include "tests/cli/program.hpp"

namespace cnnlab::test {
namespace {

namespace fs = std::filesystem;

constexpr auto small_experiment = R"({
  "name": "small",
  "dataset": {"name": "lines", "count": 400, "size": 7},
  "model": {"layers": [
    {"type": "conv2d", "out_channels": 4, "kernel": 3}, {"type": "relu"}, {"type": "flatten"},
    {"type": "dense", "out_features": 2}]},
  "optimizer": {"type": "adam", "lr": 0.01},
  "train": {"epochs": 2, "batch": 16}
})";

constexpr auto small_study = R"({
  "name": "sizes", "title": "Two sizes of kernels", "experiment": "small.json", "seeds": 3,
  "vary": {"model.layers.0.kernel": [3, 5]},
  "variants": [{"name": "slow", "set": ["optimizer.lr=0.0001"]}]
})";

class Studies : public CommandLine {
  protected:
    void SetUp() override {
        CommandLine::SetUp();
        write("small.json", small_experiment);
        write("sizes.json", small_study);
    }
    [[nodiscard]] fs::file_time_type time_of(const std::string& file) const {
        return fs::last_write_time(folder_ / file);
    }
};

TEST_F(Studies, TrainEachVariantWithEachSeed) {
    const Json json = succeed({"study", "sizes.json", "--json"}).json();
    ASSERT_EQ(json["variants"].size(), 3U);
    EXPECT_EQ(json["variants"][0]["name"], "kernel 3");
    EXPECT_EQ(json["variants"][1]["name"], "kernel 5");
    EXPECT_EQ(json["variants"][2]["name"], "slow");
    EXPECT_EQ(json["variants"][0]["parameters"], 4 * 9 + 4 + 2 * 100 + 2);
    EXPECT_EQ(json["variants"][1]["parameters"], 4 * 25 + 4 + 2 * 36 + 2);
    EXPECT_EQ(json["variants"][2]["test_accuracy"]["count"], 3);
    EXPECT_TRUE(json["variants"][0]["difference"].is_null());
    // the mean that the three runs of the folder have
    double mean = 0;
    for (const char* seed : {"1", "2", "3"}) {
        const auto lines = events(std::string("runs/sizes/slow/seed-") + seed);
        double last = 0;
        for (const Json& line : lines)
            if (line["event"] == "eval_end") last = line["accuracy"];
        mean += last / 3;
    }
    EXPECT_NEAR(json["variants"][2]["test_accuracy"]["mean"].get<double>(), mean, 1e-12);
    EXPECT_NE(read("runs/sizes/study.csv").find("kernel 5,3,"), std::string::npos);
    EXPECT_NE(read("runs/sizes/report.html").find("Two sizes of kernels"), std::string::npos);
    // started again, nothing is trained again
    const auto before = time_of("runs/sizes/slow/seed-3/model.safetensors");
    EXPECT_EQ(succeed({"study", "sizes.json", "--json"}).json()["variants"], json["variants"]);
    EXPECT_EQ(time_of("runs/sizes/slow/seed-3/model.safetensors"), before);
    fail(1, {"study", "sizes.json", "--seeds", "2"}, {"runs/sizes/study.json", "another study", "--out"});
}

TEST_F(Studies, WhatIsSetOnTheCommandLineCountsMore) {
    write("long.json", R"({"name": "long", "experiment": "small.json", "set": ["train.epochs=4000"],
        "vary": {"model.layers.0.kernel": [3, 5]}, "seeds": 1})");
    succeed({"study", "long.json", "--set", "train.epochs=1"});
    EXPECT_EQ(Json::parse(read("runs/long/study.json"))["set"], Json::parse(R"(["train.epochs=1"])"));
    EXPECT_TRUE(contains(read("runs/long/kernel-3/seed-1/metrics.jsonl"), "\"epochs\":1"));
}

TEST_F(Studies, GoOnAfterBeingKilled) {
    std::string experiment = small_experiment;
    experiment.replace(experiment.find("\"epochs\": 2"), 11,
                       has_sanitizer ? "\"epochs\": 12" : "\"epochs\": 40");
    write("long.json", experiment);
    const std::vector<std::string> words{"study",   "long.json", "--vary", "optimizer.lr=0.01,0.001",
                                         "--seeds", "2",         "--json"};
    {
        Program program(folder_, words);
        ASSERT_TRUE(wait_until(
            [&] { return fs::exists(folder_ / "runs/long-study/lr-0.001/seed-1/checkpoint.safetensors"); }));
        program.send(SIGKILL);
        (void)program.wait();
    }
    // the training that the study had started ends with it
    succeed(words);
    std::vector<std::string> whole = words;
    whole.insert(whole.end(), {"--out", "whole"});
    succeed(whole);
    for (const char* name : {"lr-0.01/seed-1", "lr-0.001/seed-1", "lr-0.001/seed-2"})
        EXPECT_EQ(read(std::string("runs/long-study/") + name + "/model.safetensors"),
                  read(std::string("whole/") + name + "/model.safetensors"))
            << name;
}

TEST_F(Studies, AreReadBeforeAnythingIsTrained) {
    fail(1, {"study", "small.json", "--vary", "model.layers.0.kernel=3,99"}, {"kernel 99", "does not fit"});
    EXPECT_FALSE(fs::exists(folder_ / "runs"));
    fail(1, {"study", "small.json"}, {"is no study", "--vary"});
    fail(1, {"study", "no-such"}, {"not a known study"});
    write("twice.json",
          R"({"name": "t", "experiment": "small.json", "variants": [{"name": "a"}, {"name": "a"}]})");
    fail(1, {"study", "twice.json"}, {"variants[1].name", "another variant"});
}

TEST_F(Studies, RunsAreCompared) {
    succeed({"train", "small.json", "--run", "a"});
    succeed({"train", "small.json", "--run", "b", "--set", "optimizer.lr=0.001", "--seed", "7"});
    const Json json = succeed({"compare", "a", "b", "--out", "both.svg", "--json"}).json();
    EXPECT_EQ(json["runs"].size(), 2U);
    EXPECT_TRUE(json["runs"][0]["finished"].get<bool>());
    EXPECT_EQ(json["differ"]["optimizer.lr"], Json({"0.01", "0.001"}));
    EXPECT_EQ(json["differ"]["train.seed"].size(), 2U);
    EXPECT_EQ(json["differ"].size(), 2U);
    EXPECT_NE(read("both.svg").find("<svg"), std::string::npos);
    fail(1, {"compare", "a", "c"}, {"\"c\""});
}

TEST_F(Studies, AllRunsAreListed) {
    fail(1, {"runs"}, {"runs", "is no folder", "train something first"});
    succeed({"train", "small.json", "--run", "runs/one"});
    succeed({"study", "sizes.json", "--seeds", "1"});
    fs::create_directories(folder_ / "runs/broken");
    write("runs/broken/metrics.jsonl", "");
    const Json list = succeed({"runs", "--json"}).json()["runs"];
    std::map<std::string, Json> runs;
    for (const Json& run : list) runs[run["run"]] = run;
    EXPECT_EQ(runs.size(), 5U) << list;
    EXPECT_EQ(runs["runs/one"]["epochs"], 2);
    EXPECT_EQ(runs["runs/one"]["finished"], true);
    EXPECT_TRUE(runs.contains("runs/sizes/kernel-5/seed-1")) << list;
    EXPECT_TRUE(runs["runs/broken"].contains("problem"));
    // A training that was ended from outside: its last epoch counts.
    const std::string metrics = read("runs/one/metrics.jsonl");
    write("runs/one/metrics.jsonl", metrics.substr(0, metrics.find("{\"event\":\"train_end\"")));
    const Json again = succeed({"runs", "--json"}).json()["runs"];
    for (const Json& run : again) {
        if (run["run"] != "runs/one") continue;
        EXPECT_EQ(run["epochs"], 2);
        EXPECT_EQ(run["finished"], false);
    }
    const std::string text = succeed({"runs"}).out;
    EXPECT_NE(text.find("runs/sizes/slow/seed-1"), std::string::npos) << text;
    EXPECT_NE(text.find("what cannot be read"), std::string::npos) << text;
}

TEST_F(Studies, AClaimIsVerified) {
    succeed({"train", "small.json", "--run", "a"});
    const Json good = succeed({"verify", "a", "--json"}).json();
    EXPECT_TRUE(good["same"].get<bool>());
    for (const auto& entry : fs::directory_iterator(folder_))
        EXPECT_EQ(entry.path().filename().string().find(".verify"), std::string::npos) << entry.path();
    std::string text = read("a/metrics.jsonl");
    const size_t at = text.rfind("\"test_accuracy\":");
    ASSERT_NE(at, std::string::npos);
    const size_t begin = at + 16, end = text.find_first_of(",}", begin);
    text.replace(begin, end - begin, "0.9999");
    write("a/metrics.jsonl", text);
    const Outcome bad = run({"verify", "a"});
    EXPECT_EQ(bad.code, 1);
    EXPECT_NE(bad.out.find("not verified"), std::string::npos);
    EXPECT_NE(bad.out.find("test_accuracy is claimed as 0.9999"), std::string::npos);
    succeed({"train", "small.json", "--run", "part", "--steps", "3"});
    fail(1, {"verify", "part"}, {"is not trained to its end", "--resume"});
}

TEST_F(Studies, VariantsThatCouldOnlyBeTheSame) {
    const auto refused = [&](const std::vector<std::string>& more, const std::vector<std::string>& words) {
        std::vector<std::string> all{"study", "small.json"};
        all.insert(all.end(), more.begin(), more.end());
        fail(1, all, words);
    };
    refused({"--vary", "optimizer.lr=.1,.1"}, {"lr .1", "two variants"});
    refused({"--vary", "optimizer.lr=.1,0.10"}, {"lr 0.10", "the same training as \"lr .1\""});
    refused({"--vary", "name=a,b"}, {"name b", "the same training"});
    refused({"--vary", "train.seed=1,2"}, {"train.seed", "--seeds"});
    refused({"--vary", "optimizer.lr=.1,.2", "--set", "train.seed=3"}, {"train.seed", "--seeds"});
    refused({"--vary", "model.layers[0].kernel=3,5", "--set", "model.layers.0.kernel=1"},
            {"--set model.layers.0.kernel=1", "kernel 3"});
    fail(1, {"study", "lines"}, {"\"lines\" is an experiment", "--vary"});
    write("folders.json", R"({"name": "f", "experiment": "small.json", "variants": [
        {"name": "a/b", "set": ["optimizer.lr=0.1"]}, {"name": "a b", "set": ["optimizer.lr=0.2"]}]})");
    fail(1, {"study", "folders.json"}, {"a b", "folder of \"a/b\""});
    EXPECT_FALSE(fs::exists(folder_ / "runs"));
    // commas in brackets stay together
    const Json json =
        succeed({"study", "small.json", "--vary", "model.layers.0.kernel=[3,3],[5,3]", "--json"}).json();
    EXPECT_EQ(json["variants"].size(), 2U);
}

TEST_F(Studies, AFolderHoldsOneStudyOfOneExperiment) {
    const std::vector<std::string> words{"study", "small.json", "--vary", "optimizer.lr=.1,.2", "--out", "s"};
    succeed(words);
    write("small.json",
          std::string(small_experiment)
              .replace(std::string(small_experiment).find("\"batch\": 16"), 11, "\"batch\": 8"));
    fail(1, words, {"s/lr-.1/seed-1", "another experiment", "/train/batch"});
    succeed({"train", "small.json", "--run", "r"});
    fail(1, {"study", "small.json", "--vary", "optimizer.lr=.1,.2", "--out", "r"}, {"holds a run", "--out"});
}

TEST_F(Studies, TwoAtOnceAreNotMixed) {
    const std::vector<std::string> words{"study", "small.json",        "--vary", "optimizer.lr=0.01,0.001",
                                         "--set", "train.epochs=4000", "--out",  "s"};
    Program first(folder_, words);
    ASSERT_TRUE(wait_until([&] { return fs::exists(folder_ / "s/lr-0.01/seed-1/checkpoint.safetensors"); }));
    fail(1, words, {"s", "another program is training this study"});
    first.send(SIGTERM);
    EXPECT_EQ(first.wait().code, 128 + SIGTERM);
}

TEST_F(Studies, SayWhatWasReadAndWhatMisleads) {
    const std::string text =
        succeed({"study", "small.json", "--vary", "train.batch=16,500", "--out", "s"}).out;
    for (const char* word : {"400 training and ", "generated", "warning: batch-500: train.batch"})
        EXPECT_NE(text.find(word), std::string::npos) << word << "\n" << text;
}

TEST_F(Studies, AComparisonHarmsNothing) {
    succeed({"train", "small.json", "--run", "a"});
    succeed({"train", "small.json", "--run", "b", "--set", "dataset.count=200"});
    const std::string model = read("a/model.safetensors");
    fail(1, {"compare", "a", "b", "--out", "a/model.safetensors"}, {"--out", ".svg"});
    EXPECT_EQ(read("a/model.safetensors"), model);
    const std::string text = succeed({"compare", "a", "b"}).out;
    EXPECT_NE(text.find("trained and tested on different images: a 400 + "), std::string::npos) << text;
    EXPECT_FALSE(succeed({"compare", "a", "b", "--json"}).json()["same_images"].get<bool>());
    EXPECT_TRUE(succeed({"compare", "a", "a", "--json"}).json()["same_images"].get<bool>());
}

TEST_F(Studies, AVerificationSaysWhyFiguresDiffer) {
    succeed({"train", "small.json", "--run", "a", "--steps", "30"});
    succeed({"train", "--resume", "a", "--set", "optimizer.lr=.001"});
    Outcome outcome = run({"verify", "a"});
    EXPECT_EQ(outcome.code, 1);
    EXPECT_NE(outcome.out.find("changed on the way"), std::string::npos) << outcome.out;
    succeed({"train", "small.json", "--run", "b"});
    outcome = run({"verify", "b", "--device", "reference"});
    EXPECT_EQ(outcome.code, 1);
    EXPECT_NE(outcome.out.find("the run was trained on cpu ("), std::string::npos) << outcome.out;
    // images that are drawn otherwise now
    std::string text = read("b/experiment.json");
    text.replace(text.find("\"count\": 400"), 12, "\"count\": 300");
    write("b/experiment.json", text);
    fail(1, {"verify", "b"}, {"other images than the run was trained on"});
}

}  // namespace
}  // namespace cnnlab::test
