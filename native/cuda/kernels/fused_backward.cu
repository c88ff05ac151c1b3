#include "native/cuda/kernels/fused_norm.hpp"
#include "native/cuda/kernels/map.hpp"
#include "native/cuda/kernels/pool_window.hpp"
#include "native/cuda/kernels/sum_results.hpp"

/// rows = batch · positions of the normalised tensor; C channels, of which a thread takes V side by side.
/// The gradient by the norm's output is recomputed wherever it is needed, from the norm's input x and the gradient dy
/// behind the activation: cheaper than storing and reading it.
namespace cnnlab::cuda {

namespace {

/// The gradient by the norm's output.
template <class T, int V>
__device__ void norm_output_gradient(const MaybeActivation& activation, const ChannelNorm (&norm)[V],
                                     const float (&x)[V], float (&d)[V]) {
    float normal[V];
#pragma unroll
    for (int v = 0; v < V; ++v) normal[v] = rounded<T>(norm[v](x[v]));
    activate_backward_from_input<T>(activation, normal, d);
}

template <class T, int V>
struct ActivatedNormSums {
    const T *x, *dy;
    NormOperands norm;
    MaybeActivation activation;
    T* dnormal;
    struct Constants {
        ChannelNorm at[V];
    };
    __device__ Constants constants(uint32_t channel) const {
        Constants k;
#pragma unroll
        for (int v = 0; v < V; ++v) k.at[v] = channel_norm(norm, channel + v);
        return k;
    }
    __device__ void add(float (&sums)[2][V], const Constants& k, uint32_t, uint32_t at) const {
        float values[V], d[V];
        load_pack(x + at, values);
        load_pack(dy + at, d);
        norm_output_gradient<T>(activation, k.at, values, d);
        if (dnormal != nullptr) store_pack(dnormal + at, d);
#pragma unroll
        for (int v = 0; v < V; ++v) {
            sums[0][v] += d[v] * k.at[v].hat(values[v]);
            sums[1][v] += d[v];
        }
    }
    /// Later ops also read the gradients of images that do not count.
    __device__ void beyond(const Constants& k, uint32_t row, uint32_t at) const {
        if (dnormal == nullptr) return;
        float unused[2][V] = {};
        add(unused, k, row, at);
    }
};

template <class T, int V>
struct ActivatedBiasSums {
    const T *saved, *dy;
    MaybeActivation activation;
    T* dx;
    __device__ int constants(uint32_t) const { return 0; }
    __device__ void add(float (&sums)[1][V], int, uint32_t, uint32_t at) const {
        float values[V], d[V];
        load_pack(saved + at, values);
        load_pack(dy + at, d);
        activate_backward_all<T>(activation, values, d);
        if (dx != nullptr) store_pack(dx + at, d);
#pragma unroll
        for (int v = 0; v < V; ++v) sums[0][v] += d[v];
    }
    __device__ void beyond(int k, uint32_t row, uint32_t at) const {
        if (dx == nullptr) return;
        float unused[1][V] = {};
        add(unused, k, row, at);
    }
};

/// What the input gradients of V channels need.
template <int V>
struct InputGradientConstants {
    ChannelNorm norm[V];
    ChannelNormBackward backward[V];
};

/// d = the gradient by x at one row, as stored.
template <class T, int V>
struct InputGradientRows {
    const T *x, *dy;
    NormOperands norm;
    MaybeActivation activation;
    const float *dweight, *dbias;
    float gradient_scale;
    uint32_t positions, channels;

