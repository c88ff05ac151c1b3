#include "engine/cpu/kernels/axis_taps.hpp"
#include "engine/cpu/kernels/simd.hpp"

/// Legend
///   E  values of one position: 8 images × C channels, side by side. Pooling compares and adds whole rows of E
///      floats.
namespace cnnlab::cpu::CNNLAB_ARCH {

namespace {

struct PoolGeometry {
    AxisTaps rows, columns;
    ImageShape x, y;
    int kernel_width;
    int64_t row;    ///< E
    bool disjoint;  ///< no input lies in two windows
    bool tiles;     ///< every input lies in exactly one window

    /// Rows of x that one row of windows covers.
    [[nodiscard]] int ratio() const { return x.height / y.height; }
};

PoolGeometry geometry(const Window& w, ImageShape x, ImageShape y, int images) {
    const Pair reach{w.dilation.height * (w.kernel.height - 1) + 1,
                     w.dilation.width * (w.kernel.width - 1) + 1};
    return {
        AxisTaps::forward(x.height, y.height, w.kernel.height, w.stride.height, w.dilation.height,
                          w.before.height),
        AxisTaps::forward(x.width, y.width, w.kernel.width, w.stride.width, w.dilation.width, w.before.width),
        x,
        y,
        w.kernel.width,
        int64_t{images} * x.channels,
        w.stride.height >= reach.height && w.stride.width >= reach.width,
        w.stride == w.kernel && reach == w.kernel && w.before == Pair(0) &&
            y.height * w.stride.height == x.height && y.width * w.stride.width == x.width};
}

/// Traits of a pooling op from `in` to `out`, of which one is the larger image. Row by row where windows tile the
/// image.
Traits pooling(const Window& w, const Program& program, ValueId in, ValueId out, bool forward) {
    const ImageShape small(program.shape(forward ? out : in));
    const PoolGeometry p =
        geometry(w, ImageShape(program.shape(forward ? in : out)), small, images_of_block(program));
    if (!p.tiles) return mapping();
    return mapping_rows(small.height, {in}, forward ? p.ratio() : 1, forward ? 1 : p.ratio());
}

/// A tap of a window: where its row of E lies, and its number.
struct PoolTap {
    int64_t source;
    int number;
};

/// Taps of one pass over E. A larger window takes several passes.
constexpr int pool_taps = 16;

/// Calls f(output row of E, taps, number of taps, whether they are the first of the window) for every window of
/// output rows [from, to).
template <class F>
CNNLAB_INLINE void for_taps(const PoolGeometry& p, int from, int to, F&& f) {
    PoolTap taps[pool_taps];
    for (int oy = from; oy < to; ++oy)
        for (int ox = 0; ox < p.y.width; ++ox) {
            const int64_t out = (int64_t{oy} * p.y.width + ox) * p.row;
            int count = 0;
            bool first = true;
            for (const auto* r = p.rows.begin(oy); r != p.rows.end(oy); ++r)
                for (const auto* c = p.columns.begin(ox); c != p.columns.end(ox); ++c) {
                    if (count == pool_taps) {
                        f(out, taps, count, first);
                        first = false;
                        count = 0;
                    }
                    taps[count++] = {(int64_t{r->source} * p.x.width + c->source) * p.row,
                                     r->tap * p.kernel_width + c->tap};
                }
            if (count > 0) f(out, taps, count, first);
        }
}

/// best = max over taps. A later tap must be greater to win; NaN wins, as everywhere. `winner`: the number of the
/// tap, if asked for.
template <bool with_winner>
void max_of(const float* in, const PoolTap* taps, int count, bool first, int64_t row, float* best,
            uint16_t* winner) {
    int64_t e = 0;
    for (; e + width <= row; e += width) {
        Vec b = first ? load(in + taps[0].source + e) : load(best + e);
        [[maybe_unused]] Vec w(0.0F);
        if constexpr (with_winner) w = first ? Vec(static_cast<float>(taps[0].number)) : load_u16(winner + e);
        for (int t = first ? 1 : 0; t < count; ++t) {
            const Vec v = load(in + taps[t].source + e);
            const auto loses = v <= b;
            b = xsimd::select(loses, b, v);
            if constexpr (with_winner) w = xsimd::select(loses, w, Vec(static_cast<float>(taps[t].number)));
        }
        store(best + e, b);
        if constexpr (with_winner) store_u16(winner + e, w);
    }
    for (; e < row; ++e)
        for (int t = 0; t < count; ++t) {
            const float v = in[taps[t].source + e];
            if ((first && t == 0) || !(v <= best[e])) {
                best[e] = v;
                if constexpr (with_winner) winner[e] = static_cast<uint16_t>(taps[t].number);
            }
        }
}

/// gradient[tap] = dy where the tap has won (+= where windows overlap), else 0.
template <bool disjoint>
void max_gradient(const float* dy, const uint16_t* winner, const PoolTap* taps, int count, int64_t row,
                  float* gradient) {
    int64_t e = 0;
    for (; e + width <= row; e += width) {
        const Vec g = load(dy + e), w = load_u16(winner + e);
        for (int t = 0; t < count; ++t) {
            float* to = gradient + taps[t].source + e;
            const Vec mine = xsimd::select(w == Vec(static_cast<float>(taps[t].number)), g, Vec(0.0F));
            store(to, disjoint ? mine : mine + load(to));
        }
    }
    for (; e < row; ++e)
        for (int t = 0; t < count; ++t) {
            float& to = gradient[taps[t].source + e];
            to = (disjoint ? 0.0F : to) + (winner[e] == taps[t].number ? dy[e] : 0.0F);
        }
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
Traits CpuOp<ops::MaxPool2d>::traits(const ops::MaxPool2d& op, const Program& program, int /*shards*/) {
    return pooling(op.window, program, op.x, op.y, true);
}

template <>
std::unique_ptr<Kernel> CpuOp<ops::MaxPool2d>::bind(const ops::MaxPool2d& op, const Binding& b) {
    const PoolGeometry p = geometry(op.window, b.image(op.x), b.image(op.y), b.images);
    const Buffer x = b.buffer(op.x), y = b.buffer(op.y), argmax = b.buffer(op.argmax);
    return rows_kernel(p.y.height, [=](const MapContext& c, int from, int to) {
        const float* in = x.at(c);
        float* out = y.at(c);
        auto* winner = argmax ? argmax.at<uint16_t>(c) : nullptr;
        const int64_t some = int64_t{c.computed} * p.x.channels;
        for_taps(p, from, to, [&](int64_t o, const PoolTap* taps, int count, bool first) {
            if (winner == nullptr)
                max_of<false>(in, taps, count, first, some, out + o, nullptr);
            else
                max_of<true>(in, taps, count, first, p.row, out + o, winner + o);
        });
    });
}

template <>
Traits CpuOp<ops::MaxPool2dBackward>::traits(const ops::MaxPool2dBackward& op, const Program& program,
                                             int /*shards*/) {
    return pooling(op.window, program, op.dy, op.dx, false);
}

template <>
std::unique_ptr<Kernel> CpuOp<ops::MaxPool2dBackward>::bind(const ops::MaxPool2dBackward& op,
                                                            const Binding& b) {
    const PoolGeometry p = geometry(op.window, b.image(op.dx), b.image(op.dy), b.images);
    const Buffer dy = b.buffer(op.dy), argmax = b.buffer(op.argmax), dx = b.buffer(op.dx);
    return rows_kernel(p.y.height, [=](const MapContext& c, int from, int to) {
        const float* g = dy.at(c);
        const auto* winner = argmax.at<uint16_t>(c);
        float* out = dx.at(c);
        if (!p.tiles) fill(out, p.x.positions() * p.row, 0.0F);
        for_taps(p, from, to, [&](int64_t o, const PoolTap* taps, int count, bool) {
            if (p.disjoint)
                max_gradient<true>(g + o, winner + o, taps, count, p.row, out);
            else
                max_gradient<false>(g + o, winner + o, taps, count, p.row, out);
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
                                     int /*shards*/) {
    return mapping();
}

template <>
std::unique_ptr<Kernel> CpuOp<ops::AvgPool2d>::bind(const ops::AvgPool2d& op, const Binding& b) {
    const PoolGeometry p = geometry(op.window, b.image(op.x), b.image(op.y), b.images);
    const Buffer x = b.buffer(op.x), y = b.buffer(op.y);
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
                                             int /*shards*/) {
    return mapping();
}

template <>
std::unique_ptr<Kernel> CpuOp<ops::AvgPool2dBackward>::bind(const ops::AvgPool2dBackward& op,
                                                            const Binding& b) {
    const PoolGeometry p = geometry(op.window, b.image(op.dx), b.image(op.dy), b.images);
    const Buffer dy = b.buffer(op.dy), dx = b.buffer(op.dx);
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
