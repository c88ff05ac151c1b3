#include <algorithm>
#include <cmath>
#include <xtensor/xmath.hpp>

#include "engine/reference/kernels.hpp"
#include "engine/reference/product.hpp"

namespace cnnlab::reference {

namespace {

/// The gradient as an update sees it: scaled by the norm's clip, then limited to ±clip_value.
Array clipped(const ops::UpdateOperands& op, Context& c) {
    Array g = c[op.gradient];
    if (op.clip) g *= c[op.clip];
    if (op.clip_value > 0) g = xt::clip(g, -double{op.clip_value}, double{op.clip_value});
    return g;
}

double rate(const ops::UpdateOperands& op, const Context& c) {
    return double{c.input.rate(op.rate)} * double{op.lr_scale};
}

/// Frobenius' norm.
double norm_of(const Array& matrix) { return std::sqrt(xt::sum(xt::square(matrix))()); }

/// Brings the singular values near 1 (ops::MuonUpdate).
Array orthogonal(Array x, const ops::MuonUpdate& op) {
    const double a = op.coefficients[0], b = op.coefficients[1], c = op.coefficients[2];
    const bool tall = x.shape()[0] > x.shape()[1];
    if (tall) x = Array(xt::transpose(x));
    x /= norm_of(x) + 1e-7;
    for (int i = 0; i < op.newton_steps; ++i) {
        const Array gram = product(x, xt::transpose(x));
        const Array factor = b * gram + c * product(gram, gram);
        x = Array(a * x + product(factor, x));
    }
    if (tall) x = Array(xt::transpose(x));
    return x;
}

}  // namespace

void run(const ops::GradientNorm& op, Context& c) {
    double squares = 0;
    for (const ValueId gradient : op.gradients) squares += xt::sum(xt::square(c[gradient]))();
    const double norm = std::sqrt(squares);
    c.output.gradient_norm = norm;
    c[op.clip].fill(op.max_norm > 0 ? std::min(1.0, double{op.max_norm} / (norm + 1e-6)) : 1.0);
}

void run(const ops::SgdUpdate& op, Context& c) {
    Array& p = c[op.parameter];
    const double lr = rate(op, c), momentum = op.momentum, decay = op.weight_decay;
    const Array g = clipped(op, c) + decay * p;
    if (!op.velocity) {
        p -= lr * g;
        return;
    }
    Array& v = c[op.velocity];
    v = momentum * v + g;
    if (op.nesterov)
        p -= lr * (g + momentum * v);
    else
        p -= lr * v;
}

void run(const ops::AdamUpdate& op, Context& c) {
    Array &p = c[op.parameter], &m = c[op.first], &v = c[op.second];
    const double lr = rate(op, c), beta1 = op.beta1, beta2 = op.beta2, eps = op.eps, decay = op.weight_decay;
    const double t = static_cast<double>(c.input.step) + 1;
    Array g = clipped(op, c);
    if (op.decoupled)
        p -= lr * decay * p;
    else
        g += decay * p;
    m = beta1 * m + (1 - beta1) * g;
    v = beta2 * v + (1 - beta2) * xt::square(g);
    p -= lr * (m / (1 - std::pow(beta1, t))) / (xt::sqrt(v / (1 - std::pow(beta2, t))) + eps);
}

void run(const ops::RmsPropUpdate& op, Context& c) {
    Array &p = c[op.parameter], &s = c[op.square];
    const double lr = rate(op, c), alpha = op.alpha, eps = op.eps, momentum = op.momentum,
                 decay = op.weight_decay;
    const Array g = clipped(op, c) + decay * p;
    s = alpha * s + (1 - alpha) * xt::square(g);
    const Array u = g / (xt::sqrt(s) + eps);
    if (!op.velocity) {
        p -= lr * u;
        return;
    }
    Array& b = c[op.velocity];
    b = momentum * b + u;
    p -= lr * b;
}

void run(const ops::MuonUpdate& op, Context& c) {
    Array &w = c[op.parameter], &v = c[op.velocity];
    const double lr = rate(op, c), momentum = op.momentum, decay = op.weight_decay;
    const Array g = clipped(op, c);
    v = momentum * v + g;
    const size_t rows = w.shape()[0];
    Array u = op.nesterov ? Array(g + momentum * v) : v;
    u.reshape(std::vector<size_t>{rows, u.size() / rows});
    const double norm = norm_of(w);
    if (op.renormalises(c.input.step, c.input.total_steps) && norm > 0)
        w *= std::sqrt(static_cast<double>(rows)) / norm;
    u = orthogonal(u, op);
    u.reshape(w.shape());
    w = (1 - lr * decay) * w - lr * u;
}

void run(const ops::LookaheadUpdate& op, Context& c) {
    if (!op.pulls(c.input.step, c.input.total_steps)) return;
    const double d = op.share(c.input.step, c.input.total_steps);
    Array &slow = c[op.slow], &p = c[op.parameter];
    slow = d * slow + (1 - d) * p;
    p = slow;
}

void run(const ops::AverageUpdate& op, Context& c) {
    const double t = static_cast<double>(c.input.step) + 1;
    const double d = std::min(double{op.decay}, (1 + t) / (10 + t));
    c[op.average] = d * c[op.average] + (1 - d) * c[op.parameter];
}

}  // namespace cnnlab::reference
