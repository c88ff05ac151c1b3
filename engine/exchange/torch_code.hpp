#pragma once

#include <string>

#include "engine/model/saved_model.hpp"

namespace cnnlab {

/// A Python program that builds the network with PyTorch, loads the weights of `weights_file` (written from
/// torch_tensors(); .pth or .safetensors) and names the classes of pictures that are its arguments. A class Network
/// whose attributes have the layers' names, dropout included, so that training can go on.
/// Throws Error (unsupported) for a layer's name that Python cannot use.
[[nodiscard]] std::string torch_code(const SavedModel& model, const std::string& weights_file);

}  // namespace cnnlab
