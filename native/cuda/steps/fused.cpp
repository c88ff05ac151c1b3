#include "native/cuda/kernels/fused_norm.hpp"

#include "native/cuda/step.hpp"

/// Several ops in one pass over memory.
namespace cnnlab::cuda {

namespace {

int64_t scratch_bytes(const NormShape& shape) { return batch_norm_scratch(shape) * int64_t{sizeof(float)}; }
float* scratch(const Launch& l) { return reinterpret_cast<float*>(l.scratch); }

template <class Op>
NormOperands norm_operands(const Op& op, const Launch& l) {
    return {l.floats(op.mean), l.floats(op.variance), l.floats(op.weight), l.floats(op.bias), op.eps};
}

}  // namespace

Step make(const fused::PoolStatistics& op, Maker& maker) {
    const ops::MaxPool2d& pool = op.pool;
    const ops::BatchNormStatistics& to = op.statistics;
    const NormShape shape = maker.norm_shape(pool.y);
    const WindowMap window = maker.window_map(pool.window, pool.x, pool.y);
    Step step;
    step.scratch_bytes = scratch_bytes(shape);
    step.run = [=](const Launch& l) {
        run_pool_statistics(l.site, shape, {window, l.at(pool.x), l.at(pool.y), l.at<uint16_t>(pool.argmax)},
                            l.floats(to.mean), l.floats(to.variance), l.floats(to.running_mean),
                            l.floats(to.running_variance), to.momentum, scratch(l));
    };
    return step;
}

Step make(const fused::Normalise& op, Maker& maker) {
    const NormShape shape = maker.norm_shape(op.y);
    const WindowMap window = op.pools ? maker.window_map(op.window, op.x, op.y) : WindowMap{};
    Step step;
    step.run = [=](const Launch& l) {
        const PoolOperands pool{window, l.at(op.x), l.at(op.pooled), l.at<uint16_t>(op.argmax)};
        run_normalise(l.site, shape, op.pools ? &pool : nullptr, l.at(op.x), norm_operands(op, l),
                      op.activation, l.at(op.normal), l.at(op.y));
    };
    return step;
}

Step make(const fused::NormSums& op, Maker& maker) {
    const NormShape shape = maker.norm_shape(op.x);
    Step step;
    step.scratch_bytes = scratch_bytes(shape);
    step.run = [=](const Launch& l) {
        run_activated_norm_sums(l.site, shape, l.at(op.x), l.at(op.dy), norm_operands(op, l), op.activation,
                                l.at(op.dnormal), l.floats(op.dweight), l.floats(op.dbias), scratch(l));
    };
    return step;
}

Step make(const fused::NormInputGradient& op, Maker& maker) {
    const NormShape shape = maker.norm_shape(op.x);
    const WindowMap window = op.pools ? maker.window_map(op.window, op.dx, op.x) : WindowMap{};
    Step step;
    step.run = [=](const Launch& l) {
        run_norm_input_gradient(l.site, shape,
                                {l.at(op.x), l.at(op.dy), norm_operands(op, l), op.activation,
                                 l.floats(op.dweight), l.floats(op.dbias), op.pools ? &window : nullptr,
                                 l.at<uint16_t>(op.argmax), l.at(op.dpooled), l.at(op.dx)});
    };
    return step;
}

Step make(const fused::BiasSums& op, Maker& maker) {
    const NormShape shape = maker.norm_shape(op.saved);
    Step step;
    step.scratch_bytes = scratch_bytes(shape);
    step.run = [=](const Launch& l) {
        run_activated_bias_sums(l.site, shape, l.at(op.saved), l.at(op.dy), op.activation, l.at(op.dx),
                                l.floats(op.dbias), scratch(l));
    };
    return step;
}

}  // namespace cnnlab::cuda
