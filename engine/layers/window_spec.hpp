#pragma once

#include "engine/layers/emitter.hpp"
#include "engine/ops/window.hpp"

namespace cnnlab {

/// Padding as an experiment gives it: a number, [height, width], [top, left, bottom, right], or a word:
/// "valid" none; "same" dilation · (kernel − 1) in all, half of it before (PyTorch's rule; output = ⌈in / stride⌉);
/// "same_upper" what ⌈in / stride⌉ outputs need, the odd row at the end (ONNX's name for TensorFlow's "same").
struct Padding {
    enum class Mode : uint8_t { amounts, same, same_upper } mode = Mode::amounts;
    std::array<int, 4> amounts{};  ///< top, left, bottom, right

    static Padding from_json(const Json& json, const std::string& place);
    [[nodiscard]] Json to_json() const;
};

/// The window of a layer over an h×w input, its padding worked out. Throws if the window does not fit.
[[nodiscard]] Window resolve_window(const LayerEmitter& emitter, ImageShape in, Pair kernel, Pair stride,
                                    Pair dilation, const Padding& padding);

/// The same for pooling: stride 0 stands for the kernel's size, and no window may hold padding alone.
[[nodiscard]] Window resolve_pool_window(const LayerEmitter& emitter, Pair kernel, Pair stride, Pair dilation,
                                         const Padding& padding);

}  // namespace cnnlab
