// Several processes that train together: what mpirun starts. Skipped where there is no mpirun or the program was built
// without MPI.

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <fstream>
#include <sstream>
#include <thread>

#include "engine/cpu/cpu_backend.hpp"
#include "tests/cli/program.hpp"
#include "tests/paths.hpp"

namespace cnnlab::test {
namespace {

namespace fs = std::filesystem;

using Arguments = std::vector<std::string>;

constexpr auto shared_experiment = R"({
  "name": "shared",
  "dataset": {"name": "lines", "count": 900, "size": 9},
  "model": {"layers": [
    {"type": "conv2d", "out_channels": 8, "kernel": 3}, {"type": "batch_norm"}, {"type": "relu"}, {"type": "flatten"},
    {"type": "dense", "out_features": 16}, {"type": "dropout", "p": 0.3}, {"type": "relu"}, {"type": "dense", "out_features": 2}]},
  "optimizer": {"type": "adam", "lr": 0.001, "clip_norm": 1, "average_decay": 0.9},
  "augment": {"crop": 1},
  "train": {"epochs": 3, "batch": 50}
})";

bool has_mpirun() {
    const char* path = std::getenv("PATH");
    std::istringstream folders(path != nullptr ? path : "");
    for (std::string folder; std::getline(folders, folder, ':');)
        if (::access((folder + "/mpirun").c_str(), X_OK) == 0)
            return fs::exists(program_file().parent_path() / "cnnlab_mpi.so");
    return false;
}

class Processes : public CommandLine {
  protected:
    void SetUp() override {
        CommandLine::SetUp();
        if (!has_mpirun()) GTEST_SKIP() << "no mpirun, or a program without MPI";
        write("shared.json", shared_experiment);
    }

