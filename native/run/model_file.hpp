#pragma once

#include <filesystem>

#include "engine/model/model.hpp"

namespace cnnlab {

/// The model of a model.safetensors (engine/model/model_file.hpp), on the backend. Throws Error: missing_data,
/// bad_file for a damaged file, checkpoint for one that is no model's or whose tensors do not fit its own experiment.
Model read_model(const std::filesystem::path& path, Backend& backend);

}  // namespace cnnlab
