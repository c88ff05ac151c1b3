#include <vector>

#include "engine/cpu/kernels/simd.hpp"

namespace cnnlab::cpu::CNNLAB_ARCH {

template <>
Traits CpuOp<ops::Add>::traits(const ops::Add& op, const Program& program, int /*shards*/) {
    return mapping_values(program, {op.a, op.b}, op.y);
}

template <>
std::unique_ptr<Kernel> CpuOp<ops::Add>::bind(const ops::Add& op, const Binding& b) {
    const Buffer a = b.buffer(op.a), other = b.buffer(op.b), y = b.buffer(op.y);
    const ValueRows values(b, op.y);
    return rows_kernel(b.image(op.y).height, [=](const MapContext& c, int first, int last) {
        const float *p = a.at(c), *q = other.at(c);
        float* out = y.at(c);
        values.each(c, first, last, [&](int64_t i, auto&& read, auto&& write) {
            prefetch_ahead(p + i);
            prefetch_ahead(q + i);
            write(out + i, read(p + i) + read(q + i));
        });
    });
}

template <>
Traits CpuOp<ops::WeightedSum>::traits(const ops::WeightedSum& op, const Program& /*program*/,
                                       int /*shards*/) {
    return mapping(op.parts[0], op.y);
}

template <>
std::unique_ptr<Kernel> CpuOp<ops::WeightedSum>::bind(const ops::WeightedSum& op, const Binding& b) {
    struct Term {
        Buffer buffer;
        float weight;
    };
    std::vector<Term> terms;
    for (size_t i = 0; i < op.parts.size(); ++i) terms.push_back({b.buffer(op.parts[i]), op.weights[i]});
    const Buffer y = b.buffer(op.y);
    const int64_t count = b.block_count(op.y);
    return map_kernel([=](const MapContext& c) {
        float* out = y.at(c);
        const float *first = terms[0].buffer.at(c), weight = terms[0].weight;
        for (int64_t i = 0; i < count; ++i) out[i] = weight * first[i];
        for (size_t t = 1; t < terms.size(); ++t) {
            const float *p = terms[t].buffer.at(c), w = terms[t].weight;
            for (int64_t i = 0; i < count; ++i) out[i] += w * p[i];
        }
    });
}

namespace {

/// Copies `count` channels of every row of `in` to `out`. A row is one position of one image.
void copy_channels(const float* in, int in_channels, float* out, int out_channels, int count, int64_t rows) {
    for (int64_t r = 0; r < rows; ++r)
        for (int c = 0; c < count; ++c) out[r * out_channels + c] = in[r * in_channels + c];
}

struct Part {
    Buffer buffer;
    int channels, begin;
};

}  // namespace

template <>
Traits CpuOp<ops::Concat>::traits(const ops::Concat& /*op*/, const Program& /*program*/, int /*shards*/) {
    return mapping();
}

template <>
std::unique_ptr<Kernel> CpuOp<ops::Concat>::bind(const ops::Concat& op, const Binding& b) {
    std::vector<Part> parts;
    int begin = 0;
    for (const ValueId id : op.parts) {
        parts.push_back({b.buffer(id), b.image(id).channels, begin});
        begin += parts.back().channels;
    }
    const Buffer y = b.buffer(op.y);
    const int channels = begin;
    const int64_t rows = int64_t{b.image(op.y).positions()} * b.images;
    return map_kernel([=](const MapContext& c) {
        for (const Part& part : parts)
            copy_channels(part.buffer.at(c), part.channels, y.at(c) + part.begin, channels, part.channels,
                          rows);
    });
}

template <>
Traits CpuOp<ops::Slice>::traits(const ops::Slice& /*op*/, const Program& /*program*/, int /*shards*/) {
    return mapping();
}

template <>
std::unique_ptr<Kernel> CpuOp<ops::Slice>::bind(const ops::Slice& op, const Binding& b) {
    const Buffer x = b.buffer(op.x), y = b.buffer(op.y);
    const int from = b.image(op.x).channels, channels = b.image(op.y).channels, begin = op.begin;
    const int64_t rows = int64_t{b.image(op.y).positions()} * b.images;
    return map_kernel([=](const MapContext& c) {
        copy_channels(x.at(c) + begin, from, y.at(c), channels, channels, rows);
    });
}

template <>
Traits CpuOp<ops::Reshape>::traits(const ops::Reshape& /*op*/, const Program& /*program*/, int /*shards*/) {
    return mapping();
}

/// [P][I][C] → [P′][I][C′] with P C = P′ C′: element e of an image moves from row e / C to row e / C′.
template <>
std::unique_ptr<Kernel> CpuOp<ops::Reshape>::bind(const ops::Reshape& op, const Binding& b) {
    const Buffer x = b.buffer(op.x), y = b.buffer(op.y);
    const int64_t from = b.image(op.x).channels, to = b.image(op.y).channels, count = b.image(op.x).count(),
                  images = b.images;
    return map_kernel([=](const MapContext& c) {
        const float* in = x.at(c);
        float* out = y.at(c);
        for (int64_t i = 0; i < images; ++i)
            for (int64_t e = 0; e < count; ++e)
                out[(e / to * images + i) * to + e % to] = in[(e / from * images + i) * from + e % from];
    });
}

}  // namespace cnnlab::cpu::CNNLAB_ARCH
