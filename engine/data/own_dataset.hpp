#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/data/array.hpp"
#include "engine/data/dataset.hpp"

namespace cnnlab {

/// Images of one split as a file has them, and the names of the files for messages.
struct OwnSplit {
    ImageArray images;
    Labels labels;
    std::string images_place, labels_place;
};

/// A data set of images that no card foretells.
///
/// Classes are `classes` where a file names them; else the labels' names in order, or their numbers from 0 (from 1
/// where no label is 0) to the largest, written with as many digits as the largest has. Without test images each class
/// is divided as a folder's is (test_images_of, by own.test_share and own.seed). Images whose count, shape and mean are
/// those of a card of the library are that data set, in their own order; others have a card of format folder, with mean
/// and deviation of the training images, in the order of their classes, as a folder has them. Throws Error: bad_file
/// for images and labels of different numbers, and for test images of another shape; missing_data for a single class;
/// out_of_range for a label beyond `classes`.
[[nodiscard]] Dataset own_dataset(OwnSplit train, std::optional<OwnSplit> test,
                                  std::vector<std::string> classes, const datasets::Folder& own,
                                  const std::string& title);

}  // namespace cnnlab
