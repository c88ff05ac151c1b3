#pragma once

#include <string_view>

#include "engine/exchange/onnx_import.hpp"

namespace cnnlab {

/// Whether a file that begins so may be a model.json.
[[nodiscard]] bool looks_like_json(std::span<const uint8_t> start);

/// The network of a layers model of TensorFlow.js: model.json, and beside it the files with weights that it names, each
/// read once. Layers are Keras 2's (and Keras 3's where they say the same), in Sequential and functional models that
/// may stand in each other; weights may be quantised to 8 or 16 bits. A Rescaling of the images at the beginning
/// becomes what is done to pixels, unless the options say that already. A model that write_tfjs() has made gives the
/// same tensors, bit by bit, and its experiment around them, also after TensorFlow.js has trained and saved it. `place`
/// is the file in errors.
/// Throws Error: bad_file for a damaged file, missing_data for a file that is not there, unsupported for a graph model,
/// and with all layers that are not understood, and why.
/// Source: TensorFlow.js' tfjs-layers and io (https://github.com/tensorflow/tfjs).
[[nodiscard]] ImportedModel import_tfjs(std::string_view json, const std::string& place,
                                        OnnxImportOptions options, const ReadBeside& read_beside);

/// What a metadata.json of Teachable Machine says of the model beside it, where the options do not: names of classes,
/// and how its program prepares pixels (p / 127 − 1). Says nothing of other files.
void read_teachable_machine(std::string_view json, OnnxImportOptions& options);

}  // namespace cnnlab
