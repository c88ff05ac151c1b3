#pragma once

#include <cstdint>
#include <vector>

#include "engine/model/model.hpp"

namespace cnnlab {

/// What a model file says under "format".
inline constexpr auto model_format = "cnnlab-model-1";

/// model.safetensors: Model::weights(), and under "experiment" and "card" what they belong to. The same model gives the same bytes.
[[nodiscard]] std::vector<uint8_t> model_file(const Model& model);

}  // namespace cnnlab
