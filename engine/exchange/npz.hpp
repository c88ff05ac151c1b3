#pragma once

#include <vector>

#include "engine/exchange/torch_file.hpp"

namespace cnnlab {

/// The parts of a .npz file, a ZIP archive of NumPy's arrays in the order of the tensors: numpy.load reads it with no
/// other library. Source: NumPy's documentation of numpy.lib.format, version 1.0.
[[nodiscard]] std::vector<ArchivePart> npz_parts(const TensorFile& file);

}  // namespace cnnlab
