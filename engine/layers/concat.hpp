#pragma once

#include "engine/layers/emitter.hpp"

namespace cnnlab::layers {

/// The channels of all inputs, one after the other; heights and widths must be equal. ONNX: Concat (axis 1).
struct Concat {
    static constexpr std::string_view type = "concat";

    static constexpr auto fields() { return std::tuple{}; }

    ValueId forward(LayerEmitter& e) const {
        const auto inputs = e.inputs();
        if (inputs.size() < 2)
            throw e.error(ErrorCode::shape_mismatch, "from", "names fewer than two inputs",
                          "name the layers to join: \"from\": [\"a\", \"b\"]");
        Shape out = e.shape(inputs[0]);
        int64_t channels = 0;
        for (size_t i = 0; i < inputs.size(); ++i) {
            Shape shape = e.shape(inputs[i]);
            channels += shape[shape.rank() - 1];
            shape[shape.rank() - 1] = out[out.rank() - 1];
            if (shape != out)
                throw e.error(ErrorCode::shape_mismatch, "from",
                              "input 1 is " + out.str() + " but input " + std::to_string(i + 1) + " is " +
                                  e.shape(inputs[i]).str(),
                              "give them one height and width");
        }
        out[out.rank() - 1] = channels;
        const ValueId y = e.activation("", out);
        e.emit(ops::Concat{{inputs.begin(), inputs.end()}, y});
        return y;
    }

    void backward(LayerEmitter& e) const {
        int begin = 0;
        for (int i = 0; i < static_cast<int>(e.inputs().size()); ++i) {
            if (e.needs_grad(i)) e.emit(ops::Slice{e.grad_output(), e.grad_input(i), begin});
            begin += ImageShape(e.shape(e.inputs()[static_cast<size_t>(i)])).channels;
        }
    }
};

}  // namespace cnnlab::layers