    /// `mpirun` with words of its own; "CNNLAB" stands for the program.
    [[nodiscard]] Program start(const Arguments& words) const {
        return {folder_, {}, [this, words] {
                    // Continuous integration runs as root; a container may forbid reading other processes' memory.
                    ::setenv("OMPI_ALLOW_RUN_AS_ROOT", "1", 1);
                    ::setenv("OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "1", 1);
                    // Tests share their cores with others: who waits lets them work.
                    ::setenv("OMPI_MCA_mpi_yield_when_idle", "1", 1);
                    ::setenv("OMPI_MCA_btl_vader_single_copy_mechanism", "none", 1);
                    Arguments all{"mpirun", "--oversubscribe", "--bind-to", "none"};
                    for (const std::string& word : words)
                        all.push_back(word == "CNNLAB" ? program_file().string() : word);
                    std::vector<char*> argv;
                    for (std::string& word : all) argv.push_back(word.data());
                    argv.push_back(nullptr);
                    if (::chdir(folder_.c_str()) == 0) ::execvp(argv[0], argv.data());
                    ::_exit(127);
                }};
    }
    [[nodiscard]] Outcome together(const Arguments& words) const { return start(words).wait(); }
    [[nodiscard]] Outcome together(int processes, Arguments words) const {
        words.insert(words.begin(), {"-np", std::to_string(processes), "CNNLAB"});
        if (words[3] == "train") words.insert(words.end(), {"--threads", "1"});
        return together(words);
    }

    /// The files of a run that depend on nothing but the experiment.
    [[nodiscard]] std::string files(const std::string& run) const {
        std::string all = read(run + "/model.safetensors") + read(run + "/checkpoint.safetensors") +
                          read(run + "/experiment.json");
        for (Json event : events(run)) {
            event.erase("seconds");
            if (event["event"] != "train_begin") all += event.dump() + "\n";
        }
        return all;
    }

    /// The process of a rank in this test's folder; 0: none yet.
    [[nodiscard]] pid_t process_of(int rank) const {
        for (const auto& entry : fs::directory_iterator("/proc")) {
            const std::string name = entry.path().filename().string();
            if (name.find_first_not_of("0123456789") != std::string::npos) continue;
            std::error_code error;
            if (fs::read_symlink(entry.path() / "cwd", error) != folder_ || error) continue;
            std::ifstream file(entry.path() / "environ", std::ios::binary);
            std::ostringstream text;
            text << file.rdbuf();
            const std::string wanted = "OMPI_COMM_WORLD_RANK=" + std::to_string(rank);
            if (contains(text.str(), wanted + '\0')) return std::stoi(name);
        }
        return 0;
    }
};

TEST_F(Processes, LeaveTheFilesOfOne) {
    succeed({"train", "shared.json", "--run", "alone"});
    const std::string alone = files("alone");
    for (const int processes : {1, 2, 4}) {
        const std::string run = "on-" + std::to_string(processes);
        const Outcome outcome = together(processes, {"train", "shared.json", "--run", run, "--json"});
        EXPECT_EQ(outcome.code, 0) << outcome.err;
        EXPECT_EQ(contains(outcome.err, "on " + std::to_string(processes) + " processes"), processes > 1)
            << outcome.err;
        EXPECT_EQ(std::count(outcome.out.begin(), outcome.out.end(), '\n'), 1) << outcome.out;
        EXPECT_EQ(outcome.json()["run"], run);
        EXPECT_TRUE(files(run) == alone) << run;
    }
    const Outcome outcome = together(2, {"eval", "on-2", "--json"});
    EXPECT_EQ(outcome.json()["accuracy"], succeed({"eval", "alone", "--json"}).json()["accuracy"]);
}

TEST_F(Processes, ARunGoesOnWithAnotherNumber) {
    succeed({"train", "shared.json", "--run", "alone"});
    EXPECT_EQ(together(4, {"train", "shared.json", "--run", "run", "--steps", "7"}).code, 0);
    EXPECT_EQ(together(2, {"train", "--resume", "run", "--steps", "5"}).code, 0);
    succeed({"train", "--resume", "run", "--steps", "9"});
    EXPECT_EQ(together(3, {"train", "--resume", "run"}).code, 0);
    EXPECT_TRUE(files("run") == files("alone"));
    const Outcome outcome = together(2, {"train", "--resume", "run"});
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    EXPECT_TRUE(contains(outcome.out, "is finished")) << outcome.out;
}

TEST_F(Processes, LocalStatisticsBelongToTheirNumber) {
    const Arguments local{"train", "shared.json", "--local-statistics", "--run", "run", "--steps", "7"};
    const Outcome begun = together(2, local);
    EXPECT_EQ(begun.code, 0) << begun.err;
    EXPECT_TRUE(contains(begun.out, "the figures are those of 2 processes")) << begun.out;
    EXPECT_EQ(Json::parse(read("run/experiment.json"))["train"]["local_statistics"], 2);
    const std::string number = "train.local_statistics: is 2, and the processes that train here are ";
    fail(1, {"train", "--resume", "run"}, {number + "1", "mpirun -np 2"});
    EXPECT_TRUE(contains(together(3, {"train", "--resume", "run"}).err, number + "3"));
    EXPECT_EQ(together(2, {"train", "--resume", "run"}).code, 0);
    fail(1, {"verify", "run"}, {number + "1"});
    EXPECT_EQ(together(2, {"train", "shared.json", "--local-statistics", "--run", "again"}).code, 0);
    EXPECT_TRUE(files("run") == files("again"));
    succeed({"eval", "run"});  // by any number
    fail(1, {"train", "shared.json", "--local-statistics"}, {"--local-statistics", "mpirun -np 2"});
}

TEST_F(Processes, FrozenLayersAreComputedTogether) {
    succeed({"train", "shared.json", "--run", "runs/base"});
    write("further.json", R"({"name": "further", "dataset": {"name": "lines", "count": 900, "size": 9},
      "base": {"file": "runs/base", "until": "relu_1"},
      "model": {"layers": [{"type": "flatten"}, {"type": "dense", "out_features": 2}]},
      "optimizer": {"type": "sgd", "lr": 0.01}, "train": {"epochs": 2, "batch": 50}})");
    succeed({"train", "further.json", "--run", "alone"});
    ASSERT_TRUE(fs::exists(folder_ / "alone/features.safetensors"));
    EXPECT_EQ(together(3, {"train", "further.json", "--run", "run", "--steps", "4"}).code, 0);
    EXPECT_EQ(read("run/features.safetensors"), read("alone/features.safetensors"));
    EXPECT_EQ(together(2, {"train", "--resume", "run"}).code, 0);
    EXPECT_TRUE(files("run") == files("alone"));
}

