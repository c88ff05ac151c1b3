#pragma once

#include "engine/layers/emitter.hpp"

namespace cnnlab::layers {

/// Softmax over the channels of each position. Formula: ops::Softmax. Cross-entropy takes logits, so a classifier
/// needs none. ONNX: Softmax.
struct Softmax {
    static constexpr std::string_view type = "softmax";

    static constexpr auto fields() { return std::tuple{}; }

    ValueId forward(LayerEmitter& e) const {
        const ValueId y = e.activation("", e.shape(e.input()));
        e.emit(ops::Softmax{e.input(), y});
        return y;
    }

    void backward(LayerEmitter& e) const {
        if (e.needs_grad()) e.emit(ops::SoftmaxBackward{e.output(), e.grad_output(), e.grad_input()});
    }
};

}  // namespace cnnlab::layers
