#pragma once

#include "engine/core/messages.hpp"
#include "engine/layers/window_spec.hpp"

namespace cnnlab::layers {

/// Largest value of each window, [H, W, C] → [Ho, Wo, C]; ops::MaxPool2d has the rules. ONNX: MaxPool.
struct MaxPool2d {
    static constexpr std::string_view type = "max_pool2d";
    Pair kernel{2}, stride{0};
    Padding padding;
    Pair dilation{1};

    static constexpr auto fields() {
        using L = MaxPool2d;
        return std::tuple{
            field("kernel", &L::kernel, "height and width of the window", 1, 256),
            field("stride", &L::stride, "how far the window moves; 0: the kernel's size", 0, 1024),
            field("padding", &L::padding, "padding around the image, which never wins"),
            field("dilation", &L::dilation, "distance between the values of a window", 1, 1024)};
    }

    ValueId forward(LayerEmitter& e) const {
        const ImageShape in(e.shape(e.input()));
        const Window w = window(e);
        const Shape out{w.output_height(in.height), w.output_width(in.width), in.channels};
        const ValueId y = e.activation("", out);
        const ValueId argmax =
            e.training() && e.needs_grad() ? e.activation("argmax", out, DType::u16) : ValueId{};
        e.emit(ops::MaxPool2d{e.input(), y, argmax, w});
        return y;
    }

    void backward(LayerEmitter& e) const {
        if (e.needs_grad())
            e.emit(ops::MaxPool2dBackward{e.grad_output(), e.recall("argmax"), e.grad_input(), window(e)});
    }

  private:
    [[nodiscard]] Window window(const LayerEmitter& e) const {
        return resolve_pool_window(e, kernel, stride, dilation, padding);
    }
};

/// Largest value of each channel, [H, W, C] → [C]. ONNX: GlobalMaxPool.
struct GlobalMaxPool {
    static constexpr std::string_view type = "global_max_pool";

    static constexpr auto fields() { return std::tuple{}; }

    ValueId forward(LayerEmitter& e) const {
        const ImageShape in(e.shape(e.input()));
        if (in.positions() > 65536)
            throw e.error(ErrorCode::out_of_range, "", say("layer.many_positions"), say("layer.pool_before"));
        const ValueId y = e.activation("", {in.channels});
        const ValueId argmax =
            e.training() && e.needs_grad() ? e.activation("argmax", {in.channels}, DType::u16) : ValueId{};
        e.emit(ops::MaxPool2d{e.input(), y, argmax, {.kernel = {in.height, in.width}}});
        return y;
    }

    void backward(LayerEmitter& e) const {
        const ImageShape in(e.shape(e.input()));
        if (e.needs_grad())
            e.emit(ops::MaxPool2dBackward{
                e.grad_output(), e.recall("argmax"), e.grad_input(), {.kernel = {in.height, in.width}}});
    }
};

}  // namespace cnnlab::layers
