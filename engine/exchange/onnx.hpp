#pragma once

#include <string>

#include "engine/core/spec.hpp"
#include "engine/model/saved_model.hpp"

namespace cnnlab {

struct OnnxOptions {
    static constexpr int least_opset = 13, most_opset = 22;
    int opset = 17;
    bool fold = false;    ///< batch norm into the convolution before it: the same function, rounded otherwise
    bool pixels = false;  ///< the graph takes pixels from 0 to 255 and normalises them itself
    bool probabilities = false;  ///< the graph gives probabilities, as the loss has them, not logits
};

/// The bytes of an ONNX file (a ModelProto) of the network. Input "input", float32 [batch, C, H, W], normalised as in
/// training ((pixels / 255 − mean) / stddev) unless `pixels`; output "logits" [batch, K], or "probabilities". The
/// batch is dynamic. Layers keep their names: they are the names of nodes' outputs. The metadata hold "classes" (a JSON
/// list), "mean", "stddev", "experiment" and "card".
/// Activations are made of operators that every runtime takes: relu6 is 6 · min(max(x / 6, 0), 1), gelu has its erf,
/// silu its sigmoid, hard_swish its hard sigmoid. Padding of a mean that counts is a Pad of its own, because some
/// runtimes ignore count_include_pad. Antialiased resizing has no such form: OpenCV's dnn leaves it out without a word.
/// Throws Error: out_of_range for another opset, unsupported for what the opset does not have.
/// Source: the ONNX standard, https://onnx.ai/onnx/repo-docs/IR.html and Operators.html.
[[nodiscard]] std::string write_onnx(const SavedModel& model, const OnnxOptions& options = {});

}  // namespace cnnlab
