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
    // the pixels of `large` that position i of `small` is made of, each with its weight
    const auto pixels = [&](int i, int small, int large) {
        std::vector<std::pair<int, double>> found;
        const double ratio = double(large) / small, scale = op.antialias ? std::max(1.0, ratio) : 1.0;
        const double at = (i + 0.5) * ratio - 0.5;
        double sum = 0;
        for (int k = 0; k < large; ++k) {
            const double weight = std::max(0.0, 1 - std::abs(k - at) / scale);
            if (weight > 0) found.emplace_back(k, weight);
            sum += weight;
        }
        for (auto& [unused, weight] : found) weight /= sum;
        return found;
    };
    for (int row = 0; row < to.height; ++row)
        for (int column = 0; column < to.width; ++column)
            for (const auto& [v, down] : pixels(row, to.height, from.height))
                for (const auto& [u, right] : pixels(column, to.width, from.width))
                    xt::view(y, xt::all(), row, column) += down * right * xt::view(x, xt::all(), v, u);
    c[op.y] = y;
}

}  // namespace cnnlab::reference
