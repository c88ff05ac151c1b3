// Images that are for tests only, by what they are called: `eval` takes all of them.

#include <fstream>

#include "native/pictures/picture_file.hpp"
#include "tests/cli/program.hpp"

namespace cnnlab::test {
namespace {

namespace fs = std::filesystem;

class TestImages : public CommandLine {
  protected:
    void SetUp() override {
        CommandLine::SetUp();
        pictures("pets", 5, 10);
        write("own.json", R"({"name": "own", "dataset": {"name": "folder", "size": 8},
            "model": {"layers": ["flatten", {"type": "dense", "out_features": 2}]},
            "optimizer": {"type": "sgd", "lr": 0.1}, "train": {"epochs": 1, "batch": 4}})");
    }

    /// Two classes, of `count` pictures each.
    void pictures(const fs::path& folder, int count, int base) const {
        for (const auto& [name, more] : {std::pair{"cats", 0}, {"dogs", 140}})
            for (int i = 0; i < count; ++i)
                write_png(folder_ / folder / name / (std::to_string(i) + ".png"),
                          Image(8, 8, 3, static_cast<uint8_t>(base + more + 9 * i)));
    }
    /// A table of `count` images of one pixel's brightness, of two classes.
    void table(const std::string& name, int count) const {
        std::string text = "label";
        for (int pixel = 0; pixel < 64; ++pixel) text += ",p" + std::to_string(pixel);
        for (int image = 0; image < count; ++image) {
            text += image % 2 == 0 ? "\ncats" : "\ndogs";
            for (int pixel = 0; pixel < 64; ++pixel) text += "," + std::to_string((image * 7 + pixel) % 256);
        }
        fs::create_directories((folder_ / name).parent_path());
        write(name, text + "\n");
    }
    /// A .npy of bytes.
    void array(const std::string& name, const std::string& shape, const std::string& values) const {
        std::string header = "{'descr': '|u1', 'fortran_order': False, 'shape': (" + shape + "), }";
        header += std::string(63 - (header.size() + 10) % 64, ' ') + "\n";
        fs::create_directories((folder_ / name).parent_path());
        std::ofstream file(folder_ / name, std::ios::binary);
        file.write("\x93NUMPY\x01\x00", 8).put(static_cast<char>(header.size())).put('\0');
        file << header << values;
    }
    [[nodiscard]] Json evaluated(const std::string& run, const std::string& data) const {
        return succeed({"eval", run, "--data", data, "--json"}).json();
    }
};

TEST_F(TestImages, OfAFolderThatIsCalledSoAreAllTaken) {
    succeed({"train", "own.json", "--data", "pets", "--run", "r"});
    pictures("test", 4, 30);
    EXPECT_EQ(evaluated("r", "test")["count"], 8);
    pictures("others/Test", 3, 30);
    EXPECT_EQ(evaluated("r", "others")["count"], 6);
    EXPECT_EQ(evaluated("r", "others/Test/")["count"], 6);
    // a single picture of a class is no division's
    pictures("val", 1, 30);
    const std::string text = succeed({"eval", "r", "--data", "val"}).out;
    for (const char* word : {"2 test images", "all images are test images, as their names say"})
        EXPECT_TRUE(contains(text, word)) << text;
    // other names say nothing, and a split inside says more
    pictures("photos", 5, 30);
    EXPECT_EQ(evaluated("r", "photos")["count"], 2);
    pictures("both/test/train", 5, 30);
    pictures("both/test/test", 2, 30);
    EXPECT_EQ(evaluated("r", "both")["count"], 4);
}

TEST_F(TestImages, OfTheRunItselfStayThoseThatItWasTestedWith) {
    pictures("test", 5, 30);
    succeed({"train", "own.json", "--data", "test", "--run", "r"});
    const Json first = succeed({"eval", "r", "--json"}).json();
    EXPECT_EQ(first["count"], 2);
    EXPECT_EQ(evaluated("r", "test"), first);
    fs::create_directory(folder_ / "moved");
    fs::rename(folder_ / "test", folder_ / "moved/test");
    EXPECT_EQ(evaluated("r", "moved/test")["count"], 2);
}

TEST_F(TestImages, OfTablesAndArraysAreAllTaken) {
    table("train.csv", 20);
    succeed({"train", "own.json", "--data", "train.csv", "--set", "dataset.grey=true", "--run", "t"});
    table("sent/test.csv", 6);
    EXPECT_EQ(evaluated("t", "sent/test.csv")["count"], 6);
    EXPECT_EQ(evaluated("t", "sent")["count"], 6);
    table("other.csv", 10);
    EXPECT_EQ(evaluated("t", "other.csv")["count"], 2);

    const std::string images(640, '\x40'), labels("\0\1\0\1\0\1\0\1\0\1", 10);
    std::string varied = images;
    for (size_t i = 0; i < varied.size(); ++i) varied[i] = static_cast<char>(i * 7 % 251);
    for (const std::string folder : {"whole/", "half/"}) {
        array(folder + "x_test.npy", "10, 8, 8", varied);
        array(folder + "y_test.npy", "10,", labels);
    }
    array("whole/x_train.npy", "10, 8, 8", varied);
    array("half/x_train.npy", "10, 8, 8", varied);
    array("whole/y_train.npy", "10,", labels);
    succeed({"train", "own.json", "--data", "whole", "--set", "dataset.grey=true", "--run", "a"});
    EXPECT_EQ(evaluated("a", "half")["count"], 10);
    fail(1, {"train", "own.json", "--data", "half"}, {"dataset.arrays", "x_test", "name them"});
}

}  // namespace
}  // namespace cnnlab::test
