#include <algorithm>

#include "engine/core/error.hpp"
#include "native/cuda/kernels/update.hpp"
#include "native/cuda/launch.hpp"

/// Convolutions: by the fastest library plan, else by our own kernels.
namespace cnnlab::cuda {

Launch make(const ops::Conv2d& op, Maker& maker) {
    if (op.finish)
        throw Error(ErrorCode::unsupported, maker.program().info(op.y).name,
                    "comes from a convolution that finishes its outputs, which the GPU backend does not",
                    "prepare the Program as it was compiled");
    const ConvShape shape = maker.conv_shape(op.window, op.x, op.y, op.groups);
    maker.want_weight(op.weight);
    Launch launch;
    const auto plan =
        maker.libraries().convolution(ConvPass::forward, shape, maker.element(), 1, maker.stream());
    if (!plan) {
        launch.run = [=](const Binding& bound) {
            run_conv2d(bound.site, shape, bound.at(op.x), bound.weight(op.weight), bound.floats(op.bias),
                       bound.at(op.y));
        };
        return launch;
    }
    launch.how = plan->how;
    launch.scratch_bytes = plan->workspace;
    const uint32_t rows = maker.rows(op.y);
    launch.run = [=](const Binding& bound) {
        plan->run(bound.site.stream, bound.at(op.x), bound.weight(op.weight), bound.at(op.y), bound.scratch);
        if (op.bias)
            run_add_bias(bound.site, rows, static_cast<uint32_t>(shape.out_channels), bound.floats(op.bias),
                         bound.at(op.y));
    };
    return launch;
}

Launch make(const ops::Conv2dBackwardInput& op, Maker& maker) {
    const ConvShape shape = maker.conv_shape(op.window, op.dx, op.dy, op.groups);
    maker.want_weight(op.weight);
    Launch launch;
    const auto plan =
        maker.libraries().convolution(ConvPass::backward_input, shape, maker.element(), 1, maker.stream());
    if (!plan) {
        launch.run = [=](const Binding& bound) {
            run_conv2d_backward_input(bound.site, shape, bound.at(op.dy), bound.weight(op.weight),
                                      bound.at(op.dx));
        };
        return launch;
    }
    launch.how = plan->how;
    launch.scratch_bytes = plan->workspace;
    launch.run = [=](const Binding& bound) {
        plan->run(bound.site.stream, bound.at(op.dy), bound.weight(op.weight), bound.at(op.dx),
                  bound.scratch);
    };
    return launch;
}

Launch make(const ops::Conv2dBackwardWeight& op, Maker& maker) {
    const ConvShape shape = maker.conv_shape(op.window, op.x, op.dy, op.groups);
    const NormShape errors = maker.norm_shape(op.dy);
    const float scale = 1.0F / maker.gradient_scale();
    Launch launch;
    if (op.dbias) launch.scratch_bytes = batch_norm_scratch(errors) * int64_t{sizeof(float)};
    const auto bias = [=](const Binding& bound) {
        if (op.dbias)
            run_channel_sums(bound.site, errors, bound.at(op.dy), bound.floats(op.dbias),
                             reinterpret_cast<float*>(bound.scratch));
    };
    if (!op.dweight) {
        launch.run = bias;
        return launch;
    }
    const auto plan = maker.libraries().convolution(ConvPass::backward_weight, shape, maker.element(), scale,
                                                    maker.stream());
    if (!plan) {
        launch.scratch_bytes =
            std::max(launch.scratch_bytes, conv2d_backward_weight_scratch(shape) * int64_t{sizeof(float)});
        launch.run = [=](const Binding& bound) {
            run_conv2d_backward_weight(bound.site, shape, bound.at(op.x), bound.at(op.dy),
                                       bound.floats(op.dweight), reinterpret_cast<float*>(bound.scratch));
            bias(bound);
        };
        return launch;
    }
    launch.how = plan->how;
    // A gradient in half precision comes before the workspace; from there it becomes fp32.
    const bool convert = !plan->result_in_float;
    const int64_t narrow = convert ? (shape.weights() * size_of(maker.element()) + 255) / 256 * 256 : 0;
    launch.scratch_bytes = std::max(launch.scratch_bytes, narrow + plan->workspace);
    launch.run = [=](const Binding& bound) {
        void* result = convert ? static_cast<void*>(bound.scratch) : bound.at(op.dweight);
        plan->run(bound.site.stream, bound.at(op.x), bound.at(op.dy), result, bound.scratch + narrow);
        if (convert)
            run_to_float(bound.site, result, bound.floats(op.dweight), static_cast<uint32_t>(shape.weights()),
                         scale);
        bias(bound);
    };
    return launch;
}

}  // namespace cnnlab::cuda
