#include "native/cuda/step.hpp"

namespace cnnlab::cuda {

namespace {

int64_t scratch_bytes(const NormShape& shape) { return batch_norm_scratch(shape) * int64_t{sizeof(float)}; }

}  // namespace

Step make(const ops::BatchNormStatistics& op, Maker& maker) {
    const NormShape shape = maker.norm_shape(op.x);
    Step step;
    step.scratch_bytes = scratch_bytes(shape);
    step.run = [=](const Launch& l) {
        run_batch_norm_statistics(l.site, shape, l.at(op.x), l.floats(op.mean), l.floats(op.variance),
                                  l.floats(op.running_mean), l.floats(op.running_variance), op.momentum,
                                  reinterpret_cast<float*>(l.scratch));
    };
    return step;
}

Step make(const ops::BatchNorm& op, Maker& maker) {
    const NormShape shape = maker.norm_shape(op.x);
    Step step;
    step.run = [=](const Launch& l) {
        run_batch_norm(l.site, shape, l.at(op.x), l.floats(op.mean), l.floats(op.variance),
                       l.floats(op.weight), l.floats(op.bias), l.at(op.y), op.eps);
    };
    return step;
}

Step make(const ops::BatchNormBackwardReduce& op, Maker& maker) {
    const NormShape shape = maker.norm_shape(op.x);
    Step step;
    step.scratch_bytes = scratch_bytes(shape);
    step.run = [=](const Launch& l) {
        run_batch_norm_backward_reduce(l.site, shape, l.at(op.x), l.at(op.dy), l.floats(op.mean),
                                       l.floats(op.variance), l.floats(op.dweight), l.floats(op.dbias),
                                       op.eps, reinterpret_cast<float*>(l.scratch));
    };
    return step;
}

Step make(const ops::BatchNormBackwardInput& op, Maker& maker) {
    const NormShape shape = maker.norm_shape(op.x);
    Step step;
    step.run = [=](const Launch& l) {
        run_batch_norm_backward_input(l.site, shape, l.at(op.x), l.at(op.dy), l.floats(op.mean),
                                      l.floats(op.variance), l.floats(op.weight), l.floats(op.dweight),
                                      l.floats(op.dbias), l.at(op.dx), op.eps);
    };
    return step;
}

}  // namespace cnnlab::cuda