    __device__ InputGradientConstants<V> constants(uint32_t channel, const RunScalars* scalars) const {
        const float share = gradient_scale / (float(scalars->normed) * float(positions));
        InputGradientConstants<V> k;
#pragma unroll
        for (int v = 0; v < V; ++v) {
            k.norm[v] = channel_norm(norm, channel + v);
            k.backward[v] = channel_norm_backward(norm, dweight, dbias, share, channel + v);
        }
        return k;
    }
    __device__ void operator()(const InputGradientConstants<V>& k, uint32_t row, uint32_t channel,
                               const RunScalars* scalars, float (&d)[V]) const {
        if (row >= uint32_t(scalars->count) * positions) {
#pragma unroll
            for (int v = 0; v < V; ++v) d[v] = 0;
            return;
        }
        const uint32_t at = row * channels + channel;
        float values[V];
        load_pack(x + at, values);
        load_pack(dy + at, d);
        if (activation.present) norm_output_gradient<T>(activation, k.norm, values, d);
#pragma unroll
        for (int v = 0; v < V; ++v) d[v] = rounded<T>(k.backward[v](values[v], d[v]));
    }
};

template <class T, int V>
struct InputGradient {
    InputGradientRows<T, V> rows;
    T* dx;
    __device__ auto constants(uint32_t channel, const RunScalars* scalars) const {
        return rows.constants(channel, scalars);
    }
    __device__ void operator()(const InputGradientConstants<V>& k, uint32_t row, uint32_t channel,
                               const RunScalars* scalars) const {
        float d[V];
        rows(k, row, channel, scalars, d);
        store_pack(dx + row * rows.channels + channel, d);
    }
};

/// A thread writes the cell of its window: the gradient at the winner, zero elsewhere. So every pixel is written
/// once.
template <class T, int V>
struct PoolInputGradient {
    InputGradientRows<T, V> rows;
    PoolCells cells;
    const uint16_t* argmax;
    T *dpooled, *dx;
    __device__ auto constants(uint32_t channel, const RunScalars* scalars) const {
        return rows.constants(channel, scalars);
    }
    __device__ void operator()(const InputGradientConstants<V>& k, uint32_t cell, uint32_t channel,
                               const RunScalars* scalars) const {
        const WindowMap& w = cells.window;
        const uint32_t line = cell / uint32_t(cells.width);
        const Place2d o{int(line % uint32_t(cells.height)), int(cell % uint32_t(cells.width))};
        const int n = int(line / uint32_t(cells.height));
        const bool is_window = o.y < w.out_height && o.x < w.out_width;
        float d[V] = {};
        Pack<uint16_t, V> winners = {};
        if (is_window) {
            const auto row = uint32_t((n * w.out_height + o.y) * w.out_width + o.x);
            const uint32_t at = row * rows.channels + channel;
            winners = *reinterpret_cast<const Pack<uint16_t, V>*>(argmax + at);
            rows(k, row, channel, scalars, d);
            if (dpooled != nullptr) store_pack(dpooled + at, d);
        }
        const Place2d first{o.y * w.stride_y - w.before_y, o.x * w.stride_x - w.before_x};
        for (int i = 0; i < w.stride_y; ++i)
            for (int j = 0; j < w.stride_x; ++j) {
                const Place2d p{first.y + i, first.x + j};
                if (!w.inside(p)) continue;
                const bool is_tap = is_window && i < w.kernel_height && j < w.kernel_width;
                const int tap = i * w.kernel_width + j;
                float values[V];
#pragma unroll
                for (int v = 0; v < V; ++v) values[v] = is_tap && int(winners.at[v]) == tap ? d[v] : 0.0F;
                const auto pixel = uint32_t((n * w.height + p.y) * w.width + p.x);
                store_pack(dx + pixel * rows.channels + channel, values);
            }
    }
};

}  // namespace

void run_activated_norm_sums(const Site& site, const NormShape& shape, const void* x, const void* dy,
                             const NormOperands& norm, const MaybeActivation& activation, void* dnormal,
                             float* dweight, float* dbias, float* scratch) {
    with_packs(site.element, shape.channels, [&](auto t, auto v) {
        using T = decltype(t);
        constexpr int V = decltype(v)::value;
        channel_sums<2, V>(site, {shape.positions, shape.batch, shape.channels}, scratch,
                           ActivatedNormSums<T, V>{static_cast<const T*>(x), static_cast<const T*>(dy), norm,
                                                   activation, static_cast<T*>(dnormal)},
                           FinishGradients{dweight, dbias, 1.0 / double{site.gradient_scale}});
    });
}

void run_norm_input_gradient(const Site& site, const NormShape& shape, const InputGradientOperands& o) {
    with_packs(site.element, shape.channels, [&](auto t, auto v) {
        using T = decltype(t);
        constexpr int V = decltype(v)::value;
        const InputGradientRows<T, V> rows{static_cast<const T*>(o.x),
                                           static_cast<const T*>(o.dy),
                                           o.norm,
                                           o.activation,
                                           o.dweight,
                                           o.dbias,
                                           site.gradient_scale,
                                           shape.positions,
                                           shape.channels};
        if (o.window == nullptr) {
            for_channel_rows<V>(site, shape.batch * shape.positions, shape.channels,
                                InputGradient<T, V>{rows, static_cast<T*>(o.dx)});
            return;
        }
        const PoolCells cells(*o.window);
        for_channel_rows<V>(site, shape.batch * uint32_t(cells.height * cells.width), shape.channels,
                            PoolInputGradient<T, V>{rows, cells, o.argmax, static_cast<T*>(o.dpooled),
                                                    static_cast<T*>(o.dx)});
    });
}

void run_activated_bias_sums(const Site& site, const NormShape& shape, const void* saved, const void* dy,
                             const MaybeActivation& activation, void* dx, float* dbias, float* scratch) {
    with_packs(site.element, shape.channels, [&](auto t, auto v) {
        using T = decltype(t);
        constexpr int V = decltype(v)::value;
        channel_sums<1, V>(site, {shape.positions, shape.batch, shape.channels}, scratch,
                           ActivatedBiasSums<T, V>{static_cast<const T*>(saved), static_cast<const T*>(dy),
                                                   activation, static_cast<T*>(dx)},
                           FinishValues{dbias, 1.0 / double{site.gradient_scale}});
    });
}

}  // namespace cnnlab::cuda
