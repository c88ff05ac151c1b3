#pragma once

#include <map>
#include <string>
#include <vector>

#include "engine/exchange/onnx_import.hpp"
#include "engine/exchange/stored_tensor.hpp"
#include "engine/exchange/torch_file.hpp"

namespace cnnlab {

/// What an HDF5 file holds of floats, and texts that Keras writes as attributes of its root: "model_config" and
/// "keras_version". Who reads such files is outside of the engine.
struct Hdf5File {
    std::map<std::string, std::string> attributes;
    std::map<std::string, StoredTensor> tensors;  ///< by their paths, "model_weights/conv2d/conv2d/kernel:0"
};

/// The network of a whole model of Keras in an HDF5 file. `place` is the file in errors. Throws Error as import_keras()
/// does; unsupported for weights without their model.
[[nodiscard]] ImportedModel import_keras_h5(Hdf5File file, const std::string& place,
                                            const OnnxImportOptions& options);

/// The parts of a .keras archive that are read, Keras 3's and those of Keras 2 that are like them: an archive that has
/// the weights is one.
inline constexpr auto keras_weights_part = "model.weights.h5", keras_layers_part = "config.json",
                      keras_metadata_part = "metadata.json";

/// The part of this name; null where there is none.
[[nodiscard]] const ArchivePart* find_part(const std::vector<ArchivePart>& parts, std::string_view name);

/// The network of these parts, and of what keras_weights_part holds. Throws Error: as above.
[[nodiscard]] ImportedModel import_keras_archive(const std::vector<ArchivePart>& parts, Hdf5File weights,
                                                 const std::string& place, const OnnxImportOptions& options);

}  // namespace cnnlab
