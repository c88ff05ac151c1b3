#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "engine/data/dataset.hpp"
#include "engine/data/label_table.hpp"

namespace cnnlab {

/// Which picture of a folder is of which class and split.
struct FolderPlan {
    struct Picture {
        size_t path;    ///< its index among the paths
        int32_t label;  ///< its class
    };
    std::vector<std::string> classes;
    std::vector<Picture> train, test;
    DataReport report;
};

/// Divides the pictures of a folder as layout_of (engine/data/folder_layout.hpp) finds them there. Pictures are in the
/// order of their classes, whatever the order of `paths`. Where there is no test split, the division is stratified: of
/// the `count` pictures of a class round(test_share · count) become test images, at least one and not all (with
/// test_share 0 none), the first of epoch_order(count, seed, label). Throws Error: as layout_of; missing_data for a
/// class with too few pictures to divide; out_of_range with place "data.FIELD".
[[nodiscard]] FolderPlan plan_folder(std::span<const std::string> paths, const datasets::Folder& spec,
                                     const std::string& place = "", std::span<const std::string> known = {},
                                     std::span<const LabelTable> tables = {});

/// A picture of a plan that turned out to be unreadable.
struct BadPicture {
    size_t path = 0;  ///< its index among the paths
    Message problem;  ///< "is truncated"; empty: a decoder has given no reason
};

/// Takes bad pictures out of a plan, in which the report then lists them. Throws Error, the place being `place`, that
/// names all of them unless spec.skip_bad, or the class of which nothing is left to train on.
void leave_out(FolderPlan& plan, std::span<const BadPicture> bad, std::span<const std::string> paths,
               const datasets::Folder& spec, const std::string& place = "");

/// The card of pictures in a folder: shape, classes, counts, and mean and deviation of the
/// training images, at least 1 / 255.
[[nodiscard]] DatasetCard folder_card(const datasets::Folder& spec, std::vector<std::string> classes,
                                      const Split& train, const Split& test);

}  // namespace cnnlab
