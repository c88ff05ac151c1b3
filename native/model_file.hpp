#pragma once

#include <filesystem>
#include <vector>

#include "engine/model/model.hpp"

namespace cnnlab {

/// model.safetensors: Model::weights(), and under "experiment" and "card" what they belong to. The same model gives the same bytes.
std::vector<uint8_t> model_file(const Model& model);

/// The model of such a file, living on the backend. Throws Error: missing_data, bad_file for a damaged file, checkpoint for one that is no
/// model's or whose tensors do not fit its own experiment.
Model read_model(const std::filesystem::path& path, Backend& backend);

}  // namespace cnnlab
