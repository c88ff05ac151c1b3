#pragma once

#include <optional>
#include <span>
#include <string>
#include <tuple>
#include <vector>

#include "engine/core/spec.hpp"
#include "engine/data/dataset.hpp"

namespace cnnlab {

/// Which images an experiment learns from, and how many of them.
struct DataSpec {
    static constexpr std::string_view key = "dataset";
    std::string name;
    std::optional<AnyDataset> kind;  ///< that of the card of this name; none: the program brings the images
    int train_limit = 0, test_limit = 0;
    float label_noise = 0, imbalance = 1;
    bool permute_pixels = false;
    std::vector<float> mean, stddev;  ///< instead of the card's; empty: the card's

    static constexpr auto fields() {
        using D = DataSpec;
        return std::tuple{
            field("name", &D::name, "a data set: `data` lists them").must(),
            field("train_limit", &D::train_limit, "use only so many training images; 0: all", 0, 1e9),
            field("test_limit", &D::test_limit, "use only so many test images; 0: all", 0, 1e9),
            field("label_noise", &D::label_noise,
                  "replace the labels of this share of the training images by another class at random", 0, 1)
                .if_set(),
            field(
                "imbalance", &D::imbalance,
                "thin out the training images class by class, so that the last class keeps this share of its "
                "own; 1: all",
                0.001, 1)
                .if_set(),
            field("permute_pixels", &D::permute_pixels,
                  "shuffle the pixels of every image by one fixed permutation"),
            field("mean", &D::mean, "per channel, of pixels / 255, instead of the data set's", 0, 1),
            field("std", &D::stddev, "per channel, of pixels / 255, instead of the data set's", 1e-3, 1e3),
            flatten(&D::kind)};
    }
    /// A built-in data set with the defaults of its card.
    static DataSpec named(const std::string& name) { return from_json(name, "dataset"); }
    static DataSpec from_json(const Json& json, const std::string& place);
    [[nodiscard]] Json to_json() const;
};

/// The card of these images before any is read: the built-in one, its shape, mean and deviation as the spec wants them.
/// Classes are empty where only the images tell. Throws Error as find_card and apply_data_spec do.
[[nodiscard]] DatasetCard card_of(const DataSpec& spec);

/// Which images a limit keeps, in their order: the first `limit`. Images sorted by class, as those of a folder, are
/// taken from all classes in proportion, at even distances, and one at least of each class where the limit allows.
[[nodiscard]] std::vector<size_t> limited_images(std::span<const int32_t> labels, int64_t limit);

/// Re-normalises, cuts, unbalances, mislabels and permutes a data set as the spec says, in this order. The permutation
/// and the labels are drawn from Philox streams of their own, which no experiment's seed changes: the images are the
/// same for all seeds. Throws Error if mean and std do not have the card's number of channels, or if labels shall
/// change and there is one class only.
void apply_data_spec(const DataSpec& spec, Dataset& dataset);

}  // namespace cnnlab
