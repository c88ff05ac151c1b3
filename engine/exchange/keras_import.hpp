#pragma once

#include "engine/exchange/keras_config.hpp"
#include "engine/exchange/keras_weights.hpp"
#include "engine/exchange/onnx_import.hpp"

namespace cnnlab {

/// A model of Keras as files hold it.
struct KerasModel {
    Json layers;  ///< its configuration, {"class_name": "Sequential", "config": …}
    keras::Weights weights;
    int version = 2;  ///< of Keras; TensorFlow.js computes as Keras 2
    Json ours;        ///< what write_tfjs() says of a network, or anything else
};

/// The network of a model of Keras. A Rescaling of the images at the beginning becomes what is done to pixels, unless
/// the options say that already. Throws Error as import_graph() does.
[[nodiscard]] ImportedModel import_keras(const KerasModel& model, const std::string& place,
                                         OnnxImportOptions options);

}  // namespace cnnlab
