#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "engine/data/folder.hpp"

namespace cnnlab {

struct FolderListing {
    std::vector<std::string> paths;  ///< of files and folders, relative to the directory
    FolderPlan plan;
};

/// How the pictures of a folder would be divided; reads none of them. Throws Error: missing_data for a folder that is
/// not there and as plan_folder does; io; out_of_range with place "data.FIELD".
[[nodiscard]] FolderListing list_image_folder(const std::filesystem::path& directory,
                                              const datasets::Folder& spec);

/// Reads the pictures of a folder, divided as plan_folder says. Throws Error as list_image_folder and leave_out
/// (engine/data/folder.hpp) do: one that names all the pictures that cannot be read.
Dataset read_image_folder(const std::filesystem::path& directory, const datasets::Folder& spec);

}  // namespace cnnlab