TEST_F(Processes, ALostOneEndsAllAndTheRunGoesOn) {
    succeed({"train", "shared.json", "--run", "alone", "--epochs", "400"});
    for (const int rank : {0, 1, 2}) {
        const std::string run = "run-" + std::to_string(rank);
        Program program = start({"-np", "3", "CNNLAB", "train", "shared.json", "--run", run, "--epochs",
                                 "400", "--threads", "1"});
        const fs::path log = folder_ / run / "metrics.jsonl";
        std::error_code ignored;
        ASSERT_TRUE(wait_until([&] { return fs::exists(log) && fs::file_size(log, ignored) > 4000; }));
        const pid_t process = process_of(rank);
        ASSERT_GT(process, 0);
        const auto killed = std::chrono::steady_clock::now();
        ::kill(process, SIGKILL);
        const Outcome outcome = program.wait();
        EXPECT_LT(std::chrono::steady_clock::now() - killed, std::chrono::seconds(30));
        EXPECT_NE(outcome.code, 0);
        EXPECT_TRUE(contains(outcome.err, "rank " + std::to_string(rank))) << outcome.err;
        ASSERT_TRUE(wait_until([&] { return process_of((rank + 1) % 3) == 0; })) << "the others end too";
        succeed({"train", "--resume", run});
        EXPECT_TRUE(files(run) == files("alone")) << run;
    }
}

TEST_F(Processes, ASignalStopsAllAndSaves) {
    Program program = start(
        {"-np", "2", "CNNLAB", "train", "shared.json", "--run", "run", "--epochs", "2000", "--threads", "1"});
    const fs::path log = folder_ / "run" / "metrics.jsonl";
    std::error_code ignored;
    ASSERT_TRUE(wait_until([&] { return fs::exists(log) && fs::file_size(log, ignored) > 4000; }));
    ::kill(process_of(1), SIGTERM);
    const Outcome outcome = program.wait();
    EXPECT_TRUE(contains(outcome.out, "everything is saved")) << outcome.out << outcome.err;
    EXPECT_EQ(together(3, {"train", "--resume", "run", "--steps", "2"}).code, 0);
}

TEST_F(Processes, WhoDiffersIsRefusedByName) {
    std::string other = shared_experiment;
    other.replace(other.find("0.001"), 5, "0.002");
    write("other.json", other);
    const auto refused = [&](const Arguments& first, const Arguments& second, const std::string& what) {
        Arguments words{"-np", "1", "CNNLAB", "train"};
        words.insert(words.end(), first.begin(), first.end());
        words.insert(words.end(), {"--run", "run", ":", "-np", "1", "CNNLAB", "train"});
        words.insert(words.end(), second.begin(), second.end());
        const Outcome outcome = together(words);
        EXPECT_NE(outcome.code, 0);
        EXPECT_TRUE(contains(outcome.err, "cnnlab: error: rank 1 on ")) << outcome.err;
        EXPECT_TRUE(contains(outcome.err, "has other " + what + " than rank 0")) << outcome.err;
        EXPECT_FALSE(fs::exists(folder_ / "run"));
    };
    refused({"shared.json"}, {"other.json"}, "experiments");
    refused({"shared.json"}, {"shared.json", "--set", "dataset.seed=5"}, "experiments");
    refused({"shared.json", "--steps", "3"}, {"shared.json", "--steps", "4"}, "limits of steps");
    refused({"shared.json", "--mixed"}, {"shared.json"}, "wishes");
    if (const auto archs = cpu_archs(); archs.size() > 1) {
        Arguments narrow{"shared.json", "--arch", archs[0]}, wide{"shared.json", "--arch", archs[1]};
        refused(narrow, wide, "instruction sets");
        wide.push_back("--mixed");  // allows other builds alone
        narrow.push_back("--mixed");
        refused(narrow, wide, "instruction sets");
    }
}

TEST_F(Processes, OtherWeightsAreNotEvaluatedTogether) {
    succeed({"train", "shared.json", "--run", "one", "--steps", "2"});
    succeed({"train", "shared.json", "--run", "other", "--steps", "3"});
    const Outcome outcome =
        together({"-np", "1", "CNNLAB", "eval", "one", ":", "-np", "1", "CNNLAB", "eval", "other"});
    EXPECT_NE(outcome.code, 0);
    EXPECT_TRUE(contains(outcome.err, "has other weights than rank 0")) << outcome.err;
}

