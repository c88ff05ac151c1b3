#include <xtensor/xmath.hpp>

#include "engine/reference/kernels.hpp"

namespace cnnlab::reference {

namespace {

/// Keeps the last axis, with extent 1, so that the result broadcasts against the images.
constexpr auto keep = xt::keep_dims;

}  // namespace

void run(const ops::Softmax& op, Context& c) {
    const Array& x = c[op.x];
    const Array e = xt::exp(x - xt::amax(x, {3}, keep));
    c[op.y] = e / xt::sum(e, {3}, keep);
}

void run(const ops::SoftmaxBackward& op, Context& c) {
    const Array &y = c[op.y], &dy = c[op.dy];
    c[op.dx] = y * (dy - xt::sum(dy * y, {3}, keep));
}

}  // namespace cnnlab::reference
