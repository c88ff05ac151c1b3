#include "engine/reference/kernels.hpp"
#include "engine/reference/product.hpp"
#include "engine/reference/taps.hpp"

namespace cnnlab::reference {

namespace {

/// [N, H, W, C] as a matrix with a row for each pixel.
Array rows_of(Array images) {
    const size_t channels = images.shape()[3], rows = images.size() / channels;
    images.reshape(std::vector<size_t>{rows, channels});
    return images;
}

/// The inverse of rows_of.
Array images_of(Array rows, size_t batch, ImageShape image) {
    rows.reshape(std::vector<size_t>{batch, static_cast<size_t>(image.height),
                                     static_cast<size_t>(image.width), rows.shape()[1]});
    return rows;
}

Array transposed(const Array& matrix) { return xt::transpose(matrix); }

/// Calls visit(i, j, inputs, outputs) for every tap and group, the last two being the group's ranges of channels.
template <class Op, class Visit>
void for_each_tap(const Op& op, int in_channels, int out_channels, const Visit& visit) {
    const int ins = in_channels / op.groups, outs = out_channels / op.groups;
    for (int g = 0; g < op.groups; ++g)
        for (int i = 0; i < op.window.kernel.height; ++i)
            for (int j = 0; j < op.window.kernel.width; ++j)
                visit(i, j, xt::range(g * ins, (g + 1) * ins), xt::range(g * outs, (g + 1) * outs));
}

auto channels(Array& images, auto range) { return xt::view(images, xt::all(), xt::all(), xt::all(), range); }

}  // namespace

void run(const ops::Conv2d& op, Context& c) {
    Array x = pad(c[op.x], op.window), y = c.zeros(op.y);
    Array& weight = c[op.weight];
    const ImageShape out = c.image(op.y);
    if (op.bias) y += c[op.bias];
    for_each_tap(op, c.image(op.x).channels, out.channels, [&](int i, int j, auto inputs, auto outputs) {
        const Array pixels = rows_of(tap(x, op.window, i, j, out, inputs));
        const Array filters = xt::view(weight, outputs, i, j, xt::all());
        channels(y, outputs) += images_of(product(pixels, transposed(filters)), y.shape()[0], out);
    });
    c[op.y] = y;
    const ops::Finish& f = op.finish;
    if (f.variance) run(ops::BatchNorm{op.y, f.mean, f.variance, f.weight, f.bias, op.y, f.eps}, c);
    if (f.addend) run(ops::Add{op.y, f.addend, op.y}, c);
    if (f.activates) run(ops::Activation{op.y, op.y, f.activation}, c);
}

void run(const ops::Conv2dBackwardInput& op, Context& c) {
    Array dx = pad(c.zeros(op.dx), op.window);
    Array &dy = c[op.dy], &weight = c[op.weight];
    const ImageShape out = c.image(op.dy);
    for_each_tap(op, c.image(op.dx).channels, out.channels, [&](int i, int j, auto inputs, auto outputs) {
        const Array errors = rows_of(channels(dy, outputs));
        const Array filters = xt::view(weight, outputs, i, j, xt::all());
        tap(dx, op.window, i, j, out, inputs) += images_of(product(errors, filters), dx.shape()[0], out);
    });
    c[op.dx] = crop(dx, op.window);
}

void run(const ops::Conv2dBackwardWeight& op, Context& c) {
    Array x = pad(c[op.x], op.window);
    Array& dy = c[op.dy];
    const ImageShape out = c.image(op.dy);
    if (op.dbias) c[op.dbias] = xt::sum(dy, {0, 1, 2});
    if (!op.dweight) return;
    Array& dweight = c[op.dweight];
    for_each_tap(op, c.image(op.x).channels, out.channels, [&](int i, int j, auto inputs, auto outputs) {
        const Array pixels = rows_of(tap(x, op.window, i, j, out, inputs));
        const Array errors = rows_of(channels(dy, outputs));
        xt::view(dweight, outputs, i, j, xt::all()) = product(transposed(errors), pixels);
    });
}

}  // namespace cnnlab::reference
