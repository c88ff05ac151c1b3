#pragma once

#include <filesystem>
#include <optional>

#include "engine/data/dataset.hpp"

namespace cnnlab {

/// Whether a folder, file or archive that a person has named holds images in files that a reader of the engine knows
/// (arrays, tables, records), and no folder of pictures. Throws Error as GivenFiles and DatasetReader::recognise do.
[[nodiscard]] bool are_own_files(const std::filesystem::path& place, const datasets::Folder& own);

/// The images in such files, with the files that were not used; nothing where no reader knows them. Throws Error as
/// DatasetReader does.
[[nodiscard]] std::optional<Dataset> read_own_files(const std::filesystem::path& place,
                                                    const datasets::Folder& own);

}  // namespace cnnlab
