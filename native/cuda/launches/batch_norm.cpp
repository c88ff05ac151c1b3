#include "native/cuda/launch.hpp"

namespace cnnlab::cuda {

namespace {

int64_t scratch_bytes(const NormShape& shape) { return batch_norm_scratch(shape) * int64_t{sizeof(float)}; }

}  // namespace

Launch make(const ops::BatchNormStatistics& op, Maker& maker) {
    const NormShape shape = maker.norm_shape(op.x);
    Launch launch;
    launch.scratch_bytes = scratch_bytes(shape);
    launch.run = [=](const Binding& bound) {
        run_batch_norm_statistics(bound.site, shape, bound.at(op.x), bound.floats(op.mean),
                                  bound.floats(op.variance), bound.floats(op.running_mean),
                                  bound.floats(op.running_variance), op.momentum,
                                  reinterpret_cast<float*>(bound.scratch));
    };
    return launch;
}

Launch make(const ops::BatchNorm& op, Maker& maker) {
    const NormShape shape = maker.norm_shape(op.x);
    Launch launch;
    launch.run = [=](const Binding& bound) {
        run_batch_norm(bound.site, shape, bound.at(op.x), bound.floats(op.mean), bound.floats(op.variance),
                       bound.floats(op.weight), bound.floats(op.bias), bound.at(op.y), op.eps);
    };
    return launch;
}

Launch make(const ops::BatchNormBackwardReduce& op, Maker& maker) {
    const NormShape shape = maker.norm_shape(op.x);
    Launch launch;
    launch.scratch_bytes = scratch_bytes(shape);
    launch.run = [=](const Binding& bound) {
        run_batch_norm_backward_reduce(bound.site, shape, bound.at(op.x), bound.at(op.dy),
                                       bound.floats(op.mean), bound.floats(op.variance),
                                       bound.floats(op.dweight), bound.floats(op.dbias), op.eps,
                                       reinterpret_cast<float*>(bound.scratch));
    };
    return launch;
}

Launch make(const ops::BatchNormBackwardInput& op, Maker& maker) {
    const NormShape shape = maker.norm_shape(op.x);
    Launch launch;
    launch.run = [=](const Binding& bound) {
        run_batch_norm_backward_input(bound.site, shape, bound.at(op.x), bound.at(op.dy),
                                      bound.floats(op.mean), bound.floats(op.variance),
                                      bound.floats(op.weight), bound.floats(op.dweight),
                                      bound.floats(op.dbias), bound.at(op.dx), op.eps);
    };
    return launch;
}

}  // namespace cnnlab::cuda
