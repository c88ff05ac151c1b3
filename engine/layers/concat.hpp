#pragma once

#include "engine/core/messages.hpp"
#include "engine/layers/emitter.hpp"

namespace cnnlab::layers {

/// The channels of all inputs, one after the other; heights and widths must be equal. ONNX: Concat (axis 1).
struct Concat {
    static constexpr std::string_view type = "concat";

    static constexpr auto fields() { return std::tuple{}; }

    ValueId forward(LayerEmitter& e) const {
        const auto inputs = e.inputs();
        if (inputs.size() < 2)
            throw e.error(ErrorCode::shape_mismatch, "from", say("layer.few_inputs"),
                          say("layer.name_to_join"));
        Shape out = e.shape(inputs[0]);
        int64_t channels = 0;
        for (size_t i = 0; i < inputs.size(); ++i) {
            Shape shape = e.shape(inputs[i]);
            channels += shape[shape.rank() - 1];
            shape[shape.rank() - 1] = out[out.rank() - 1];
            if (shape != out)
                throw e.error(ErrorCode::shape_mismatch, "from",
                              say("layer.inputs_differ", out.str(), i + 1, e.shape(inputs[i]).str()),
                              say("layer.one_size"));
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
