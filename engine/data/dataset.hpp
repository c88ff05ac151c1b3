#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "engine/core/shape.hpp"

namespace cnnlab {

/// One official file of a data set: where it is fetched from and how it is checked.
struct DatasetFile {
    std::string name;    ///< "train-images-idx3-ubyte.gz"
    std::string url;     ///< the official address
    std::string sha256;  ///< lower-case hex
    int64_t bytes = 0;

    bool operator==(const DatasetFile&) const = default;
};

/// What is known of a data set before its images are read. `datasets/NAME/card.json`.
struct DatasetCard {
    std::string name, title, licence, source;
    std::string format;                ///< which reader: "idx", "cifar10-binary", "lines", "folder"
    ImageShape image;                  ///< height, width, channels of one image
    std::vector<std::string> classes;  ///< names, in label order; empty in a card whose data bring their own
    std::vector<float> mean,
        stddev;  ///< per channel, of pixels / 255: a network sees (pixel / 255 − mean) / stddev
    int64_t train_count = 0, test_count = 0;  ///< images in the official splits; 0: whatever the files hold
    std::vector<DatasetFile> files;           ///< idx: train images, train labels, test images, test labels
    std::string system_directory;  ///< where a package of the operating system puts the files; may be empty
    std::string install;           ///< the command that installs that package; may be empty
};

/// Images as stored: uint8, [count, H, W, C], with one class index an image.
struct Split {
    std::vector<uint8_t> images;
    std::vector<int32_t> labels;

    [[nodiscard]] int64_t count() const { return static_cast<int64_t>(labels.size()); }
};

/// A data set in memory. Readers (IDX, CIFAR-10 binary, image folder, synthetic) return one.
struct Dataset {
    DatasetCard card;
    Split train, test;
    std::string origin;  ///< where this copy came from, for a person to read: a folder, or "generated"
};

/// Throws Error (bad_file, out_of_range) unless the split holds whole images of the card's shape and labels within
/// its classes.
void check_split(const Split& split, const DatasetCard& card, const std::string& place);

}  // namespace cnnlab
