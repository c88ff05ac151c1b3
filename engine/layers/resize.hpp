#pragma once

#include "engine/core/transfer_messages.hpp"
#include "engine/layers/emitter.hpp"

namespace cnnlab::layers {

/// Images of another size: [H, W, C] → [size, C], bilinear; ops::Resize has the formula. Stands before what learns:
/// it has no gradient. PyTorch: interpolate(mode="bilinear", align_corners=False, antialias=antialias). TensorFlow:
/// tf.image.resize(method="bilinear", antialias=antialias), whose pixels have their centres at halves too. ONNX: Resize
/// (linear, half_pixel, antialias).
struct Resize {
    static constexpr std::string_view type = "resize";
    Pair size{32};
    bool antialias = false;

    static constexpr auto fields() {
        using L = Resize;
        return std::tuple{field("size", &L::size, "height and width that the images get", 1, 4096).must(),
                          field("antialias", &L::antialias,
                                "shrink by means over the pixels in between, so that nothing flickers")};
    }

    ValueId forward(LayerEmitter& e) const {
        const ValueId x = e.input();
        const ImageShape in(e.shape(x));
        if (e.training() && e.needs_grad())
            throw e.error(ErrorCode::unsupported, "size", say_transfer("transfer.resize_learns"),
                          say_transfer("transfer.resize_first"));
        if (in.height == size.height && in.width == size.width) return x;
        const ValueId y = e.activation("", {size.height, size.width, in.channels});
        e.emit(ops::Resize{x, y, antialias});
        return y;
    }

    void backward(LayerEmitter& /*e*/) const {}
};

}  // namespace cnnlab::layers
