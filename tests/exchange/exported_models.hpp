#pragma once

#include <string>
#include <vector>

#include "engine/backend/backend.hpp"
#include "engine/model/saved_model.hpp"

namespace cnnlab::test {

/// A network with random weights and statistics, what it is asked and what it answers.
struct ExportedModel {
    std::string name;
    SavedModel saved;
    HostTensor pixels;  ///< [N, C, H, W], 0 to 255
    HostTensor input;   ///< the same, normalised
    HostTensor logits;  ///< [N, K], by the reference backend
};

/// The networks of the golden files, and those of the experiments that begin without another network's weights.
[[nodiscard]] std::vector<std::string> exported_names();
[[nodiscard]] ExportedModel exported_model(const std::string& name);

/// The logits [N, K] that a network gives for inputs [N, C, H, W], which are normalised already, whatever its loss says
/// about probabilities.
[[nodiscard]] HostTensor logits_of(const SavedModel& saved, const HostTensor& input, Backend& backend);

/// The largest difference, as a share of the largest wanted value.
[[nodiscard]] double distance(const HostTensor& found, const HostTensor& wanted);

}  // namespace cnnlab::test
