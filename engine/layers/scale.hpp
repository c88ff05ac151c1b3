#pragma once

#include "engine/layers/emitter.hpp"

namespace cnnlab::layers {

/// y = factor · x, a constant: logits that start small, for instance. ONNX: Mul.
struct Scale {
    static constexpr std::string_view type = "scale";
    float factor = 1;

    static constexpr auto fields() {
        return std::tuple{field("factor", &Scale::factor, "what everything is multiplied by", -1e6, 1e6)};
    }

    ValueId forward(LayerEmitter& e) const {
        const ValueId y = e.activation("", e.shape(e.input()));
        e.emit(ops::WeightedSum{{e.input()}, {factor}, y});
        return y;
    }

    void backward(LayerEmitter& e) const {
        if (e.needs_grad()) e.emit(ops::WeightedSum{{e.grad_output()}, {factor}, e.grad_input()});
    }
};

}  // namespace cnnlab::layers
