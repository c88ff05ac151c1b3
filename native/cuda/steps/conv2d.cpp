#include "native/cuda/kernels/update.hpp"
#include "native/cuda/step.hpp"

/// Convolutions: by the library whose plan was fastest when it was tried, else by the own kernels.
namespace cnnlab::cuda {

Step make(const ops::Conv2d& op, Maker& maker) {
    const ConvShape shape = maker.conv_shape(op.window, op.x, op.y, op.groups);
    maker.want_weight(op.weight);
    Step step;
    const auto plan =
        maker.libraries().convolution(ConvPass::forward, shape, maker.element(), 1, maker.stream());
    if (!plan) {
        step.run = [=](const Launch& l) {
            run_conv2d(l.site, shape, l.at(op.x), l.weight(op.weight), l.floats(op.bias), l.at(op.y));
        };
        return step;
    }
    step.how = plan->how;
    step.scratch_bytes = plan->workspace;
    const uint32_t rows = maker.rows(op.y);
    step.run = [=](const Launch& l) {
        plan->run(l.site.stream, l.at(op.x), l.weight(op.weight), l.at(op.y), l.scratch);
        if (op.bias)
            run_add_bias(l.site, rows, static_cast<uint32_t>(shape.out_channels), l.floats(op.bias),
                         l.at(op.y));
    };
    return step;
}

Step make(const ops::Conv2dBackwardInput& op, Maker& maker) {
    const ConvShape shape = maker.conv_shape(op.window, op.dx, op.dy, op.groups);
    maker.want_weight(op.weight);
    Step step;
    const auto plan =
        maker.libraries().convolution(ConvPass::backward_input, shape, maker.element(), 1, maker.stream());
    if (!plan) {
        step.run = [=](const Launch& l) {
            run_conv2d_backward_input(l.site, shape, l.at(op.dy), l.weight(op.weight), l.at(op.dx));
        };
        return step;
    }
    step.how = plan->how;
    step.scratch_bytes = plan->workspace;
    step.run = [=](const Launch& l) {
        plan->run(l.site.stream, l.at(op.dy), l.weight(op.weight), l.at(op.dx), l.scratch);
    };
    return step;
}

Step make(const ops::Conv2dBackwardWeight& op, Maker& maker) {
    const ConvShape shape = maker.conv_shape(op.window, op.x, op.dy, op.groups);
    const NormShape errors = maker.norm_shape(op.dy);
    const float scale = 1.0F / maker.gradient_scale();
    Step step;
    if (op.dbias) step.scratch_bytes = batch_norm_scratch(errors) * int64_t{sizeof(float)};
    const auto bias = [=](const Launch& l) {
        if (op.dbias)
            run_channel_sums(l.site, errors, l.at(op.dy), l.floats(op.dbias),
                             reinterpret_cast<float*>(l.scratch));
    };
    if (!op.dweight) {
        step.run = bias;
        return step;
    }
    const auto plan = maker.libraries().convolution(ConvPass::backward_weight, shape, maker.element(), scale,
                                                    maker.stream());
    if (!plan) {
        step.scratch_bytes =
            std::max(step.scratch_bytes, conv2d_backward_weight_scratch(shape) * int64_t{sizeof(float)});
        step.run = [=](const Launch& l) {
            run_conv2d_backward_weight(l.site, shape, l.at(op.x), l.at(op.dy), l.floats(op.dweight),
                                       reinterpret_cast<float*>(l.scratch));
            bias(l);
        };
        return step;
    }
    step.how = plan->how;
    // a gradient in half precision comes before the workspace, from where it becomes fp32
    const bool convert = !plan->result_in_float;
    const int64_t narrow = convert ? (shape.weights() * size_of(maker.element()) + 255) / 256 * 256 : 0;
    step.scratch_bytes = std::max(step.scratch_bytes, narrow + plan->workspace);
    step.run = [=](const Launch& l) {
        void* result = convert ? static_cast<void*>(l.scratch) : l.at(op.dweight);
        plan->run(l.site.stream, l.at(op.x), l.at(op.dy), result, l.scratch + narrow);
        if (convert)
            run_to_float(l.site, result, l.floats(op.dweight), static_cast<uint32_t>(shape.weights()), scale);
        bias(l);
    };
    return step;
}

}  // namespace cnnlab::cuda
