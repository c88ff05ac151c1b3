#pragma once

#include <string>
#include <vector>

#include "engine/model/saved_model.hpp"

namespace cnnlab {

struct TfjsOptions {
    bool probabilities = false;  ///< gives probabilities, as the loss has them, not logits
};

/// A model that tf.loadLayersModel() reads: model.json and its weights.
struct TfjsModel {
    static constexpr auto weights_file = "group1-shard1of1.bin";
    std::string json;
    std::vector<uint8_t> weights;
};

/// The network as a layers model of TensorFlow.js, of Keras 2's layers: keras::network_of() says what it takes and
/// gives. userDefinedMetadata hold "classes", "mean", "stddev", "experiment" and "card".
/// Throws Error (unsupported) with the layer that TensorFlow.js does not have, and why.
/// Source: TensorFlow.js' tfjs-layers and io (https://github.com/tensorflow/tfjs).
[[nodiscard]] TfjsModel write_tfjs(const SavedModel& model, const TfjsOptions& options = {});

}  // namespace cnnlab
