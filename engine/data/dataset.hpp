#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "engine/core/message.hpp"
#include "engine/core/shape.hpp"
#include "engine/data/formats.hpp"

namespace cnnlab {

/// One official file of a data set: where it is fetched from and how it is checked.
struct DatasetFile {
    static constexpr std::string_view key = "file";
    std::string name;    ///< "train-images-idx3-ubyte.gz"
    std::string url;     ///< the official address
    std::string sha256;  ///< lower-case hex
    int64_t bytes = 0;

    bool operator==(const DatasetFile&) const = default;

    static constexpr auto fields() {
        using F = DatasetFile;
        return std::tuple{
            field("name", &F::name, "the file's name, without a folder").must(),
            field("url", &F::url, "the official address").must(),
            field("sha256", &F::sha256, "64 hexadecimal digits, as sha256sum prints them").must(),
            field("bytes", &F::bytes, "the file's size", 1, 1099511627776.0).must()};
    }
};

/// What is known of a data set before its images are read. `datasets/NAME/card.json`.
struct DatasetCard {
    static constexpr std::string_view key = "card";
    std::string name, title, licence, source;
    AnyDataset format;                 ///< which reader, with the data set's own fields
    ImageShape image;                  ///< height, width, channels of one image
    std::vector<std::string> classes;  ///< names, in label order; empty in a card whose data bring their own
    std::vector<float> mean,
        stddev;  ///< per channel, of pixels / 255: a network sees (pixel / 255 − mean) / stddev
    int64_t train_count = 0, test_count = 0;  ///< images in the official splits; 0: whatever the files hold
    std::vector<DatasetFile> files;           ///< idx: train images, train labels, test images, test labels
    std::string system_directory;  ///< where a package of the operating system puts the files; may be empty
    std::string install;           ///< the command that installs that package; may be empty

    static constexpr auto fields() {
        using C = DatasetCard;
        constexpr double most = 1099511627776.0;  // 2⁴⁰: beyond any data set that fits in memory
        return std::tuple{
            field("name", &C::name, "what an experiment calls the data set").must(),
            field("title", &C::title, "what a person calls it").must(),
            field("licence", &C::licence, "who may use it for what").must(),
            field("source", &C::source, "the page or paper that it comes from").must(),
            field("format", &C::format, "the reader: idx, cifar10-binary, lines or folder").must().as_word(),
            field("image", &C::image, "the shape of one image").must(),
            field("classes", &C::classes, "names in label order").must(),
            field("mean", &C::mean, "per channel, of pixels / 255", 0, 1).must(),
            field("stddev", &C::stddev, "per channel, of pixels / 255", 1e-6, 1e3).must(),
            field("train_count", &C::train_count, "training images; 0: whatever the files hold", 0, most),
            field("test_count", &C::test_count, "test images; 0: whatever the files hold", 0, most),
            field("files", &C::files, "the official files").must(),
            field("system_directory", &C::system_directory, "where the system's package puts the files"),
            field("install", &C::install, "the command that installs that package")};
    }
};

/// Images as stored: uint8, [count, H, W, C], with one class index an image.
struct Split {
    std::vector<uint8_t> images;
    std::vector<int32_t> labels;
    bool floats = false;  ///< `images` are the bytes of floats, such as features: 4 for each number

    [[nodiscard]] int64_t count() const { return static_cast<int64_t>(labels.size()); }
};

/// A file that was given and is not used, or a folder of them, whose path ends in "/".
struct UnusedFiles {
    std::string path;
    int64_t files = 1;
    Message reason;  ///< "is no picture"
};

/// How a reader has understood what it was given.
struct DataReport {
    std::vector<Message> notes;  ///< such as which folder is the test split
    std::vector<UnusedFiles> unused;
};

/// A data set in memory. Readers (IDX, CIFAR-10 binary, image folder, synthetic) return one.
struct Dataset {
    DatasetCard card;
    Split train, test;
    std::string origin;  ///< where this copy came from, for a person to read: a folder, or "generated"
    DataReport report;
};

/// Throws Error (bad_file, out_of_range) unless the split holds whole images of the card's shape and labels within
/// its classes.
void check_split(const Split& split, const DatasetCard& card, const std::string& place);

}  // namespace cnnlab
