#pragma once

#include <span>
#include <string>
#include <vector>

#include "engine/exchange/onnx_import.hpp"
#include "engine/exchange/torch_file.hpp"

namespace cnnlab {

/// The network of a Keras 2 model in the bytes of an HDF5 file. `place` is the file in errors. Throws Error as
/// import_keras() and read_hdf5() do; unsupported for weights without their model.
[[nodiscard]] ImportedModel import_keras_h5(std::span<const uint8_t> bytes, const std::string& place,
                                            const OnnxImportOptions& options);

/// The same of the parts of a .keras archive, Keras 3's.
[[nodiscard]] ImportedModel import_keras_archive(const std::vector<ArchivePart>& parts,
                                                 const std::string& place, const OnnxImportOptions& options);
[[nodiscard]] bool is_keras_archive(const std::vector<ArchivePart>& parts);

}  // namespace cnnlab
