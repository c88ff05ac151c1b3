#include "native/cuda/launch.hpp"

namespace cnnlab::cuda {

uint32_t Maker::elements(ValueId id) const {
    const int64_t count = program_->shape(id).count() * program_->batch;
    check_countable(count, program_->info(id).name);
    return static_cast<uint32_t>(count);
}

uint32_t Maker::rows(ValueId id) const { return elements(id) / static_cast<uint32_t>(image(id).channels); }

NormShape Maker::norm_shape(ValueId id) const {
    (void)elements(id);
    const ImageShape shape = image(id);
    return {static_cast<uint32_t>(program_->batch), static_cast<uint32_t>(shape.positions()),
            static_cast<uint32_t>(shape.channels)};
}

WindowMap Maker::window_map(const Window& window, ValueId in, ValueId out) const {
    (void)elements(in);
    (void)elements(out);
    const ImageShape x = image(in), y = image(out);
    return {x.height,
            x.width,
            y.height,
            y.width,
            x.channels,
            window.kernel.height,
            window.kernel.width,
            window.stride.height,
            window.stride.width,
            window.dilation.height,
            window.dilation.width,
            window.before.height,
            window.before.width};
}

ConvShape Maker::conv_shape(const Window& window, ValueId in, ValueId out, int groups) const {
    return {window_map(window, in, out), program_->batch, image(out).channels, groups};
}

}  // namespace cnnlab::cuda
