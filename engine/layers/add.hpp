#pragma once

#include "engine/layers/emitter.hpp"

namespace cnnlab::layers {

/// The sum of two or more inputs of one shape: residual connections. ONNX: Add.
struct Add {
    static constexpr std::string_view type = "add";

    static constexpr auto fields() { return std::tuple{}; }

    ValueId forward(LayerEmitter& e) const {
        const auto inputs = e.inputs();
        if (inputs.size() < 2)
            throw e.error(ErrorCode::shape_mismatch, "from", "names fewer than two inputs",
                          "name the layers to add: \"from\": [\"a\", \"b\"]");
        ValueId sum = inputs[0];
        for (size_t i = 1; i < inputs.size(); ++i) {
            if (e.shape(inputs[i]) != e.shape(sum))
                throw e.error(ErrorCode::shape_mismatch, "from",
                              "input 1 is " + e.shape(sum).str() + " but input " + std::to_string(i + 1) +
                                  " is " + e.shape(inputs[i]).str(),
                              "give them one shape, for instance with a 1×1 conv2d");
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
