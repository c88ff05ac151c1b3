#pragma once

#include "engine/layers/emitter.hpp"

namespace cnnlab::layers {

/// y = f(x) elementwise, for the activations without hyper-parameters. Formulas: ActivationKind. ONNX: Relu, Clip,
/// Gelu, Sigmoid, HardSwish, HardSigmoid, Tanh.
template <ActivationKind Kind>
struct Elementwise {
    static constexpr std::string_view type = EnumNames<ActivationKind>::names[static_cast<size_t>(Kind)];

    static constexpr auto fields() { return std::tuple{}; }

    ValueId forward(LayerEmitter& e) const {
        const ValueId y = e.activation("", e.shape(e.input()));
        e.emit(ops::Activation{e.input(), y, Kind, 0});
        return y;
    }

    void backward(LayerEmitter& e) const {
        const ValueId saved = derivative_from_output(Kind) ? e.output() : e.input();
        if (e.needs_grad()) e.emit(ops::ActivationBackward{saved, e.grad_output(), e.grad_input(), Kind, 0});
    }
};

using Relu = Elementwise<ActivationKind::relu>;
using Relu6 = Elementwise<ActivationKind::relu6>;
using Gelu = Elementwise<ActivationKind::gelu>;
using Silu = Elementwise<ActivationKind::silu>;
using HardSwish = Elementwise<ActivationKind::hard_swish>;
using Sigmoid = Elementwise<ActivationKind::sigmoid>;
using HardSigmoid = Elementwise<ActivationKind::hard_sigmoid>;
using Tanh = Elementwise<ActivationKind::tanh>;

/// y = x > 0 ? x : negative_slope · x. ONNX: LeakyRelu.
struct LeakyRelu {
    static constexpr std::string_view type = "leaky_relu";
    float negative_slope = 0.01F;

    static constexpr auto fields() {
        // a negative or zero slope would hide the sign that the backward pass reads off the output
        return std::tuple{field("negative_slope", &LeakyRelu::negative_slope, "slope below zero", 1e-6, 1)};
    }

    ValueId forward(LayerEmitter& e) const {
        const ValueId y = e.activation("", e.shape(e.input()));
        e.emit(ops::Activation{e.input(), y, ActivationKind::leaky_relu, negative_slope});
        return y;
    }

    void backward(LayerEmitter& e) const {
        if (e.needs_grad())
            e.emit(ops::ActivationBackward{e.output(), e.grad_output(), e.grad_input(),
                                           ActivationKind::leaky_relu, negative_slope});
    }
};

}  // namespace cnnlab::layers
