#pragma once

#include "engine/layers/emitter.hpp"

namespace cnnlab::layers {

/// Batch normalisation per channel. Formulas: ops/batch_norm.hpp. Trains with the statistics of the batch, evaluates
/// with the running ones.
/// Parameters: weight [C] from 1, bias [C] from 0. State: running_mean, running_var. ONNX: BatchNormalization.
struct BatchNorm {
    static constexpr std::string_view type = "batch_norm";
    float momentum = 0.1F, eps = 1e-5F;

    static constexpr auto fields() {
        using L = BatchNorm;
        return std::tuple{
            field("momentum", &L::momentum, "share of the new batch in the running statistics", 0, 1),
            field("eps", &L::eps, "added to the variance", 0, 1)};
    }

    ValueId forward(LayerEmitter& e) const {
        const ValueId x = e.input();
        const Shape channels{ImageShape(e.shape(x)).channels};
        const ValueId weight = e.parameter("weight", channels, {InitKind::ones}, {});
        const ValueId bias = e.parameter("bias", channels, {InitKind::zeros}, {});
        const ValueId running_mean = e.state("running_mean", channels, InitKind::zeros);
        const ValueId running_var = e.state("running_var", channels, InitKind::ones);
        const ValueId y = e.activation("", e.shape(x));
        if (!e.batch_statistics()) {
            e.emit(ops::BatchNorm{x, running_mean, running_var, weight, bias, y, eps});
            return y;
        }
        const ValueId mean = e.batch_value("mean", channels), variance = e.batch_value("variance", channels);
        e.emit(ops::BatchNormStatistics{x, mean, variance, running_mean, running_var, momentum});
        e.emit(ops::BatchNorm{x, mean, variance, weight, bias, y, eps});
        return y;
    }

    void backward(LayerEmitter& e) const {
        if (!e.batch_statistics()) {  // frozen: a constant factor per channel
            if (e.needs_grad())
                e.emit(ops::BatchNorm{e.grad_output(),
                                      {},
                                      e.recall("running_var"),
                                      e.recall("weight"),
                                      {},
                                      e.grad_input(),
                                      eps});
            return;
        }
        // the sums over dy are wanted by the input's gradient too
        const ValueId dy = e.grad_output(), mean = e.recall("mean"), variance = e.recall("variance");
        const ValueId dweight = e.grad_parameter("weight"), dbias = e.grad_parameter("bias");
        e.emit(ops::BatchNormBackwardReduce{e.input(), dy, mean, variance, dweight, dbias, eps});
        if (e.needs_grad())
            e.emit(ops::BatchNormBackwardInput{e.input(), dy, mean, variance, e.recall("weight"), dweight,
                                               dbias, e.grad_input(), eps});
    }
};

}  // namespace cnnlab::layers
