#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "engine/data/dataset.hpp"

namespace cnnlab {

/// Which picture of a folder is of which class and split.
struct FolderPlan {
    struct Picture {
        size_t path;    ///< its index among the paths
        int32_t label;  ///< its class
    };
    std::vector<std::string> classes;
    std::vector<Picture> train, test;
};

/// Divides the pictures of a folder by the folders that they lie in:
///
///     CLASS/PICTURE, divided by seed    or    train/CLASS/PICTURE and test/CLASS/PICTURE, as they are
///
/// Paths are relative, with "/" between folders; one that ends in "/" is a folder, which may be empty. Folders around
/// all of this are passed over, and so are pictures that lie in no folder of a class, hidden files, Thumbs.db,
/// desktop.ini and __MACOSX. Letters of "train" and "test" may be capitals. Classes are in the order of their names,
/// pictures in that of theirs (by byte), whatever the order of `paths`. A division is stratified: of the `count`
/// pictures of a class round(test_share · count) become test images, at least one and not all (with test_share 0 none),
/// the first of epoch_order(count, seed, label). Throws Error: missing_data, the place being the folder after `place`,
/// for fewer than two classes, an empty class, one with too few pictures to divide, a folder inside a class, and
/// classes that train and test do not share; out_of_range with place "data.FIELD".
[[nodiscard]] FolderPlan plan_folder(std::span<const std::string> paths, const datasets::Folder& spec,
                                     const std::string& place = "");

/// The card of pictures in a folder: shape, classes, counts, and mean and deviation of the
/// training images, at least 1 / 255.
[[nodiscard]] DatasetCard folder_card(const datasets::Folder& spec, std::vector<std::string> classes,
                                      const Split& train, const Split& test);

}  // namespace cnnlab
