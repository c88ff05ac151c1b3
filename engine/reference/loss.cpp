#include <algorithm>
#include <cmath>
#include <vector>

#include "engine/reference/kernels.hpp"

namespace cnnlab::reference {

namespace {

using Row = std::vector<double>;

/// One image's loss and its gradient by the logits.
struct Scored {
    double loss = 0;
    Row gradient;
};

/// Scores the images that count with score(logits, target) and stores the results. `threshold` is for a single logit.
/// Gradients are of the mean, or of the sum.
template <class Op, class Score>
void run_loss(const Op& op, Context& c, double threshold, const Score& score, bool sum = false) {
    const Array &logits = c[op.logits], &targets = c[op.targets];
    const auto outputs = static_cast<size_t>(c.image(op.logits).count());
    Array gradients = c.zeros(op.logits);
    for (int n = 0; n < c.input.count; ++n) {
        const double* first = logits.data() + static_cast<size_t>(n) * outputs;
        const Row x(first, first + outputs);
        const auto target = static_cast<size_t>(targets.data()[n]);
        const Scored scored = score(x, target);
        const size_t answer = outputs == 1
                                  ? (x[0] > threshold ? 1U : 0U)
                                  : static_cast<size_t>(std::max_element(x.begin(), x.end()) - x.begin());
        c.output.loss_sum += scored.loss;
        c.output.correct += answer == target ? 1 : 0;
        for (size_t k = 0; k < outputs; ++k)
            gradients.data()[static_cast<size_t>(n) * outputs + k] =
                scored.gradient[k] / (sum ? 1 : c.input.count);
    }
    if (op.dlogits) c[op.dlogits] = gradients;
}

/// What output k should be: one-hot of the target, or the target itself with one logit.
double wanted(const Row& x, size_t k, size_t target) {
    if (x.size() == 1) return static_cast<double>(target);
    return k == target ? 1 : 0;
}

}  // namespace

void run(const ops::CrossEntropy& op, Context& c) {
    const auto score = [&](const Row& x, size_t target) {
        const double highest = *std::max_element(x.begin(), x.end()), outputs = static_cast<double>(x.size()),
                     smoothing = op.label_smoothing;
        double sum = 0;
        for (double v : x) sum += std::exp(v - highest);
        Scored scored{0, Row(x.size())};
        for (size_t k = 0; k < x.size(); ++k) {
            const double log_softmax = x[k] - highest - std::log(sum);
            const double q = (k == target ? 1 - smoothing : 0) + smoothing / outputs;
            scored.loss -= q * log_softmax;
            scored.gradient[k] = std::exp(log_softmax) - q;
        }
        return scored;
    };
    run_loss(op, c, 0, score, op.sum);
}

void run(const ops::BinaryCrossEntropy& op, Context& c) {
    run_loss(op, c, 0, [](const Row& x, size_t target) {
        const double outputs = static_cast<double>(x.size());
        Scored scored{0, Row(x.size())};
        for (size_t k = 0; k < x.size(); ++k) {
            const double t = wanted(x, k, target);
            scored.loss += (std::max(x[k], 0.0) - x[k] * t + std::log1p(std::exp(-std::abs(x[k])))) / outputs;
            scored.gradient[k] = (1 / (1 + std::exp(-x[k])) - t) / outputs;
        }
        return scored;
    });
}

void run(const ops::MeanSquaredError& op, Context& c) {
    run_loss(op, c, 0.5, [](const Row& x, size_t target) {
        const double outputs = static_cast<double>(x.size());
        Scored scored{0, Row(x.size())};
        for (size_t k = 0; k < x.size(); ++k) {
            const double difference = x[k] - wanted(x, k, target);
            scored.loss += difference * difference / outputs;
            scored.gradient[k] = 2 * difference / outputs;
        }
        return scored;
    });
}

}  // namespace cnnlab::reference
