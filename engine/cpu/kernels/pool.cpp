#include <vector>

#include "engine/cpu/kernels/conv_geometry.hpp"
#include "engine/cpu/kernels/simd.hpp"

/// Legend
///   E  values at one position: 8 images × C channels, side by side, so pooling compares and adds whole rows of E floats
namespace cnnlab::cpu::CNNLAB_ARCH {

namespace {

struct PoolGeometry {
    AxisTaps rows, columns;
    ImageShape x, y;
    int kernel_width;
    int64_t row;    ///< E
    bool disjoint;  ///< no input lies in two windows
};

PoolGeometry geometry(const Window& w, ImageShape x, ImageShape y) {
    return {AxisTaps::forward(x.height, y.height, w.kernel.height, w.stride.height, 1, w.before.height),
            AxisTaps::forward(x.width, y.width, w.kernel.width, w.stride.width, 1, w.before.width),
            x,
            y,
            w.kernel.width,
            int64_t{block_images} * x.channels,
            w.stride.height >= w.kernel.height && w.stride.width >= w.kernel.width};
}

/// Calls f(output row of E, input row of E, tap) for every tap of every window, and g(output row) before each window.
template <class G, class F>
CNNLAB_INLINE void for_windows(const PoolGeometry& p, G&& before, F&& f) {
    for (int oy = 0; oy < p.y.height; ++oy)
        for (int ox = 0; ox < p.y.width; ++ox) {
            const int64_t out = (int64_t{oy} * p.y.width + ox) * p.row;
            const int size = static_cast<int>((p.rows.end(oy) - p.rows.begin(oy)) *
                                              (p.columns.end(ox) - p.columns.begin(ox)));
            before(out, size);
            for (const auto* r = p.rows.begin(oy); r != p.rows.end(oy); ++r)
                for (const auto* c = p.columns.begin(ox); c != p.columns.end(ox); ++c)
                    f(out, (int64_t{r->source} * p.x.width + c->source) * p.row,
                      r->tap * p.kernel_width + c->tap);
        }
}

void fill(float* p, int64_t count, float value) {
    for (int64_t i = 0; i < count; ++i) p[i] = value;
}

}  // namespace

template <>
Traits CpuOp<ops::MaxPool2d>::traits(const ops::MaxPool2d& /*op*/, const Program& /*program*/,
                                     int /*lanes*/) {
    return mapping();
}

template <>
std::unique_ptr<Kernel> CpuOp<ops::MaxPool2d>::bind(const ops::MaxPool2d& op, const Binding& b) {
    const PoolGeometry p = geometry(op.window, b.image(op.x), b.image(op.y));
    const Place x = b.place(op.x), y = b.place(op.y), argmax = b.place(op.argmax);
    return map_kernel([=](const MapContext& c) {
        const float* in = x.at(c);
        float* out = y.at(c);
        auto* winner = argmax ? argmax.at<uint16_t>(c) : nullptr;
        bool first = true;
        for_windows(
            p, [&](int64_t, int) { first = true; },
            [&](int64_t o, int64_t i, int tap) {
                const float* v = in + i;
                float* best = out + o;
                const auto t = static_cast<uint16_t>(tap);
                if (winner == nullptr) {
                    // NaN wins, as everywhere
                    for (int64_t e = 0; e < p.row; ++e)
                        best[e] = first || !(v[e] <= best[e]) ? v[e] : best[e];
                } else {
                    uint16_t* w = winner + o;
                    if (first) {
                        for (int64_t e = 0; e < p.row; ++e) best[e] = v[e], w[e] = t;
                    } else {
                        for (int64_t e = 0; e < p.row; ++e) {
                            const bool wins = !(v[e] <= best[e]);
                            best[e] = wins ? v[e] : best[e];
                            w[e] = wins ? t : w[e];
                        }
                    }
                }
                first = false;
            });
    });
}

template <>
Traits CpuOp<ops::MaxPool2dBackward>::traits(const ops::MaxPool2dBackward& /*op*/, const Program& /*program*/,
                                             int /*lanes*/) {
    return mapping();
}

template <>
std::unique_ptr<Kernel> CpuOp<ops::MaxPool2dBackward>::bind(const ops::MaxPool2dBackward& op,
                                                            const Binding& b) {
    const PoolGeometry p = geometry(op.window, b.image(op.dx), b.image(op.dy));
    const Place dy = b.place(op.dy), argmax = b.place(op.argmax), dx = b.place(op.dx);
    const bool covers = p.disjoint && op.window.stride.height == op.window.kernel.height &&
                        op.window.stride.width == op.window.kernel.width &&
                        p.y.height * op.window.stride.height - op.window.before.height >= p.x.height &&
                        p.y.width * op.window.stride.width - op.window.before.width >= p.x.width;
    return map_kernel([=](const MapContext& c) {
        const float* g = dy.at(c);
        const auto* winner = argmax.at<uint16_t>(c);
        float* out = dx.at(c);
        if (!covers) fill(out, p.x.positions() * p.row, 0.0F);
        for_windows(
            p, [](int64_t, int) {},
            [&](int64_t o, int64_t i, int tap) {
                float* d = out + i;
                const float* s = g + o;
                const uint16_t* w = winner + o;
                const auto t = static_cast<uint16_t>(tap);
                if (p.disjoint) {
                    for (int64_t e = 0; e < p.row; ++e) d[e] = w[e] == t ? s[e] : 0.0F;
                } else {
                    for (int64_t e = 0; e < p.row; ++e) d[e] += w[e] == t ? s[e] : 0.0F;
                }
            });
    });
}

namespace {

/// 1 / divisor of a window that holds `inside` values of the image.
CNNLAB_INLINE float share(const Window& w, bool count_include_pad, int inside) {
    return 1.0F / static_cast<float>(count_include_pad ? w.taps() : inside);
}

}  // namespace

template <>
Traits CpuOp<ops::AvgPool2d>::traits(const ops::AvgPool2d& /*op*/, const Program& /*program*/,
                                     int /*lanes*/) {
    return mapping();
}

template <>
std::unique_ptr<Kernel> CpuOp<ops::AvgPool2d>::bind(const ops::AvgPool2d& op, const Binding& b) {
    const PoolGeometry p = geometry(op.window, b.image(op.x), b.image(op.y));
    const Place x = b.place(op.x), y = b.place(op.y);
    const Window window = op.window;
    const bool with_padding = op.count_include_pad;
    return map_kernel([=](const MapContext& c) {
        const float* in = x.at(c);
        float* out = y.at(c);
        float factor = 1;
        for_windows(
            p,
            [&](int64_t o, int size) {
                factor = share(window, with_padding, size);
                fill(out + o, p.row, 0.0F);
            },
            [&](int64_t o, int64_t i, int) {
                for (int64_t e = 0; e < p.row; ++e) out[o + e] += factor * in[i + e];
            });
    });
}

template <>
Traits CpuOp<ops::AvgPool2dBackward>::traits(const ops::AvgPool2dBackward& /*op*/, const Program& /*program*/,
                                             int /*lanes*/) {
    return mapping();
}

template <>
std::unique_ptr<Kernel> CpuOp<ops::AvgPool2dBackward>::bind(const ops::AvgPool2dBackward& op,
                                                            const Binding& b) {
    const PoolGeometry p = geometry(op.window, b.image(op.dx), b.image(op.dy));
    const Place dy = b.place(op.dy), dx = b.place(op.dx);
    const Window window = op.window;
    const bool with_padding = op.count_include_pad;
    return map_kernel([=](const MapContext& c) {
        const float* g = dy.at(c);
        float* out = dx.at(c);
        float factor = 1;
        fill(out, p.x.positions() * p.row, 0.0F);
        for_windows(
            p, [&](int64_t, int size) { factor = share(window, with_padding, size); },
            [&](int64_t o, int64_t i, int) {
                for (int64_t e = 0; e < p.row; ++e) out[i + e] += factor * g[o + e];
            });
    });
}

}  // namespace cnnlab::cpu::CNNLAB_ARCH
