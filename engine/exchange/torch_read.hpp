#pragma once

#include <span>
#include <string>
#include <vector>

#include "engine/exchange/torch_file.hpp"
#include "engine/model/saved_model.hpp"

namespace cnnlab {

/// The tensors of a .pth file by their names, as float. `parts` are the files of the archive. A state dict of PyTorch
/// 1.6 or later: alone, or in a dictionary under "state_dict", "model_state_dict", "model", "net" or "weights".
/// Its pickle is read by a machine that executes nothing; globals that build no tensor are refused by name. Throws
/// Error: bad_file for a damaged file, unsupported for a whole module, with the line of Python that saves its weights.
[[nodiscard]] TensorFile read_torch_file(std::span<const ArchivePart> parts, const std::string& place);

struct NamedWeights {
    SavedModel model;
    std::vector<std::string> unused;  ///< tensors that the network has no place for
};

/// An experiment's network with tensors of PyTorch's names and layouts (torch_tensors() writes such), whatever order
/// they have. "module." and "_orig_mod." before all names are taken away, "num_batches_tracked" is passed over.
/// Throws Error (shape_mismatch) with all tensors that are missing or do not fit.
[[nodiscard]] NamedWeights with_torch_tensors(Experiment experiment, DatasetCard card, TensorFile file,
                                              const std::string& place);

}  // namespace cnnlab
