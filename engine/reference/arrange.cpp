#include <algorithm>
#include <cmath>

#include "engine/data/augmentation.hpp"
#include "engine/reference/kernels.hpp"

namespace cnnlab::reference {

namespace {

auto channels(Array& images, int begin, int count) {
    return xt::view(images, xt::all(), xt::all(), xt::all(), xt::range(begin, begin + count));
}

}  // namespace

void run(const ops::Add& op, Context& c) { c[op.y] = c[op.a] + c[op.b]; }

void run(const ops::WeightedSum& op, Context& c) {
    Array y = c.zeros(op.y);
    for (size_t i = 0; i < op.parts.size(); ++i) y += double{op.weights[i]} * c[op.parts[i]];
    c[op.y] = y;
}

void run(const ops::Concat& op, Context& c) {
    Array y = c.zeros(op.y);
    int begin = 0;
    for (const ValueId part : op.parts) {
        const int count = c.image(part).channels;
        channels(y, begin, count) = c[part];
        begin += count;
    }
    c[op.y] = y;
}

void run(const ops::Slice& op, Context& c) { c[op.y] = channels(c[op.x], op.begin, c.image(op.y).channels); }

void run(const ops::Reshape& op, Context& c) {
    Array y = c[op.x];
    y.reshape(c.zeros(op.y).shape());
    c[op.y] = y;
}

void run(const ops::Shift& op, Context& c) {
    const ImageShape shape = c.image(op.x);
    const Array& x = c[op.x];
    Array y = c.zeros(op.y);
    for (int row = 0; row < shape.height; ++row)
        for (int column = 0; column < shape.width; ++column) {
            const int across = op.flip ? shape.width - 1 - column : column;
            xt::view(y, xt::all(), row, column) = xt::view(x, xt::all(), reflect(row + op.down, shape.height),
                                                           reflect(across + op.right, shape.width));
        }
    c[op.y] = y;
}

void run(const ops::Resize& op, Context& c) {
    const ImageShape from = c.image(op.x), to = c.image(op.y);
    const Array& x = c[op.x];
    Array y = c.zeros(op.y);
    // where position i of `small` lies among `large`: the pixel before it and how far it is past that.
    const auto place = [](int i, int small, int large) {
        const double at = std::clamp((i + 0.5) * large / small - 0.5, 0.0, large - 1.0);
        return std::pair(static_cast<int>(at), at - std::floor(at));
    };
    for (int row = 0; row < to.height; ++row)
        for (int column = 0; column < to.width; ++column) {
            const auto [v, down] = place(row, to.height, from.height);
            const auto [u, right] = place(column, to.width, from.width);
            const int below = std::min(v + 1, from.height - 1), beside = std::min(u + 1, from.width - 1);
            xt::view(y, xt::all(), row, column) = (1 - down) * ((1 - right) * xt::view(x, xt::all(), v, u) +
                                                                right * xt::view(x, xt::all(), v, beside)) +
                                                  down * ((1 - right) * xt::view(x, xt::all(), below, u) +
                                                          right * xt::view(x, xt::all(), below, beside));
        }
    c[op.y] = y;
}

}  // namespace cnnlab::reference
