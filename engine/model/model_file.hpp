#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "engine/model/model.hpp"
#include "engine/model/saved_model.hpp"

namespace cnnlab {

/// What a model file says under "format".
inline constexpr auto model_format = "cnnlab-model-1";

/// model.safetensors: Model::weights(), and under "experiment" and "card" what they belong to. The
/// same model gives the same bytes.
[[nodiscard]] std::vector<uint8_t> model_file(const Model& model);
/// The same of a network without a backend.
[[nodiscard]] std::vector<uint8_t> model_file(const SavedModel& model);

/// Names of the classes that a model or a checkpoint was trained with, in label order; none where the file does not
/// say. The part before the tensors is enough. Throws Error (bad_file) for one that is damaged.
[[nodiscard]] std::vector<std::string> classes_in_file(std::span<const uint8_t> bytes,
                                                       const std::string& place);
/// The metadata that hold them: a JSON list of texts under this key.
inline constexpr auto classes_key = "classes";
[[nodiscard]] std::string classes_text(const std::vector<std::string>& classes);

/// The model of these bytes, living on the backend. `place` is the file in errors. Throws Error: bad_file for a damaged
/// file, checkpoint for one that is no model's or whose tensors do not fit its own experiment.
[[nodiscard]] Model read_model(std::span<const uint8_t> bytes, const std::string& place, Backend& backend);

}  // namespace cnnlab
