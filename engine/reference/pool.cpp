#include <limits>
#include <xtensor/xmath.hpp>

#include "engine/reference/kernels.hpp"
#include "engine/reference/taps.hpp"

namespace cnnlab::reference {

namespace {

/// How many values each window's mean divides by, as an image [1, Ho, Wo, 1].
Array divisor(const Window& w, ImageShape in, ImageShape out, bool count_include_pad) {
    const auto extents = [](ImageShape s) {
        return std::vector<size_t>{1, static_cast<size_t>(s.height), static_cast<size_t>(s.width), 1};
    };
    if (count_include_pad) return xt::full_like(Array(extents(out)), static_cast<double>(w.taps()));
    Array ones = pad(Array(extents(in), 1.0), w), inside(extents(out), 0.0);
    for (int i = 0; i < w.kernel.height; ++i)
        for (int j = 0; j < w.kernel.width; ++j) inside += tap(ones, w, i, j, out);
    return inside;
}

}  // namespace

void run(const ops::MaxPool2d& op, Context& c) {
    const ImageShape out = c.image(op.y);
    constexpr double lowest = -std::numeric_limits<double>::infinity();
    Array x = pad(c[op.x], op.window, lowest), argmax = c.zeros(op.y);
    Array y = c.zeros(op.y) + lowest;
    for (int i = 0; i < op.window.kernel.height; ++i)
        for (int j = 0; j < op.window.kernel.width; ++j) {
            const Array candidate = tap(x, op.window, i, j, out);
            argmax = xt::where(candidate > y, static_cast<double>(i * op.window.kernel.width + j), argmax);
            y = xt::maximum(candidate, y);
        }
    c[op.y] = y;
    if (op.argmax) c[op.argmax] = argmax;
}

void run(const ops::MaxPool2dBackward& op, Context& c) {
    Array dx = pad(c.zeros(op.dx), op.window);
    const Array &dy = c[op.dy], &argmax = c[op.argmax];
    for (int i = 0; i < op.window.kernel.height; ++i)
        for (int j = 0; j < op.window.kernel.width; ++j)
            tap(dx, op.window, i, j, c.image(op.dy)) +=
                xt::where(xt::equal(argmax, i * op.window.kernel.width + j), dy, 0.0);
    c[op.dx] = crop(dx, op.window);
}

void run(const ops::AvgPool2d& op, Context& c) {
    const ImageShape in = c.image(op.x), out = c.image(op.y);
    Array x = pad(c[op.x], op.window), sum = c.zeros(op.y);
    for (int i = 0; i < op.window.kernel.height; ++i)
        for (int j = 0; j < op.window.kernel.width; ++j) sum += tap(x, op.window, i, j, out);
    c[op.y] = sum / divisor(op.window, in, out, op.count_include_pad);
}

void run(const ops::AvgPool2dBackward& op, Context& c) {
    const ImageShape in = c.image(op.dx), out = c.image(op.dy);
    Array dx = pad(c.zeros(op.dx), op.window);
    const Array share = c[op.dy] / divisor(op.window, in, out, op.count_include_pad);
    for (int i = 0; i < op.window.kernel.height; ++i)
        for (int j = 0; j < op.window.kernel.width; ++j) tap(dx, op.window, i, j, out) += share;
    c[op.dx] = crop(dx, op.window);
}

}  // namespace cnnlab::reference
