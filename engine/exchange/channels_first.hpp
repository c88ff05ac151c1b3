#pragma once

#include <set>
#include <string>

#include "engine/io/safetensors.hpp"
#include "engine/model/saved_model.hpp"

namespace cnnlab {

/// The weights of a convolution, [K, Kh, Kw, C] → [K, C, Kh, Kw], as PyTorch and ONNX have them.
[[nodiscard]] HostTensor channels_first(const HostTensor& weight);

/// The weights of a dense layer, [K, H, W, C] → [K, C · H · W]: what PyTorch's Linear has after a flatten of [C, H, W].
[[nodiscard]] HostTensor rows_channels_first(const HostTensor& weight);

/// Back again: [K, C, Kh, Kw] → [K, Kh, Kw, C]. The shape is that of ours, which says what a row of numbers stands for.
[[nodiscard]] HostTensor channels_last(const HostTensor& weight, const Shape& ours);

/// Names of the weights that PyTorch's Linear layers have.
[[nodiscard]] std::set<std::string> linear_weights(const Program& program);

/// The model's tensors with PyTorch's names and layouts, in the order of the network: "conv2d_1.weight" [K, C, Kh, Kw],
/// "dense_1.weight" [K, C · H · W], "batch_norm_1.running_mean" [C]. Metadata: "format": "pt", as PyTorch's own files
/// have it, and under "classes" their names as a JSON list.
[[nodiscard]] TensorFile torch_tensors(const SavedModel& model);

}  // namespace cnnlab
