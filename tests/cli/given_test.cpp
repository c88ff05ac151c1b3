// What a person gives is final: it is understood as given, or refused by name.

#include <sstream>

#include "native/pictures/picture_file.hpp"
#include "native/system/file_bytes.hpp"
#include "tests/cli/program.hpp"

namespace cnnlab::test {
namespace {

namespace fs = std::filesystem;

class Given : public CommandLine {
  protected:
    void SetUp() override {
        CommandLine::SetUp();
        for (const auto& [name, base] : {std::pair{"cats", 10}, {"dogs", 150}})
            for (int i = 0; i < 5; ++i)
                write_png(folder_ / "pets" / name / (std::to_string(i) + ".png"),
                          Image(8, 8, 3, static_cast<uint8_t>(base + 9 * i)));
        write("own.json", R"({"name": "own", "dataset": {"name": "folder", "size": 8},
            "model": {"layers": ["flatten", {"type": "dense", "out_features": 2}]},
            "optimizer": {"type": "sgd", "lr": 0.1}, "train": {"epochs": 1, "batch": 4}})");
    }
};

TEST_F(Given, AModelByItselfIsOpened) {
    succeed({"train", "own.json", "--data", "pets", "--run", "mine"});
    fs::copy_file(folder_ / "mine/model.safetensors", folder_ / "sent.safetensors");
    const auto answers = [&](const std::string& run) {
        return succeed({"predict", run, "pets/cats/0.png", "--json"}).json()["predictions"];
    };
    EXPECT_EQ(answers("sent.safetensors"), answers("mine"));
    const auto accuracy = [&](const std::string& run) {
        return succeed({"eval", run, "--data", "pets", "--json"}).json()["loss"];
    };
    EXPECT_EQ(accuracy("sent.safetensors"), accuracy("mine"));
    fail(1, {"eval", "sent.safetensors"}, {"does not know which folder", "--data DIR"});
    fail(1, {"predict", "own.json", "pets/cats/0.png"}, {"own.json: is a file"});
}

TEST_F(Given, ALookAtOwnImagesEndsWithACommandThatTrainsOnThem) {
    std::string table;
    for (int image = 0; image < 20; ++image) {
        table += image % 2 == 0 ? "cup" : "plate";
        for (int pixel = 0; pixel < 28 * 28; ++pixel) table += "," + std::to_string((image * pixel) % 256);
        table += "\n";
    }
    write("table.csv", table);
    for (const auto& arguments :
         {std::vector<std::string>{"data", "pets", "--layout", "classes"}, {"data", "table.csv"}}) {
        std::string text = succeed(arguments).out;
        text = text.substr(text.find(" train fashion-cnn ") + 1);
        std::istringstream words(text.substr(0, text.find('\n')) + " --steps 1");
        std::vector<std::string> command;
        for (std::string word; words >> word;) command.push_back(word);
        EXPECT_TRUE(contains(text, ".out_features=2")) << text;
        EXPECT_TRUE(contains(succeed(command).out, "8 + 2, plate 8 + 2") || arguments[1] == "pets");
    }
}

TEST_F(Given, AFileOfAnotherKindIsToldByName) {
    write("pets.zip", "PK\x03\x04");
    fail(
        1, {"train", "pets.zip"},
        {"pets.zip: is an archive or a packed file, not an experiment", "data pets.zip` prints the command"});
    fail(1, {"train", "pets"}, {"pets: is a folder, not an experiment", "data pets` prints the command"});
    fail(1, {"train", "fashion-dense", "--data", "pets"},
         {"holds no files of fashion-mnist", "pets` prints the command"});
    write("train.csv", "label,pixel1\n");
    fail(1, {"train", "train.csv"}, {"train.csv: is a table, not an experiment", "data train.csv`"});
    fail(1, {"train", "./train.csv"}, {"is a table, not an experiment"});
    fail(1, {"data", "nowhere"}, {"nowhere: is no data set, and there is no such folder or file"});
    fail(1, {"describe", "./pets/cats/0.png"}, {"0.png: is a picture, not an experiment"});
    fail(1, {"data", "pets/cats/0.png"}, {"0.png: is a single picture", "name the folder"});
    fail(1, {"data", "pets/cats/0.png", "--report"}, {"0.png: is a single picture"});
    succeed({"train", "own.json", "--data", "pets", "--run", "mine"});
    fail(1, {"data", "mine"}, {"mine: is a run, not images", "mine/data.json"});
    fs::copy_file(folder_ / "mine/model.safetensors", folder_ / "sent.safetensors");
    fail(1, {"train", "./sent.safetensors"}, {"sent.safetensors: is weights, not an experiment", "predict"});
}

TEST_F(Given, TwoValuesForOneFieldAreRefused) {
    fail(1, {"train", "lines", "--epochs", "5", "--set", "train.epochs=3"},
         {"train.epochs: is given twice, as 3 and as 5"});
    fail(1, {"train", "lines", "--set", "optimizer.lr=.1", "--set", "optimizer.lr=.2"},
         {"optimizer.lr: is given twice"});
    fail(1, {"train", "lines", "--set", "optimizer.lr=.5", "--set", R"(optimizer={"type": "adam"})"},
         {"optimizer.lr: is given, and so is optimizer"});
    fail(1, {"data", "pets", "--out", "pictures"}, {"--out: is of no use", "data folder --data pets"});
    fail(2, {"train", "lines", "--steps", "0"}, {"--steps: is 0: give 1 or more"});
}

TEST_F(Given, NothingIsWrittenAmongOnesOwnFiles) {
    fail(1, {"train", "own.json", "--data", "pets", "--run", "pets"},
         {"pets: holds other files, such as", "--run DIR"});
    fail(1, {"train", "lines", "--run", "."}, {"holds other files"});
    fail(1, {"study", "own.json", "--vary", "optimizer.lr=.1,.2", "--data", "pets", "--out", "pets"},
         {"pets: holds other files", "--out DIR"});
    const std::string before = read("own.json");
    fail(1, {"data", "lines", "--report", "own.json"}, {"own.json", "let it end in .html"});
    EXPECT_EQ(read("own.json"), before);
    succeed({"data", "pets"});
}

TEST_F(Given, WhatIsOfNoUseIsRefused) {
    fail(1, {"train", "lines", "--device", "reference", "--arch", "avx2"}, {"--arch: is for the CPU"});
    fail(1, {"data", "lines", "--report", "--duplicates", "nan"}, {"--duplicates"});
    fail(1, {"train", "own.json", "--data", "pets", "--set", "dataset.directory=pets"},
         {"--data pets", "and so is --set dataset.directory=pets", "give one of them"});
    fail(2, {"data", "fashion-mnist", "--fetch", "--out", "pictures"}, {"--out", "--fetch"});
}

TEST_F(Given, ATrainingWithoutTestImagesSaysSo) {
    const Outcome trained =
        succeed({"train", "own.json", "--data", "pets", "--run", "mine", "--set", "dataset.test_share=0"});
    EXPECT_NE((trained.out + trained.err).find("there are no test images"), std::string::npos)
        << (trained.out + trained.err);
    const Outcome study = succeed({"study", "own.json", "--vary", "optimizer.lr=.1,.2", "--data", "pets",
                                   "--seeds", "2", "--set", "dataset.test_share=0"});
    EXPECT_NE((study.out + study.err).find("there are no test images"), std::string::npos)
        << (study.out + study.err);
    EXPECT_EQ((study.out + study.err).find("0.00 %"), std::string::npos) << (study.out + study.err);
}

TEST_F(Given, ATrainingThatDivergesIsSaid) {
    const std::string words = "far above that of guessing";
    const auto out =
        succeed({"train", "own.json", "--data", "pets", "--set", "loss=mean_squared_error", "--epochs", "9"})
            .out;
    EXPECT_NE(out.find(words), std::string::npos) << out;
    EXPECT_EQ(succeed({"train", "lines", "--epochs", "1"}).out.find(words), std::string::npos);
}

TEST_F(Given, WeightsAreLookedForBeforeImages) {
    fail(1, {"train", "lines", "--models", "nowhere"}, {"--models nowhere: is no folder"});
    fail(1, {"train", "lines", "--models", "."}, {"is of no use: lines begins with no trained network"});
    // no images of it are here either, and nothing is fetched
    fail(1, {"train", "cifar10-mobilenet", "--models", "."}, {"the weights of mobilenet-v2"});
}

TEST_F(Given, ANameOfTheProgramBesideAFileOfThatNameIsSaid) {
    write("lines.json", read("own.json"));
    fs::create_directory(folder_ / "lines");
    const std::string words = "is the one that comes with the program; for what lies here write ";
    EXPECT_NE(succeed({"describe", "lines"}).err.find(words + "./lines.json"), std::string::npos);
    EXPECT_NE(succeed({"train", "lines", "--steps", "1"}).err.find(words + "./lines.json"),
              std::string::npos);
    EXPECT_NE(succeed({"data", "lines"}).err.find(words + "./lines\n"), std::string::npos);
    EXPECT_EQ(succeed({"describe", "fashion-cnn"}).err, "");
}

}  // namespace
}  // namespace cnnlab::test
