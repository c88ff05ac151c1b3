#pragma once

#include <filesystem>

#include "engine/data/dataset.hpp"

namespace cnnlab {

/// Reads the pictures of a folder, divided as plan_folder says. Throws Error: missing_data for a folder that is not
/// there and as plan_folder does; bad_file for a file that is no image; out_of_range with place "data.FIELD".
Dataset read_image_folder(const std::filesystem::path& directory, const datasets::Folder& spec);

}  // namespace cnnlab
