#include <xtensor/xmath.hpp>

#include "engine/reference/kernels.hpp"

namespace cnnlab::reference {

namespace {

/// Sum and maximum over the channels, as images of one channel: they broadcast against the others.
Array sum_of_channels(const Array& x) {
    return xt::sum(x, {3}, xt::keep_dims | xt::evaluation_strategy::immediate);
}
Array highest_channel(const Array& x) {
    return xt::amax(x, {3}, xt::keep_dims | xt::evaluation_strategy::immediate);
}

}  // namespace

void run(const ops::Softmax& op, Context& c) {
    const Array& x = c[op.x];
    const Array e = xt::exp(x - highest_channel(x));
    c[op.y] = e / sum_of_channels(e);
}

void run(const ops::SoftmaxBackward& op, Context& c) {
    const Array &y = c[op.y], &dy = c[op.dy];
    c[op.dx] = y * (dy - sum_of_channels(dy * y));
}

}  // namespace cnnlab::reference
