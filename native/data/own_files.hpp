#pragma once

#include <filesystem>
#include <optional>

#include "engine/data/dataset.hpp"

namespace cnnlab {

/// Whether a place is a folder in which pictures lie, however deep, in no archive.
[[nodiscard]] bool is_picture_folder(const std::filesystem::path& place);

/// Whether a folder, file or archive that a person has named holds images in files that a reader of the engine knows
/// (arrays, tables, records), and no folder of pictures. Throws Error as GivenFiles and DatasetReader::recognise do.
/// A packed archive is unpacked for the answer: who reads the files anyway asks is_picture_folder instead.
[[nodiscard]] bool are_own_files(const std::filesystem::path& place, const datasets::Folder& own);

/// The images in such files, with the files that were not used; nothing where no reader knows them. Throws Error as
/// DatasetReader does.
[[nodiscard]] std::optional<Dataset> read_own_files(const std::filesystem::path& place,
                                                    const datasets::Folder& own);

/// Whether a folder, file or archive that a person has named holds test images and no others, by its name or by those
/// in it: a folder "test", a lone folder "test" in it, test.csv, an .npz with x_test and y_test only.
[[nodiscard]] bool says_tests(const std::filesystem::path& place);
/// The images of such a place, all of them test images. Throws Error as the readers do.
[[nodiscard]] Dataset read_tests_alone(const std::filesystem::path& place, datasets::Folder own);

}  // namespace cnnlab
