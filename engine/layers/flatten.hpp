#pragma once

#include "engine/layers/emitter.hpp"

namespace cnnlab::layers {

/// [H, W, C] → [H · W · C], row-major. ONNX: Flatten (with the channels first, so exporters permute).
struct Flatten {
    static constexpr std::string_view type = "flatten";

    static constexpr auto fields() { return std::tuple{}; }

    ValueId forward(LayerEmitter& e) const {
        const ValueId y = e.activation("", {e.shape(e.input()).count()});
        e.emit(ops::Reshape{e.input(), y});
        return y;
    }

    void backward(LayerEmitter& e) const {
        if (e.needs_grad()) e.emit(ops::Reshape{e.grad_output(), e.grad_input()});
    }
};

}  // namespace cnnlab::layers
