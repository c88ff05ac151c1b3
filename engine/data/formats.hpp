#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <tuple>
#include <variant>
#include <vector>

#include "engine/core/fields.hpp"

namespace cnnlab {

struct DatasetCard;

/// Where images come from, as a card's "format" names it; the fields are what an experiment says in its "dataset". A
/// format is one struct here, a reader in engine/data/, and whatever drivers' overloads the compiler then asks for.
namespace datasets {

/// A pair of IDX files a split: MNIST and its successors. engine/data/idx.hpp has the layout.
struct Idx {
    static constexpr std::string_view type = "idx";
    static constexpr auto fields() { return std::tuple{}; }
    void adapt(DatasetCard&) const {}
};

/// Files of records, a label and three planes each. engine/data/cifar10_binary.hpp has the layout.
struct Cifar10Binary {
    static constexpr std::string_view type = "cifar10-binary";
    /// The official files, the test images last, and the folder in which the official archive has them.
    static constexpr std::array<std::string_view, 6> files{"data_batch_1.bin", "data_batch_2.bin",
                                                           "data_batch_3.bin", "data_batch_4.bin",
                                                           "data_batch_5.bin", "test_batch.bin"};
    static constexpr std::string_view folder = "cifar-10-batches-bin";
    static constexpr auto fields() { return std::tuple{}; }
    void adapt(DatasetCard&) const {}
};

/// Images of one line each, which a network tells apart by direction. engine/data/lines.hpp draws them. The defaults
/// are the classic exercise: 5×5 images, vertical (label 1) or horizontal (label 0), noise uniform in [0, 0.2).
struct Lines {
    static constexpr std::string_view type = "lines";
    int count = 100;      ///< training images, alternately of class 1 and class 0
    int size = 5;         ///< height and width, in pixels
    float noise = 0.2F;   ///< added to every pixel of a training image: uniform in [0, noise)
    float thickness = 1;  ///< of the line, in pixels
    std::vector<float> vertical_angles{
        90};  ///< class 1, in degrees, counter-clockwise from horizontal; taken in turn
    std::vector<float> horizontal_angles{0};  ///< class 0
    uint64_t seed = 0;                        ///< of the noise

    static constexpr auto fields() {
        using L = Lines;
        return std::tuple{field("count", &L::count, "training images", 1, 100000),
                          field("size", &L::size, "height and width in pixels", 3, 64),
                          field("noise", &L::noise, "uniform noise from 0 to this, where a line is 1", 0, 1),
                          field("thickness", &L::thickness, "of the line, in pixels", 0.1, 64),
                          field("vertical_angles", &L::vertical_angles,
                                "degrees of the lines of class \"vertical\"", -360, 360),
                          field("horizontal_angles", &L::horizontal_angles,
                                "degrees of the lines of class \"horizontal\"", -360, 360),
                          field("seed", &L::seed, "of the noise")};
    }
    /// Size, deviation and counts of the images.
    void adapt(DatasetCard& card) const;
};

/// What the folders of pictures are: as they look, each a class, splits with classes in them, or each that holds
/// pictures a class of its last name.
enum class FolderMeaning { automatic, classes, splits, deepest };
/// What a validation split is: the test split where there is no other, or always; more training images; nothing.
enum class ValidationUse { automatic, test, train, unused };

/// A person's own pictures, one folder a class. engine/data/folder_layout.hpp has the layouts.
struct Folder {
    static constexpr std::string_view type = "folder";
    Pair size{32};            ///< every image is cropped and resized to this height and width
    bool grey = false;        ///< one channel instead of three
    float test_share = 0.2F;  ///< of each class, where the folder has no test split of its own
    uint64_t seed = 0;        ///< of the split
    std::vector<std::string>
        arrays;          ///< of a file of arrays whose names do not tell: images, labels(, of the test)
    std::string labels;  ///< where a file has several kinds: "fine" or "coarse" of CIFAR-100
    FolderMeaning layout = FolderMeaning::automatic;
    ValidationUse validation = ValidationUse::automatic;
    bool skip_bad = false;  ///< leave out pictures that cannot be read, instead of an error that names them

    static constexpr auto fields() {
        using F = Folder;
        return std::tuple{
            field("size", &F::size, "height and width that every image is brought to, in pixels", 4, 1024),
            field("grey", &F::grey, "one channel instead of three"),
            field("test_share", &F::test_share, "share of each class that is kept for testing", 0, 0.9),
            field("seed", &F::seed, "of the split into training and test images"),
            field("arrays", &F::arrays,
                  "names of arrays: training images, their labels, and test images, their labels"),
            field("labels", &F::labels, "which labels, where files have several: fine or coarse (CIFAR-100)"),
            field("layout", &F::layout,
                  "what the folders are: each a class, splits with classes in them, or the deepest each a "
                  "class"),
            field("validation", &F::validation,
                  "what a validation split is: the test split (auto: where there is no other), training "
                  "images, or unused"),
            field("skip_bad", &F::skip_bad,
                  "leave out pictures that cannot be read; the run keeps their list")};
    }
    /// Shape of the images. Their mean, deviation and classes only the pictures tell.
    void adapt(DatasetCard& card) const;
};

}  // namespace datasets

template <>
struct EnumNames<datasets::FolderMeaning> {
    static constexpr std::array<std::string_view, 4> names{"auto", "classes", "splits", "deepest"};
};
template <>
struct EnumNames<datasets::ValidationUse> {
    static constexpr std::array<std::string_view, 4> names{"auto", "test", "train", "unused"};
};

/// All formats: the one place where they stand.
using AnyDataset = std::variant<datasets::Idx, datasets::Cifar10Binary, datasets::Lines, datasets::Folder>;

}  // namespace cnnlab
