#pragma once

#include "engine/layers/emitter.hpp"

namespace cnnlab::layers {

/// In training sets a random share p of the values to zero and scales the rest by 1 / (1 − p). Does nothing in
/// evaluation.
struct Dropout {
    static constexpr std::string_view type = "dropout";
    float p = 0.5F;

    static constexpr auto fields() {
        return std::tuple{field("p", &Dropout::p, "share of values set to zero", 0, 0.99)};
    }

    ValueId forward(LayerEmitter& e) const {
        if (!e.training() || p == 0) return e.input();
        const ValueId y = e.activation("", e.shape(e.input()));
        e.emit(ops::Dropout{e.input(), y, p, e.stream()});
        return y;
    }

    void backward(LayerEmitter& e) const {
        if (e.output() == e.input()) return;
        if (e.needs_grad()) e.emit(ops::Dropout{e.grad_output(), e.grad_input(), p, e.stream()});
    }
};

}  // namespace cnnlab::layers
