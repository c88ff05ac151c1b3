#include <cmath>
#include <xtensor/xvectorize.hpp>

#include "engine/reference/kernels.hpp"

namespace cnnlab::reference {

namespace {

double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }
double hard_sigmoid(double x) { return x > -3 ? (x < 3 ? x / 6 + 0.5 : 1) : 0; }
/// The standard normal distribution, Φ, and its density, φ.
double normal_cdf(double x) { return 0.5 * (1 + std::erf(x / std::sqrt(2.0))); }
double normal_pdf(double x) { return std::exp(-x * x / 2) / std::sqrt(2 * std::acos(-1.0)); }

double value(ActivationKind kind, double x, double alpha) {
    switch (kind) {
        case ActivationKind::relu:
            return x > 0 ? x : 0;
        case ActivationKind::relu6:
            return x > 0 ? (x < 6 ? x : 6) : 0;
        case ActivationKind::leaky_relu:
            return x > 0 ? x : alpha * x;
        case ActivationKind::gelu:
            return x * normal_cdf(x);
        case ActivationKind::silu:
            return x * sigmoid(x);
        case ActivationKind::hard_swish:
            return x * hard_sigmoid(x);
        case ActivationKind::sigmoid:
            return sigmoid(x);
        case ActivationKind::hard_sigmoid:
            return hard_sigmoid(x);
        case ActivationKind::tanh:
            return std::tanh(x);
    }
    return x;
}

/// f′ from the input x (gelu, silu, hard_swish) or from the output y.
double slope(ActivationKind kind, double saved, double alpha) {
    const double x = saved, y = saved;
    switch (kind) {
        case ActivationKind::relu:
            return y > 0 ? 1 : 0;
        case ActivationKind::relu6:
            return y > 0 && y < 6 ? 1 : 0;
        case ActivationKind::leaky_relu:
            return y > 0 ? 1 : alpha;
        case ActivationKind::gelu:
            return normal_cdf(x) + x * normal_pdf(x);
        case ActivationKind::silu:
            return sigmoid(x) * (1 + x * (1 - sigmoid(x)));
        case ActivationKind::hard_swish:
            return x > -3 ? (x < 3 ? x / 3 + 0.5 : 1) : 0;
        case ActivationKind::sigmoid:
            return y * (1 - y);
        case ActivationKind::hard_sigmoid:
            return y > 0 && y < 1 ? 1.0 / 6 : 0;
        case ActivationKind::tanh:
            return 1 - y * y;
    }
    return 1;
}

}  // namespace

void run(const ops::Activation& op, Context& c) {
    c[op.y] = xt::vectorize([&](double x) { return value(op.kind, x, op.alpha); })(c[op.x]);
}

void run(const ops::ActivationBackward& op, Context& c) {
    c[op.dx] =
        c[op.dy] * xt::vectorize([&](double saved) { return slope(op.kind, saved, op.alpha); })(c[op.saved]);
}

}  // namespace cnnlab::reference
