// Trainings that begin with a trained network: where its weights are looked for, what is refused, and features that
// are kept beside the run.

#include <cmath>
#include <csignal>
#include <fstream>

#include "engine/io/safetensors.hpp"
#include "native/pictures/picture_file.hpp"
#include "native/system/file_bytes.hpp"
#include "tests/cli/program.hpp"

namespace cnnlab::test {
namespace {

namespace fs = std::filesystem;

constexpr auto first_experiment = R"({
  "name": "first", "dataset": {"name": "lines", "count": 200, "size": 9},
  "model": {"layers": [
    {"type": "conv2d", "name": "conv", "out_channels": 8, "kernel": 3}, "batch_norm", "relu",
    {"type": "global_avg_pool", "name": "pool"}, {"type": "dense", "out_features": 2}]},
  "optimizer": {"type": "adam", "lr": 0.01}, "train": {"epochs": 2, "batch": 10}
})";

class Transfer : public CommandLine {
  protected:
    void SetUp() override {
        CommandLine::SetUp();
        write("first.json", first_experiment);
        succeed({"train", "first.json", "--run", "runs/first"});
        write_second("runs/first");
    }

    /// A head on the first network's pool.
    void write_second(const std::string& file, const std::string& more = {}) const {
        write("second.json", R"({"name": "second", "dataset": {"name": "lines", "count": 1500, "size": 9},
            "base": {"file": ")" +
                                 file + R"(", "until": "pool"},
            "model": {"layers": [{"type": "dense", "out_features": 16}, "relu", {"type": "dropout", "p": 0.3},
                                 {"type": "dense", "out_features": 2}]},
            "optimizer": {"type": "adam", "lr": 0.001}, "train": {"epochs": 60, "batch": 7})" +
                                 more + "}");
    }

    [[nodiscard]] std::string model(const std::string& run) const { return read(run + "/model.safetensors"); }
    [[nodiscard]] TensorFile tensors(const std::string& file) const {
        return read_safetensors(read_file(folder_ / file), file);
    }
    [[nodiscard]] size_t lines_written(const std::string& run) const {
        std::ifstream file(folder_ / run / "metrics.jsonl");
        return static_cast<size_t>(std::count(std::istreambuf_iterator<char>(file), {}, '\n'));
    }
};

TEST_F(Transfer, TrainsAHeadFromFeaturesThatItKeeps) {
    const Outcome outcome = succeed({"train", "second.json", "--epochs", "3"});
    EXPECT_NE(outcome.out.find("begins with 4 layers of "), std::string::npos) << outcome.out;
    EXPECT_NE(outcome.out.find("computing what the 4 frozen layers make of the images, once"),
              std::string::npos);
    const TensorFile features = tensors("runs/second/features.safetensors");
    EXPECT_EQ(features.find("train")->shape(), (Shape{1500, 8}));
    const TensorFile before = tensors("runs/first/model.safetensors"),
                     after = tensors("runs/second/model.safetensors");
    for (const char* name : {"conv.weight", "conv.bias", "batch_norm_1.running_mean"}) {
        const auto given = before.find(name)->span(), mine = after.find(std::string("base.") + name)->span();
        EXPECT_TRUE(std::equal(given.begin(), given.end(), mine.begin(), mine.end())) << name;
    }
    const Json experiment = Json::parse(read("runs/second/experiment.json"));
    EXPECT_EQ(experiment["base"]["layers"], 4);
    EXPECT_EQ(experiment["base"]["sha256"].get<std::string>().size(), 64U);
    EXPECT_EQ(experiment["base"]["file"], (folder_ / "runs/first/model.safetensors").string());
    succeed({"eval", "runs/second"});
    succeed({"verify", "runs/second"});
    succeed({"describe", "second.json"});
}

TEST_F(Transfer, GoesOnAfterAKillAsIfNothingHadBeen) {
    succeed({"train", "second.json", "--run", "runs/whole"});
    Program program(folder_, {"train", "second.json", "--run", "runs/killed"});
    ASSERT_TRUE(wait_until([&] { return lines_written("runs/killed") > 300; }));
    program.send(SIGKILL);
    EXPECT_EQ(program.wait().code, 128 + SIGKILL);
    write("runs/killed/features.safetensors", "cut");  // is only a copy
    fs::remove_all(folder_ / "runs/first");            // a checkpoint has all weights
    const Outcome resumed = succeed({"train", "--resume", "runs/killed"});
    EXPECT_NE(resumed.out.find("computing what"), std::string::npos) << "the copy was damaged";
    EXPECT_EQ(model("runs/killed"), model("runs/whole"));
    EXPECT_EQ(read("runs/killed/features.safetensors"), read("runs/whole/features.safetensors"));
}

