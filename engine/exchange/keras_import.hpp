#pragma once

#include "engine/exchange/keras_config.hpp"
#include "engine/exchange/keras_weights.hpp"
#include "engine/exchange/onnx_import.hpp"

namespace cnnlab {

/// The network of Keras' configuration, {"class_name": "Sequential", "config": …}, with its weights. A Rescaling of the
/// images at the beginning becomes what is done to pixels, unless the options say that already. `ours`: what
/// write_tfjs() says of a network, or anything else. Throws Error as import_graph() does.
[[nodiscard]] ImportedModel import_keras(const Json& model, const keras::Weights& weights, const Json& ours,
                                         const std::string& place, OnnxImportOptions options);

}  // namespace cnnlab
