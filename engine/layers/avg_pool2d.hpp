#pragma once

#include "engine/layers/window_spec.hpp"

namespace cnnlab::layers {

/// Mean of each window, [H, W, C] → [Ho, Wo, C]; ops::AvgPool2d has the divisor. ONNX: AveragePool.
struct AvgPool2d {
    static constexpr std::string_view type = "avg_pool2d";
    Pair kernel{2}, stride{0};
    Padding padding;
    bool count_include_pad = true;

    static constexpr auto fields() {
        using L = AvgPool2d;
        return std::tuple{
            field("kernel", &L::kernel, "height and width of the window", 1, 256),
            field("stride", &L::stride, "how far the window moves; 0: the kernel's size", 0, 1024),
            field("padding", &L::padding, "zeros around the image"),
            field("count_include_pad", &L::count_include_pad, "whether padding counts in the mean")};
    }

    ValueId forward(LayerEmitter& e) const {
        const ImageShape in(e.shape(e.input()));
        const Window w = window(e);
        const ValueId y =
            e.activation("", {w.output_height(in.height), w.output_width(in.width), in.channels});
        e.emit(ops::AvgPool2d{e.input(), y, w, count_include_pad});
        return y;
    }

    void backward(LayerEmitter& e) const {
        if (e.needs_grad())
            e.emit(ops::AvgPool2dBackward{e.grad_output(), e.grad_input(), window(e), count_include_pad});
    }

  private:
    [[nodiscard]] Window window(const LayerEmitter& e) const {
        return resolve_pool_window(e, kernel, stride, {1}, padding);
    }
};

/// Mean of each channel, [H, W, C] → [C]. ONNX: GlobalAveragePool.
struct GlobalAvgPool {
    static constexpr std::string_view type = "global_avg_pool";

    static constexpr auto fields() { return std::tuple{}; }

    ValueId forward(LayerEmitter& e) const {
        const ImageShape in(e.shape(e.input()));
        const ValueId y = e.activation("", {in.channels});
        e.emit(ops::AvgPool2d{e.input(), y, {.kernel = {in.height, in.width}}, true});
        return y;
    }

    void backward(LayerEmitter& e) const {
        const ImageShape in(e.shape(e.input()));
        if (e.needs_grad())
            e.emit(ops::AvgPool2dBackward{
                e.grad_output(), e.grad_input(), {.kernel = {in.height, in.width}}, true});
    }
};

}  // namespace cnnlab::layers
