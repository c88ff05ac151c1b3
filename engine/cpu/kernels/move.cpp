#include <vector>

#include "engine/cpu/kernels/simd.hpp"

/// Ops that move images. Legend
///   row of a block  one position of its images, 8 × C floats: images move together
namespace cnnlab::cpu::CNNLAB_ARCH {

namespace {

/// i mirrored into [0, extent), the edge not repeated (engine/data/augmentation.hpp).
int mirrored(int i, int extent) {
    if (extent == 1) return 0;
    const int period = 2 * (extent - 1);
    i = (i < 0 ? -i : i) % period;
    return i < extent ? i : period - i;
}

/// Bilinear neighbours of position i of `small` in `large`: the two pixels, and the weight of the second.
struct Between {
    int first, second;
    float share;

    Between(int i, int small, int large) {
        float at =
            (static_cast<float>(i) + 0.5F) * static_cast<float>(large) / static_cast<float>(small) - 0.5F;
        at = at < 0.0F ? 0.0F : at > static_cast<float>(large - 1) ? static_cast<float>(large - 1) : at;
        first = static_cast<int>(at);
        second = first + 1 < large ? first + 1 : first;
        share = at - static_cast<float>(first);
    }
};

/// An axis whose positions are weighted means of as many pixels as they skip: position i is made of `count` pixels from
/// `first` on, with the weights from `weights` on.
struct Axis {
    struct Taps {
        int first = 0, count = 0;
        size_t weights = 0;
    };
    std::vector<Taps> positions;
    std::vector<float> weights;

    [[nodiscard]] float weight(const Taps& taps, int k) const {
        return weights[taps.weights + static_cast<size_t>(k)];
    }

    Axis(int small, int large) {
        const double ratio = double(large) / small, scale = ratio > 1 ? ratio : 1;
        for (int i = 0; i < small; ++i) {
            const double at = (i + 0.5) * ratio - 0.5;
            Taps taps{0, 0, weights.size()};
            double sum = 0;
            for (int k = 0; k < large; ++k) {
                const double weight = 1 - (k < at ? at - k : k - at) / scale;
                if (weight <= 0) continue;
                if (taps.count++ == 0) taps.first = k;
                weights.push_back(static_cast<float>(weight));
                sum += weight;
            }
            for (int k = 0; k < taps.count; ++k) {
                float& weight = weights[taps.weights + static_cast<size_t>(k)];
                weight = static_cast<float>(double(weight) / sum);
            }
            positions.push_back(taps);
        }
    }
};

}  // namespace

template <>
Traits CpuOp<ops::Shift>::traits(const ops::Shift& /*op*/, const Program& /*program*/, int /*shards*/) {
    return mapping();
}

template <>
std::unique_ptr<Kernel> CpuOp<ops::Shift>::bind(const ops::Shift& op, const Binding& b) {
    const Buffer x = b.buffer(op.x), y = b.buffer(op.y);
    const ImageShape shape = b.image(op.x);
    const int64_t stride = int64_t{b.images} * shape.channels;
    std::vector<int> rows, columns;
    for (int r = 0; r < shape.height; ++r) rows.push_back(mirrored(r + op.down, shape.height));
    for (int c = 0; c < shape.width; ++c)
        columns.push_back(mirrored((op.flip ? shape.width - 1 - c : c) + op.right, shape.width));
    return map_kernel([=](const MapContext& context) {
        const float* in = x.at(context);
        float* out = y.at(context);
        for (const int row : rows)
            for (const int column : columns) {
                const float* from = in + (int64_t{row} * shape.width + column) * stride;
                for (int64_t i = 0; i < stride; ++i) out[i] = from[i];
                out += stride;
            }
    });
}

template <>
Traits CpuOp<ops::Resize>::traits(const ops::Resize& /*op*/, const Program& /*program*/, int /*shards*/) {
    return mapping();
}

template <>
std::unique_ptr<Kernel> CpuOp<ops::Resize>::bind(const ops::Resize& op, const Binding& b) {
    const Buffer x = b.buffer(op.x), y = b.buffer(op.y);
    const ImageShape from = b.image(op.x), to = b.image(op.y);
    const int64_t stride = int64_t{b.images} * from.channels;
    if (op.antialias && (to.height < from.height || to.width < from.width)) {
        const Axis down(to.height, from.height), right(to.width, from.width);
        return map_kernel([=](const MapContext& context) {
            const float* in = x.at(context);
            float* out = y.at(context);
            for (const Axis::Taps& row : down.positions)
                for (const Axis::Taps& column : right.positions) {
                    for (int64_t i = 0; i < stride; ++i) out[i] = 0;
                    for (int v = 0; v < row.count; ++v)
                        for (int u = 0; u < column.count; ++u) {
                            const float* pixel =
                                in + (int64_t{row.first + v} * from.width + column.first + u) * stride;
                            const float weight = down.weight(row, v) * right.weight(column, u);
                            for (int64_t i = 0; i < stride; ++i) out[i] += weight * pixel[i];
                        }
                    out += stride;
                }
        });
    }
    std::vector<Between> rows, columns;
    for (int r = 0; r < to.height; ++r) rows.emplace_back(r, to.height, from.height);
    for (int c = 0; c < to.width; ++c) columns.emplace_back(c, to.width, from.width);
    return map_kernel([=](const MapContext& context) {
        const float* in = x.at(context);
        float* out = y.at(context);
        for (const Between& row : rows)
            for (const Between& column : columns) {
                const auto pixel = [&](int v, int u) { return in + (int64_t{v} * from.width + u) * stride; };
                const float *a = pixel(row.first, column.first), *beside = pixel(row.first, column.second),
                            *below = pixel(row.second, column.first),
                            *both = pixel(row.second, column.second);
                for (int64_t i = 0; i < stride; ++i) {
                    const float upper = a[i] + column.share * (beside[i] - a[i]),
                                lower = below[i] + column.share * (both[i] - below[i]);
                    out[i] = upper + row.share * (lower - upper);
                }
                out += stride;
            }
    });
}

}  // namespace cnnlab::cpu::CNNLAB_ARCH
