#include "native/cuda/kernels/loss.hpp"

#include "native/cuda/step.hpp"

/// Losses, and the softmax that stands alone.
namespace cnnlab::cuda {

namespace {

template <class Op>
Step make_loss(const Op& op, LossKind kind, Maker& maker, float label_smoothing = 0, bool of_sum = false) {
    const int batch = maker.batch(), outputs = static_cast<int>(maker.program().shape(op.logits).count());
    Step step;
    step.scratch_bytes = loss_scratch(batch);
    step.run = [=](const Launch& l) {
        run_loss(l.site, kind, batch, outputs, l.at(op.logits), l.at<int32_t>(op.targets), l.at(op.dlogits),
                 label_smoothing, of_sum, l.scratch);
    };
    return step;
}

}  // namespace

Step make(const ops::CrossEntropy& op, Maker& maker) {
    return make_loss(op, LossKind::cross_entropy, maker, op.label_smoothing, op.sum);
}
Step make(const ops::BinaryCrossEntropy& op, Maker& maker) {
    return make_loss(op, LossKind::binary_cross_entropy, maker);
}
Step make(const ops::MeanSquaredError& op, Maker& maker) {
    return make_loss(op, LossKind::mean_squared_error, maker);
}

Step make(const ops::Softmax& op, Maker& maker) {
    const uint32_t rows = maker.rows(op.y), channels = static_cast<uint32_t>(maker.image(op.y).channels);
    Step step;
    step.run = [=](const Launch& l) { run_softmax(l.site, rows, channels, l.at(op.x), l.at(op.y)); };
    return step;
}

Step make(const ops::SoftmaxBackward& op, Maker& maker) {
    const uint32_t rows = maker.rows(op.y), channels = static_cast<uint32_t>(maker.image(op.y).channels);
    Step step;
    step.run = [=](const Launch& l) {
        run_softmax_backward(l.site, rows, channels, l.at(op.y), l.at(op.dy), l.at(op.dx));
    };
    return step;
}

}  // namespace cnnlab::cuda
