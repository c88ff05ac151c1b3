#pragma once

#include <array>
#include <optional>
#include <span>
#include <string>

namespace cnnlab {

/// The files of an IDX data set among others.
struct IdxFiles {
    enum Role : size_t { train_images, train_labels, test_images, test_labels };

    std::string prefix;                          ///< before "train-images…", such as "emnist-letters-"
    std::array<std::optional<size_t>, 4> found;  ///< indices among the paths, by role

    [[nodiscard]] bool any() const;
    /// The name of a file as these are named, packed: "train-labels-idx1-ubyte.gz".
    [[nodiscard]] std::string name_of(Role role) const;
};

/// Finds them by their names; "/" stands between folders. A name is
///
///     [PREFIX-] train or t10k or test - images or labels - idx3-ubyte, idx1-ubyte or idx2-int [.gz]
///
/// with "-", "_" or "." between its parts, in capitals or not, perhaps with the mark of a copy, "(1)", "- Copy", "copy
/// 2". Of a file that is there several times the one without a mark counts, and the packed one. `prefix`: only such
/// files. Throws Error (bad_file), the place being a file's path, where files of two data sets are there.
[[nodiscard]] IdxFiles find_idx_files(std::span<const std::string> paths,
                                      const std::optional<std::string>& prefix = {});

/// A file's name in small letters and without the marks of a copy: "train-images.idx3-ubyte.gz" of
/// "Train-Images.idx3-ubyte (1).gz".
[[nodiscard]] std::string plain_name(std::string_view name);

}  // namespace cnnlab
