#pragma once

#include <optional>
#include <span>
#include <string>

#include "engine/data/folder_tree.hpp"
#include "engine/data/label_table.hpp"

namespace cnnlab {

/// Pictures in folders of their classes, as if they lay there, by the labels in tables; none where no table has labels.
/// A picture is of the split that a folder between `top` and it names, or its table. The report gets the tables, and
/// the files that have no label; a folder of a split of which no picture has one stays as it is. Throws Error
/// (missing_data), the place being the file after `place`, for a picture with two labels.
[[nodiscard]] std::optional<FolderTree> tree_by_labels(std::span<const std::string> paths,
                                                       std::span<const LabelTable> tables,
                                                       const std::string& top, const std::string& place,
                                                       DataReport& report);

}  // namespace cnnlab
