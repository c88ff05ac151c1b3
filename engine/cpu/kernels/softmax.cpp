#include "engine/cpu/kernels/simd.hpp"

namespace cnnlab::cpu::CNNLAB_ARCH {

template <>
Traits CpuOp<ops::Softmax>::traits(const ops::Softmax& op, const Program& /*program*/, int /*shards*/) {
    return mapping(op.x, op.y);
}

template <>
std::unique_ptr<Kernel> CpuOp<ops::Softmax>::bind(const ops::Softmax& op, const Binding& b) {
    const Buffer x = b.buffer(op.x), y = b.buffer(op.y);
    const int channels = b.image(op.x).channels;
    const int64_t rows = int64_t{b.image(op.x).positions()} * b.images;
    return map_kernel([=](const MapContext& c) {
        for (int64_t r = 0; r < rows; ++r) {
            const float* in = x.at(c) + r * channels;
            float* out = y.at(c) + r * channels;
            float highest = in[0], sum = 0;
            for (int k = 1; k < channels; ++k) highest = in[k] > highest ? in[k] : highest;
            for (int k = 0; k < channels; ++k) sum += out[k] = __builtin_expf(in[k] - highest);
            for (int k = 0; k < channels; ++k) out[k] /= sum;
        }
    });
}

template <>
Traits CpuOp<ops::SoftmaxBackward>::traits(const ops::SoftmaxBackward& op, const Program& /*program*/,
                                           int /*shards*/) {
    return mapping(op.dy, op.dx);
}

template <>
std::unique_ptr<Kernel> CpuOp<ops::SoftmaxBackward>::bind(const ops::SoftmaxBackward& op, const Binding& b) {
    const Buffer y = b.buffer(op.y), dy = b.buffer(op.dy), dx = b.buffer(op.dx);
    const int channels = b.image(op.y).channels;
    const int64_t rows = int64_t{b.image(op.y).positions()} * b.images;
    return map_kernel([=](const MapContext& c) {
        for (int64_t r = 0; r < rows; ++r) {
            const float *p = y.at(c) + r * channels, *g = dy.at(c) + r * channels;
            float* out = dx.at(c) + r * channels;
            float dot = 0;
            for (int k = 0; k < channels; ++k) dot += g[k] * p[k];
            for (int k = 0; k < channels; ++k) out[k] = p[k] * (g[k] - dot);
        }
    });
}

}  // namespace cnnlab::cpu::CNNLAB_ARCH
