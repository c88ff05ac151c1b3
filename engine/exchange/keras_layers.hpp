#pragma once

#include <string>
#include <vector>

#include "engine/core/tensor.hpp"
#include "engine/io/safetensors.hpp"
#include "engine/model/saved_model.hpp"

namespace cnnlab::keras {

/// A layer of Keras, as TensorFlow.js and Keras' own files describe it.
struct Layer {
    std::string type;  ///< "Conv2D"
    std::string name;
    Json config = Json::object();   ///< what differs from Keras' defaults, by Keras' names; without the name
    std::vector<std::string> from;  ///< names of layers, or "input"
    std::vector<NamedTensor> weights;  ///< "kernel", "bias": in Keras' order and layouts
    bool trainable = true;
};

struct Network {
    std::string name;
    ImageShape image;
    std::vector<Layer> layers;  ///< each behind those that it reads
    std::string output;         ///< the last one's name
    int64_t outputs = 0;        ///< numbers that it gives
    /// Whether each layer reads the one before it alone.
    [[nodiscard]] bool is_chain() const;
};

/// The network as Keras' layers. It takes pixels from 0 to 255, [batch, H, W, C], and normalises them itself, in a
/// layer "normalised"; gives logits [batch, K], or what the loss makes of them. Layers keep their names; what takes
/// several of Keras' (padding that is not its "same", a dense layer that reads a map) has helpers beside, "NAME_pad".
/// Throws Error (unsupported) with the layer that TensorFlow.js or Keras cannot do, and why.
/// Source: Keras' documentation of its layers, https://keras.io/2.15/api/layers/.
[[nodiscard]] Network network_of(const SavedModel& model, bool probabilities);

/// How an axis of `from` pixels is resized to `to`, as ops::Resize does it: [from, to], which a dense layer without
/// bias multiplies by.
[[nodiscard]] HostTensor resize_matrix(int from, int to, bool antialias);

}  // namespace cnnlab::keras
