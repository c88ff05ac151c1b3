#pragma once

#include "engine/core/messages.hpp"
#include "engine/layers/emitter.hpp"

namespace cnnlab::layers {

/// The sum of two or more inputs of one shape: residual connections. ONNX: Add.
struct Add {
    static constexpr std::string_view type = "add";

    static constexpr auto fields() { return std::tuple{}; }

    ValueId forward(LayerEmitter& e) const {
        const auto inputs = e.inputs();
        if (inputs.size() < 2)
            throw e.error(ErrorCode::shape_mismatch, "from", say("layer.few_inputs"),
                          say("layer.name_to_add"));
        ValueId sum = inputs[0];
        for (size_t i = 1; i < inputs.size(); ++i) {
            if (e.shape(inputs[i]) != e.shape(sum))
                throw e.error(ErrorCode::shape_mismatch, "from",
                              say("layer.inputs_differ", e.shape(sum).str(), i + 1, e.shape(inputs[i]).str()),
                              say("layer.one_shape"));
            const ValueId y =
                e.activation(i + 1 == inputs.size() ? "" : "sum" + std::to_string(i), e.shape(sum));
            e.emit(ops::Add{sum, inputs[i], y});
            sum = y;
        }
        return sum;
    }

    void backward(LayerEmitter& e) const {
        const ValueId dy = e.grad_output();
        for (int i = 0; i < static_cast<int>(e.inputs().size()); ++i)
            if (e.needs_grad(i)) e.pass_grad(i, dy);
    }
};

}  // namespace cnnlab::layers
