#pragma once

#include "engine/layers/emitter.hpp"

namespace cnnlab::layers {

/// y = W x + b over all values of the input (an image in row-major [H, W, C] order) → [out_features]: the convolution
/// whose kernel covers the whole image. Parameters: weight [out_features, H, W, C], bias [out_features]. ONNX: Gemm.
struct Dense {
    static constexpr std::string_view type = "dense";
    static constexpr bool reads_rows = true;  ///< sees through a flatten before it
    int out_features = 1;
    bool bias = true;
    InitSpec init;
    InitSpec bias_init{InitKind::kaiming_uniform};

    static constexpr auto fields() {
        using L = Dense;
        return std::tuple{field("out_features", &L::out_features, "number of outputs", 1, 1048576).must(),
                          field("bias", &L::bias, "add a learned number to each output"),
                          field("init", &L::init, "how the weights start"),
                          field("bias_init", &L::bias_init, "how the bias starts")};
    }

    ValueId forward(LayerEmitter& e) const {
        const ValueId x = e.input();
        const ImageShape in(e.shape(x));
        const Fan fan{in.count(), out_features};
        const ValueId weight =
            e.parameter("weight", {out_features, in.height, in.width, in.channels}, init, fan);
        const ValueId b = bias ? e.parameter("bias", {out_features}, bias_init, fan) : ValueId{};
        const ValueId y = e.activation("", {out_features});
        e.emit(ops::Conv2d{x, weight, b, y, window(in), 1});
        return y;
    }

    void backward(LayerEmitter& e) const {
        const ImageShape in(e.shape(e.input()));
        const ValueId dy = e.grad_output();
        if (e.trainable()) {
            const ValueId dweight = e.grad_parameter("weight");
            e.emit(ops::Conv2dBackwardWeight{e.input(), dy, dweight,
                                             bias ? e.grad_parameter("bias") : ValueId{}, window(in), 1});
        }
        if (e.needs_grad())
            e.emit(ops::Conv2dBackwardInput{dy, e.recall("weight"), e.grad_input(), window(in), 1});
    }

  private:
    static Window window(ImageShape in) { return {.kernel = {in.height, in.width}}; }
};

}  // namespace cnnlab::layers
