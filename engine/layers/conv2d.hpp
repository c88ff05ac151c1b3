#pragma once

#include "engine/core/messages.hpp"
#include "engine/layers/window_spec.hpp"

namespace cnnlab::layers {

/// Convolution (cross-correlation) over [H, W, Cin] → [Ho, Wo, out_channels]; ops::Conv2d has the formula.
/// Parameters: weight [out_channels, Kh, Kw, Cin / groups], bias [out_channels]. ONNX: Conv.
struct Conv2d {
    static constexpr std::string_view type = "conv2d";
    int out_channels = 1;
    Pair kernel{3}, stride{1}, dilation{1};
    Padding padding;
    int groups = 1;
    bool bias = true;
    InitSpec init;
    InitSpec bias_init{InitKind::kaiming_uniform};

    static constexpr auto fields() {
        using L = Conv2d;
        return std::tuple{
            field("out_channels", &L::out_channels, "number of filters; 0: as many as inputs", 0, 65536)
                .must(),
            field("kernel", &L::kernel, "height and width of the filters", 1, 1024),
            field("stride", &L::stride, "how far the window moves", 1, 1024),
            field("padding", &L::padding,
                  "zeros around the image: a number, [top, left, bottom, right], \"same\", \"valid\" or "
                  "\"same_upper\""),
            field("dilation", &L::dilation, "distance between the taps of a filter", 1, 1024),
            field("groups", &L::groups, "independent groups of channels; 0: one group a channel (depthwise)",
                  0, 65536),
            field("bias", &L::bias, "add a learned number to each output channel"),
            field("init", &L::init, "how the weights start"),
            field("bias_init", &L::bias_init, "how the bias starts")};
    }

    ValueId forward(LayerEmitter& e) const {
        const ValueId x = e.input();
        const ImageShape in(e.shape(x));
        const int out = out_channels == 0 ? in.channels : out_channels,
                  parts = groups == 0 ? in.channels : groups;
        if (in.channels % parts != 0 || out % parts != 0)
            throw e.error(ErrorCode::shape_mismatch, "groups", say("layer.groups", parts, in.channels, out),
                          say("layer.divide_both"));
        if (init.type == InitKind::whitening && !(dilation == Pair(1)))
            throw e.error(ErrorCode::unsupported, "dilation", say("whitening.dilation"),
                          say("whitening.no_dilation"));
        const Window window = resolve_window(e, in, kernel, stride, dilation, padding);
        const Fan fan{in.channels / parts * window.taps(), out / parts * window.taps()};
        const ValueId weight =
            e.parameter("weight", {out, kernel.height, kernel.width, in.channels / parts}, init, fan);
        const ValueId b = bias ? e.parameter("bias", {out}, bias_init, fan) : ValueId{};
        const ValueId y =
            e.activation("", {window.output_height(in.height), window.output_width(in.width), out});
        e.emit(ops::Conv2d{x, weight, b, y, window, parts});
        return y;
    }

    void backward(LayerEmitter& e) const {
        const ImageShape in(e.shape(e.input()));
        const Window window = resolve_window(e, in, kernel, stride, dilation, padding);
        const int parts = groups == 0 ? in.channels : groups;
        const ValueId dy = e.grad_output();
        if (e.trainable()) {
            const ValueId dweight = e.grad_parameter("weight");
            e.emit(ops::Conv2dBackwardWeight{e.input(), dy, dweight,
                                             bias ? e.grad_parameter("bias") : ValueId{}, window, parts});
        }
        if (e.needs_grad())
            e.emit(ops::Conv2dBackwardInput{dy, e.recall("weight"), e.grad_input(), window, parts});
    }
};

}  // namespace cnnlab::layers
