#include "native/cuda/kernels/loss.hpp"

#include "native/cuda/launch.hpp"

/// Losses, and softmax as an op of its own.
namespace cnnlab::cuda {

namespace {

template <class Op>
Launch make_loss(const Op& op, LossKind kind, Maker& maker, float label_smoothing = 0, bool of_sum = false) {
    const int batch = maker.batch(), outputs = static_cast<int>(maker.program().shape(op.logits).count());
    Launch launch;
    launch.scratch_bytes = loss_scratch(batch);
    launch.run = [=](const Binding& bound) {
        run_loss(bound.site, kind, batch, outputs, bound.at(op.logits), bound.at<int32_t>(op.targets),
                 bound.at(op.dlogits), label_smoothing, of_sum, bound.scratch);
    };
    return launch;
}

}  // namespace

Launch make(const ops::CrossEntropy& op, Maker& maker) {
    return make_loss(op, LossKind::cross_entropy, maker, op.label_smoothing, op.sum);
}
Launch make(const ops::BinaryCrossEntropy& op, Maker& maker) {
    return make_loss(op, LossKind::binary_cross_entropy, maker);
}
Launch make(const ops::MeanSquaredError& op, Maker& maker) {
    return make_loss(op, LossKind::mean_squared_error, maker);
}

Launch make(const ops::Softmax& op, Maker& maker) {
    const uint32_t rows = maker.rows(op.y), channels = static_cast<uint32_t>(maker.image(op.y).channels);
    Launch launch;
    launch.run = [=](const Binding& bound) {
        run_softmax(bound.site, rows, channels, bound.at(op.x), bound.at(op.y));
    };
    return launch;
}

Launch make(const ops::SoftmaxBackward& op, Maker& maker) {
    const uint32_t rows = maker.rows(op.y), channels = static_cast<uint32_t>(maker.image(op.y).channels);
    Launch launch;
    launch.run = [=](const Binding& bound) {
        run_softmax_backward(bound.site, rows, channels, bound.at(op.y), bound.at(op.dy), bound.at(op.dx));
    };
    return launch;
}

}  // namespace cnnlab::cuda
