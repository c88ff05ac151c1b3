#include "engine/reference/kernels.hpp"

namespace cnnlab::reference {

namespace {

auto channels(Array& images, int begin, int count) {
    return xt::view(images, xt::all(), xt::all(), xt::all(), xt::range(begin, begin + count));
}

}  // namespace

void run(const ops::Add& op, Context& c) { c[op.y] = c[op.a] + c[op.b]; }

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

}  // namespace cnnlab::reference
