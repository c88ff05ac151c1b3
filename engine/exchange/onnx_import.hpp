#pragma once

#include <array>
#include <string>
#include <vector>

#include "engine/core/message.hpp"
#include "engine/exchange/onnx_read.hpp"
#include "engine/model/saved_model.hpp"

namespace cnnlab {

struct OnnxImportOptions {
    std::string name;                  ///< of the network; empty: the graph's own
    std::string output;                ///< a value of the graph; empty: its only output
    Pair size{0};                      ///< of the images, where the graph leaves it open
    std::vector<std::string> classes;  ///< empty: the file's, or numbers
    std::vector<float> mean,
        stddev;  ///< of pixels / 255, a channel or for all; empty: the file's, or 0 and 1
};

struct ImportedModel {
    SavedModel model;
    std::vector<Message> notes;  ///< where another program's numbers differ
};

/// The network of an ONNX file with its weights: its opset's meaning as the standard's text has it. Axes are followed
/// by name, so that Transpose, Reshape and the like cost no layer; constants become layers that do not learn. A softmax
/// or sigmoid at the end goes into the loss. A file that write_onnx() has made gives the same tensors, bit by bit, and
/// its experiment around them; other networks get the data set "folder". `place` is the file in errors.
/// Throws Error: bad_file for a damaged file, unsupported with all nodes that are not understood, and why.
/// Source: the ONNX standard, https://onnx.ai/onnx/operators/.
[[nodiscard]] ImportedModel import_onnx(std::span<const uint8_t> bytes, const std::string& place,
                                        const OnnxImportOptions& options = {},
                                        const onnx::ReadBeside& read_beside = {});

}  // namespace cnnlab
