#pragma once

#include <string>

#include "engine/io/safetensors.hpp"
#include "engine/model/saved_model.hpp"

namespace cnnlab {

/// A program for Keras, and the tensors that it loads, "conv2d_1/kernel".
struct KerasProgram {
    std::string code;
    TensorFile weights;
};

/// A Python program that builds the network with Keras (version 2 or 3), loads the weights of `weights_file`, a .npz
/// archive of the tensors, and names the classes of pictures that are its arguments. The weights are NumPy's arrays
/// because whoever has Keras has NumPy, and nothing else. keras::network_of() says which layers it has.
/// Throws Error (unsupported) with the layer that Keras does not have, and why.
[[nodiscard]] KerasProgram keras_code(const SavedModel& model, const std::string& weights_file);

}  // namespace cnnlab
