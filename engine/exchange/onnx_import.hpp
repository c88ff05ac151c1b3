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

/// How a graph of another format differs from an ONNX file.
struct GraphForm {
    bool own = false;             ///< of this program
    bool named = false;           ///< names of values are names of layers, but those that begin with "#"
    bool channels_first = false;  ///< the input's axes are known
};

/// The network of a graph, from what reads its file. Throws Error as import_onnx() does.
[[nodiscard]] ImportedModel import_graph(const onnx::ReadModel& file, const std::string& place,
                                         const OnnxImportOptions& options, const GraphForm& form);

/// The network of an ONNX file with its weights: its opset's meaning as the standard's text has it. Axes are followed
/// by name, so that Transpose, Reshape and the like cost no layer; constants become layers that do not learn. A softmax
/// or sigmoid at the end goes into the loss. A file that write_onnx() has made gives the same tensors, bit by bit, and
/// its experiment around them; other networks get the data set "folder". `place` is the file in errors.
/// Throws Error: bad_file for a damaged file, unsupported with all nodes that are not understood, and why.
/// Source: the ONNX standard, https://onnx.ai/onnx/operators/.
[[nodiscard]] ImportedModel import_onnx(std::span<const uint8_t> bytes, const std::string& place,
                                        const OnnxImportOptions& options = {},
                                        const ReadBeside& read_beside = {});

}  // namespace cnnlab
