#pragma once

#include <filesystem>
#include <tuple>

#include "engine/core/spec.hpp"
#include "engine/data/dataset.hpp"

namespace cnnlab {

/// How a folder of pictures becomes a data set.
struct FolderSpec {
    Pair size{32};            ///< every image is cropped and resized to this height and width
    bool grey = false;        ///< one channel instead of three
    float test_share = 0.2F;  ///< of each class, where the folder has no train/ and test/ of its own
    uint64_t seed = 0;        ///< of the split

    static constexpr auto fields() {
        using F = FolderSpec;
        return std::tuple{
            field("size", &F::size, "height and width that every image is brought to, in pixels", 4, 1024),
            field("grey", &F::grey, "one channel instead of three"),
            field("test_share", &F::test_share, "share of each class that is kept for testing", 0, 0.9),
            field("seed", &F::seed, "of the split into training and test images")};
    }
};

/// Reads the user's own images:
///
///     DIRECTORY/CLASS/IMAGE, split by seed    or    DIRECTORY/train/CLASS/IMAGE and DIRECTORY/test/CLASS/IMAGE
///
/// Classes are in the order of their names, files in that of theirs; hidden files, Thumbs.db and desktop.ini are passed over. The
/// split is stratified: of each class the same share, at least one image on either side (with test_share 0 the test split is empty).
/// The card's mean and stddev are those of the training images.
/// Throws Error: missing_data for a folder that is not there or has fewer than two classes, an empty class, or too few images;
/// bad_file for a file that is no image; out_of_range with place "data.FIELD".
Dataset read_image_folder(const std::filesystem::path& directory, const FolderSpec& spec);

}  // namespace cnnlab
