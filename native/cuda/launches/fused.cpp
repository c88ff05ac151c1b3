#include "native/cuda/kernels/fused_norm.hpp"

#include "native/cuda/launch.hpp"

/// Fused ops.
namespace cnnlab::cuda {

namespace {

int64_t scratch_bytes(const NormShape& shape) { return batch_norm_scratch(shape) * int64_t{sizeof(float)}; }
float* scratch(const Binding& bound) { return reinterpret_cast<float*>(bound.scratch); }

template <class Op>
NormOperands norm_operands(const Op& op, const Binding& bound) {
    return {bound.floats(op.mean), bound.floats(op.variance), bound.floats(op.weight), bound.floats(op.bias),
            op.eps};
}

}  // namespace

Launch make(const fused::PoolStatistics& op, Maker& maker) {
    const ops::MaxPool2d& pool = op.pool;
    const ops::BatchNormStatistics& to = op.statistics;
    const NormShape shape = maker.norm_shape(pool.y);
    const WindowMap window = maker.window_map(pool.window, pool.x, pool.y);
    Launch launch;
    launch.scratch_bytes = scratch_bytes(shape);
    launch.run = [=](const Binding& bound) {
        run_pool_statistics(bound.site, shape,
                            {window, bound.at(pool.x), bound.at(pool.y), bound.at<uint16_t>(pool.argmax)},
                            bound.floats(to.mean), bound.floats(to.variance), bound.floats(to.running_mean),
                            bound.floats(to.running_variance), to.momentum, scratch(bound));
    };
    return launch;
}

Launch make(const fused::Normalise& op, Maker& maker) {
    const NormShape shape = maker.norm_shape(op.y);
    const WindowMap window = op.pools ? maker.window_map(op.window, op.x, op.y) : WindowMap{};
    Launch launch;
    launch.run = [=](const Binding& bound) {
        const PoolOperands pool{window, bound.at(op.x), bound.at(op.pooled), bound.at<uint16_t>(op.argmax)};
        run_normalise(bound.site, shape, op.pools ? &pool : nullptr, bound.at(op.x), norm_operands(op, bound),
                      op.activation, bound.at(op.normal), bound.at(op.y));
    };
    return launch;
}

Launch make(const fused::NormSums& op, Maker& maker) {
    const NormShape shape = maker.norm_shape(op.x);
    Launch launch;
    launch.scratch_bytes = scratch_bytes(shape);
    launch.run = [=](const Binding& bound) {
        run_activated_norm_sums(bound.site, shape, bound.at(op.x), bound.at(op.dy), norm_operands(op, bound),
                                op.activation, bound.at(op.dnormal), bound.floats(op.dweight),
                                bound.floats(op.dbias), scratch(bound));
    };
    return launch;
}

Launch make(const fused::NormInputGradient& op, Maker& maker) {
    const NormShape shape = maker.norm_shape(op.x);
    const WindowMap window = op.pools ? maker.window_map(op.window, op.dx, op.x) : WindowMap{};
    Launch launch;
    launch.run = [=](const Binding& bound) {
        run_norm_input_gradient(
            bound.site, shape,
            {bound.at(op.x), bound.at(op.dy), norm_operands(op, bound), op.activation,
             bound.floats(op.dweight), bound.floats(op.dbias), op.pools ? &window : nullptr,
             bound.at<uint16_t>(op.argmax), bound.at(op.dpooled), bound.at(op.dx)});
    };
    return launch;
}

Launch make(const fused::BiasSums& op, Maker& maker) {
    const NormShape shape = maker.norm_shape(op.saved);
    Launch launch;
    launch.scratch_bytes = scratch_bytes(shape);
    launch.run = [=](const Binding& bound) {
        run_activated_bias_sums(bound.site, shape, bound.at(op.saved), bound.at(op.dy), op.activation,
                                bound.at(op.dx), bound.floats(op.dbias), scratch(bound));
    };
    return launch;
}

}  // namespace cnnlab::cuda
