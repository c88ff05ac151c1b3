#include <algorithm>
#include <limits>
#include <xtensor/xmath.hpp>

#include "engine/reference/kernels.hpp"

namespace cnnlab::reference {

namespace {

/// m: the values of one channel, count · H · W.
double values_a_channel(const Array& x) {
    const size_t values = x.size() / x.shape()[3];
    return static_cast<double>(values);
}

/// x̂ = (x − mean) / √(variance + eps).
Array normalised(const Array& x, const Array& mean, const Array& variance, float eps) {
    return (x - mean) / xt::sqrt(variance + static_cast<double>(eps));
}

/// dy · f′ of the activation, if there is one.
Array through(const ops::NormActivation& f, const Array& dy, const Array& x_hat, Context& c) {
    if (!f.activates) return dy;
    const Array y = c[f.weight] * x_hat + c[f.bias];
    const double top = f.kind == ActivationKind::relu6 ? 6 : std::numeric_limits<double>::infinity();
    return xt::where(y > 0.0 && y < top, dy, 0.0);
}

}  // namespace

void run(const ops::BatchNormStatistics& op, Context& c) {
    const Array x = c.counted(op.x);
    const double m = values_a_channel(x), momentum = op.momentum;
    const Array mean = xt::sum(x, {0, 1, 2}) / m;
    const Array variance = xt::sum(xt::square(x - mean), {0, 1, 2}) / m;
    c[op.mean] = mean;
    c[op.variance] = variance;
    Array &running_mean = c[op.running_mean], &running_variance = c[op.running_variance];
    running_mean = (1 - momentum) * running_mean + momentum * mean;
    // one value alone has no unbiased variance; its variance of 0 stands for it
    running_variance = (1 - momentum) * running_variance + momentum * variance * (m / std::max(m - 1, 1.0));
}

void run(const ops::BatchNorm& op, Context& c) {
    const Array mean = op.mean ? c[op.mean] : Array(0.0), bias = op.bias ? c[op.bias] : Array(0.0);
    c[op.y] = c[op.weight] * normalised(c[op.x], mean, c[op.variance], op.eps) + bias;
    if (op.activation.activates) run(ops::Activation{op.y, op.y, op.activation.kind}, c);
}

void run(const ops::BatchNormBackwardReduce& op, Context& c) {
    const Array x_hat = normalised(c.counted(op.x), c[op.mean], c[op.variance], op.eps);
    const Array dy = through(op.activation, c.counted(op.dy), x_hat, c);
    c[op.dweight] = xt::sum(dy * x_hat, {0, 1, 2});
    c[op.dbias] = xt::sum(dy, {0, 1, 2});
}

void run(const ops::BatchNormBackwardInput& op, Context& c) {
    const Array x = c.counted(op.x);
    const Array x_hat = normalised(x, c[op.mean], c[op.variance], op.eps);
    const Array dy = through(op.activation, c.counted(op.dy), x_hat, c);
    const double m = values_a_channel(x);
    Array dx = c.zeros(op.dx);
    xt::view(dx, xt::range(0, c.input.count)) = c[op.weight] /
                                                xt::sqrt(c[op.variance] + static_cast<double>(op.eps)) *
                                                (dy - c[op.dbias] / m - x_hat * c[op.dweight] / m);
    c[op.dx] = dx;
}

}  // namespace cnnlab::reference
