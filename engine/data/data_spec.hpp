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
    bool permute_pixels = false;
    std::vector<float> mean, stddev;  ///< instead of the card's; empty: the card's

    static constexpr auto fields() {
        using D = DataSpec;
        return std::tuple{
            field("name", &D::name, "a data set: `data` lists them").must(),
            field("train_limit", &D::train_limit, "use only so many training images; 0: all", 0, 1e9),
            field("test_limit", &D::test_limit, "use only so many test images; 0: all", 0, 1e9),
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

/// Cuts, permutes and re-normalises a data set as the spec says. Philox draws the permutation from its own fixed
/// stream. Throws Error if mean and std do not have the card's number of channels.
void apply_data_spec(const DataSpec& spec, Dataset& dataset);

}  // namespace cnnlab
