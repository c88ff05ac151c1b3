#include "engine/cpu/kernels/simd.hpp"

namespace cnnlab::cpu::CNNLAB_ARCH {

namespace {

/// Calls `image(logits, outputs, target, share, gradient or null)` → loss for every valid image. Counts right
/// answers; zeroes the gradients of the other images. `share`: weight of an image in the gradient, 1 / count, or 1
/// for the gradient of the sum.
template <class F>
std::unique_ptr<Kernel> loss_kernel(ValueId logits_id, ValueId targets_id, ValueId dlogits_id,
                                    const Binding& b, float threshold, F image, bool sum = false) {
    const Buffer logits = b.buffer(logits_id), targets = b.buffer(targets_id), dlogits = b.buffer(dlogits_id);
    const int outputs = b.image(logits_id).channels;
    return map_kernel([=](const MapContext& c) {
        const float* x = logits.at(c);
        const auto* target = targets.template at<int32_t>(c);
        float* d = dlogits ? dlogits.at(c) : nullptr;
        const float share = sum ? 1.0F : 1.0F / static_cast<float>(c.run->input.count);
        for (int i = 0; i < c.images; ++i) {
            const float* row = x + i * outputs;
            int best = 0;
            for (int k = 1; k < outputs; ++k)
                if (row[k] > row[best]) best = k;
            if (outputs == 1) best = row[0] > threshold ? 1 : 0;
            c.result->correct += best == target[i] ? 1 : 0;
            c.result->loss_sum +=
                image(row, outputs, target[i], share, d != nullptr ? d + i * outputs : nullptr);
        }
        if (d != nullptr)
            for (int k = c.images * outputs; k < block_images * outputs; ++k) d[k] = 0.0F;
    });
}

/// The target of output k: one-hot, or the class number if there is one output.
CNNLAB_INLINE float target_of(int k, int outputs, int32_t target) {
    return outputs == 1 ? static_cast<float>(target) : (k == target ? 1.0F : 0.0F);
}

}  // namespace

template <>
Traits CpuOp<ops::CrossEntropy>::traits(const ops::CrossEntropy& /*op*/, const Program& /*program*/,
                                        int /*shards*/) {
    return mapping();
}

template <>
std::unique_ptr<Kernel> CpuOp<ops::CrossEntropy>::bind(const ops::CrossEntropy& op, const Binding& b) {
    const float smoothing = op.label_smoothing;
    return loss_kernel(
        op.logits, op.targets, op.dlogits, b, 0.0F,
        [=](const float* x, int outputs, int32_t target, float share, float* d) {
            float highest = x[0];
            for (int k = 1; k < outputs; ++k) highest = x[k] > highest ? x[k] : highest;
            double sum = 0, total = 0;
            for (int k = 0; k < outputs; ++k) {
                sum += __builtin_exp(static_cast<double>(x[k]) - highest);
                total += x[k];
            }
            const double log_sum = __builtin_log(sum) + highest,
                         even = smoothing / static_cast<double>(outputs);
            if (d != nullptr)
                for (int k = 0; k < outputs; ++k) {
                    const double q = (k == target ? 1.0 - smoothing : 0.0) + even;
                    d[k] = static_cast<float>(__builtin_exp(x[k] - log_sum) - q) * share;
                }
            return (1.0 - smoothing) * (log_sum - x[target]) + even * (outputs * log_sum - total);
        },
        op.sum);
}

template <>
Traits CpuOp<ops::BinaryCrossEntropy>::traits(const ops::BinaryCrossEntropy& /*op*/,
                                              const Program& /*program*/, int /*shards*/) {
    return mapping();
}

template <>
std::unique_ptr<Kernel> CpuOp<ops::BinaryCrossEntropy>::bind(const ops::BinaryCrossEntropy& op,
                                                             const Binding& b) {
    return loss_kernel(op.logits, op.targets, op.dlogits, b, 0.0F,
                       [](const float* x, int outputs, int32_t target, float share, float* d) {
                           double loss = 0;
                           for (int k = 0; k < outputs; ++k) {
                               const double v = x[k], t = target_of(k, outputs, target),
                                            positive = v > 0 ? v : 0, size = v > 0 ? v : -v;
                               loss += positive - v * t + __builtin_log1p(__builtin_exp(-size));
                               if (d != nullptr)
                                   d[k] = static_cast<float>(1.0 / (1.0 + __builtin_exp(-v)) - t) * share /
                                          static_cast<float>(outputs);
                           }
                           return loss / outputs;
                       });
}

template <>
Traits CpuOp<ops::MeanSquaredError>::traits(const ops::MeanSquaredError& /*op*/, const Program& /*program*/,
                                            int /*shards*/) {
    return mapping();
}

template <>
std::unique_ptr<Kernel> CpuOp<ops::MeanSquaredError>::bind(const ops::MeanSquaredError& op,
                                                           const Binding& b) {
    return loss_kernel(op.logits, op.targets, op.dlogits, b, 0.5F,
                       [](const float* x, int outputs, int32_t target, float share, float* d) {
                           double loss = 0;
                           for (int k = 0; k < outputs; ++k) {
                               const double e = static_cast<double>(x[k]) - target_of(k, outputs, target);
                               loss += e * e;
                               if (d != nullptr)
                                   d[k] = static_cast<float>(2.0 * e) * share / static_cast<float>(outputs);
                           }
                           return loss / outputs;
                       });
}

}  // namespace cnnlab::cpu::CNNLAB_ARCH