TEST_F(Transfer, TakesFeaturesThatAreThere) {
    succeed({"train", "second.json", "--epochs", "2"});
    const Outcome more = succeed({"train", "--resume", "runs/second", "--epochs", "3"});
    EXPECT_EQ(more.out.find("computing what"), std::string::npos) << more.out;
}

TEST_F(Transfer, LetsAllLayersLearnAtARateOfTheirOwn) {
    write("third.json", R"({"name": "third", "dataset": {"name": "lines", "count": 200, "size": 9},
        "base": {"file": "runs/first", "trainable": true, "lr": 0.0001}, "model": {"layers": []},
        "optimizer": {"type": "adam", "lr": 0.001}, "train": {"epochs": 1, "batch": 10}})");
    succeed({"train", "third.json"});
    EXPECT_FALSE(fs::exists(folder_ / "runs/third/features.safetensors"));
    const Json experiment = Json::parse(read("runs/third/experiment.json"));
    EXPECT_EQ(experiment["optimizer"]["groups"][0]["match"], "base.*");
}

TEST_F(Transfer, RefusesWhatIsNoBase) {
    const auto refused = [&](int code, const std::vector<std::string>& words,
                             const std::vector<std::string>& more = {}) {
        std::vector<std::string> arguments{"train", "second.json", "--run", "runs/refused"};
        arguments.insert(arguments.end(), more.begin(), more.end());
        fail(code, arguments, words);
        EXPECT_FALSE(fs::exists(folder_ / "runs/refused"));
    };
    refused(1, {"base.until", "no layer \"poo\"", "did you mean \"pool\"?"}, {"--set", "base.until=poo"});
    refused(1, {"nothing.safetensors"}, {"--set", "base.file=nothing.safetensors"});
    refused(1, {"base.file", "\"mobilenet-v3\" is not known", "did you mean \"mobilenet-v"},
            {"--set", "base.file=mobilenet-v3"});
    refused(1, {"SHA-256 is", "give the file whose SHA-256 is 00ff"}, {"--set", "base.sha256=00ff"});
    refused(1, {"augment", "changes images", "every_step"},
            {"--set", "train.frozen_features=once", "--set", "augment.crop=1"});
    write("named.json",
          R"({"name": "named", "dataset": {"name": "folder", "size": 32}, "base": {"file": "mobilenet-v1"},
        "model": {"layers": [{"type": "dense", "out_features": 2}]}, "train": {"epochs": 1}})");
    for (const char* name : {"a", "b"}) {
        fs::create_directories(folder_ / "pictures" / name);
        for (int i = 0; i < 4; ++i)
            write_png(folder_ / "pictures" / name / (std::to_string(i) + ".png"),
                      Image(8, 8, 3, static_cast<uint8_t>(40 * i + *name)));
    }
    fail(1, {"train", "named.json", "--data", "pictures", "--models", "nowhere", "--run", "runs/refused"},
         {"--models nowhere", "is no folder", "mobilenet_v1_0.25_224_float.safetensors"});
    EXPECT_FALSE(fs::exists(folder_ / "runs/refused"));

    const std::string whole = read("runs/first/model.safetensors");
    write("cut.safetensors", whole.substr(0, whole.size() / 2));
    refused(1, {"cut.safetensors"}, {"--set", "base.file=cut.safetensors"});
    write("text.safetensors", "these are no weights");
    refused(1, {"text.safetensors"}, {"--set", "base.file=text.safetensors"});

    TensorFile plain = tensors("runs/first/model.safetensors");
    plain.metadata.clear();
    plain.tensors[0].tensor[0] = std::nanf("");
    const std::vector<uint8_t> bytes = write_safetensors(plain);
    write("plain.safetensors", {bytes.begin(), bytes.end()});
    refused(1, {"plain.safetensors", "has no network beside its weights", "plain.json"},
            {"--set", "base.file=plain.safetensors"});
    write("plain.json",
          R"({"layers": [{"type": "conv2d", "name": "conv", "out_channels": 9, "kernel": 3}, "batch_norm",
        "relu", {"type": "global_avg_pool", "name": "pool"}]})");
    refused(
        1,
        {"plain.safetensors", "does not fit its network", "base.conv.weight is 8×3×3×1 instead of 9×3×3×1"},
        {"--set", "base.file=plain.safetensors"});
    write("plain.json", R"({"layers": []})");
    refused(1, {"plain.json.layers"}, {"--set", "base.file=plain.safetensors"});
}

}  // namespace
}  // namespace cnnlab::test