TEST_F(Processes, MistakesAreToldOnce) {
    const Outcome outcome = together(3, {"train", "lins"});
    EXPECT_NE(outcome.code, 0);
    const std::string word = "cnnlab: error: ";
    const size_t first = outcome.err.find(word);
    ASSERT_NE(first, std::string::npos) << outcome.err;
    EXPECT_EQ(outcome.err.find(word, first + 1), std::string::npos) << outcome.err;
}

TEST_F(Processes, AStudyHandsWholeTrainingsToAll) {
    const Arguments study{"study",   "lines", "--vary", "optimizer.lr=0.1,0.01",
                          "--seeds", "2",     "--set",  "train.epochs=2"};
    Arguments alone = study, many = study;
    alone.insert(alone.end(), {"--out", "alone"});
    many.insert(many.end(), {"--out", "many"});
    succeed(alone);
    const Outcome outcome = together(3, many);
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    EXPECT_TRUE(contains(outcome.out, "4/4")) << outcome.out;
    EXPECT_EQ(read("many/study.json"), read("alone/study.json"));
    for (const char* run : {"0.1/seed-1", "0.01/seed-2"}) {
        const std::string lr = std::string("/lr-") + run;
        const std::string folder = fs::exists(folder_ / ("alone" + lr)) ? lr : std::string("/") + run;
        EXPECT_TRUE(read("many" + folder + "/model.safetensors") ==
                    read("alone" + folder + "/model.safetensors"));
    }
}

/// What a launcher says in the environment, without the launcher.
class Launched : public CommandLine {};

TEST_F(Launched, AlonePretendingToBeManyIsRefused) {
    const auto pretend = [] {
        ::setenv("OMPI_COMM_WORLD_SIZE", "2", 1);
        ::setenv("OMPI_COMM_WORLD_RANK", "0", 1);
    };
    const Outcome trained = run({"train", "lines", "--steps", "1"}, pretend);
    EXPECT_NE(trained.code, 0);
    EXPECT_TRUE(contains(trained.err, "mpirun has started 2 processes, but ")) << trained.err;
    EXPECT_FALSE(fs::exists(folder_ / "runs"));
    const Outcome listed = run({"list"}, pretend);
    EXPECT_NE(listed.code, 0);
    EXPECT_TRUE(contains(listed.err, "several are for train, eval and study")) << listed.err;
}

TEST_F(Launched, LaunchersWithoutMpiAreNamed) {
    const auto refused = [&](const std::vector<std::pair<const char*, const char*>>& variables,
                             const Arguments& words) {
        const Outcome outcome = run({"train", "lines", "--steps", "1"}, [&] {
            for (const auto& [name, value] : variables) ::setenv(name, value, 1);
        });
        EXPECT_EQ(outcome.code, 1);
        for (const std::string& word : words) EXPECT_TRUE(contains(outcome.err, word)) << outcome.err;
        EXPECT_FALSE(fs::exists(folder_ / "runs"));
    };
    refused(
        {{"RANK", "0"}, {"WORLD_SIZE", "4"}, {"LOCAL_RANK", "0"}, {"MASTER_ADDR", "a"}, {"MASTER_PORT", "1"}},
        {"torchrun: or a launcher like it", "has started 4 processes", "`mpirun -np 4`", "srun --mpi=pmix"});
    refused({{"RANK", "2"}, {"WORLD_SIZE", "4"}, {"LOCAL_RANK", "2"}, {"MASTER_ADDR", "a"}},
            {"rank 2: torchrun: "});
    refused({{"SLURM_STEP_NUM_TASKS", "4"}, {"SLURM_PROCID", "0"}},
            {"srun: has started 4 processes without", "use srun --mpi=pmix"});
}

TEST_F(Launched, OneProcessOfALauncherTrainsAlone) {
    const Outcome outcome = run({"train", "lines", "--steps", "1"}, [] {
        ::setenv("RANK", "0", 1);
        ::setenv("WORLD_SIZE", "1", 1);
        ::setenv("MASTER_ADDR", "127.0.0.1", 1);
    });
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    // a job's leftovers without a rank are no launcher
    const Outcome other = run({"train", "lines", "--steps", "1"}, [] { ::setenv("WORLD_SIZE", "4", 1); });
    EXPECT_EQ(other.code, 0) << other.err;
}

}  // namespace
}  // namespace cnnlab::test
