#include "native/cuda/kernels/fused_norm.hpp"
#include "native/cuda/kernels/map.hpp"
#include "native/cuda/kernels/pool_window.hpp"
#include "native/cuda/kernels/sum_results.hpp"

/// rows = batch · positions of the normalised tensor; C channels, of which a thread takes V side by side. A pool's
/// input has other positions.
namespace cnnlab::cuda {

namespace {

template <class T, int V>
struct PooledMoments {
    PooledRows<T, V> pool;
    uint32_t channels;
    struct Constants {
        float shift[V];
    };
    /// The values of the first row, which every thread pools for itself.
    __device__ Constants constants(uint32_t channel) const {
        const Winners<V> best = pool.winners(0, channel);
        Constants k;
#pragma unroll
        for (int v = 0; v < V; ++v) k.shift[v] = rounded<T>(best.value[v]);
        return k;
    }
    __device__ void add(float (&sums)[2][V], const Constants& k, uint32_t row, uint32_t at) const {
        float values[V];
        pool(row, at - row * channels, values);
        add_moments(sums, k.shift, values);
    }
    /// Images that do not count are pooled too: later ops read them.
    __device__ void beyond(const Constants&, uint32_t row, uint32_t at) const {
        float values[V];
        pool(row, at - row * channels, values);
    }
};

template <class T, int V, class Rows>
struct NormaliseRows {
    Rows rows;
    NormOperands norm;
    MaybeActivation activation;
    T *normal, *y;
    uint32_t channels;
    struct Constants {
        ChannelNorm at[V];
    };
    __device__ Constants constants(uint32_t channel, const RunScalars*) const {
        Constants k;
#pragma unroll
        for (int v = 0; v < V; ++v) k.at[v] = channel_norm(norm, channel + v);
        return k;
    }
    __device__ void operator()(const Constants& k, uint32_t row, uint32_t channel, const RunScalars*) const {
        float values[V];
        rows(row, channel, values);
#pragma unroll
        for (int v = 0; v < V; ++v) values[v] = rounded<T>(k.at[v](values[v]));
        const uint32_t at = row * channels + channel;
        if (normal != nullptr) store_pack(normal + at, values);
        activate_all<T>(activation, values);
        if (y != nullptr) store_pack(y + at, values);
    }
};

}  // namespace

void run_pool_statistics(const Site& site, const NormShape& shape, const PoolOperands& pool, float* mean,
                         float* variance, float* running_mean, float* running_variance, float momentum,
                         float* scratch) {
    with_packs(site.element, shape.channels, [&](auto t, auto v) {
        using T = decltype(t);
        constexpr int V = decltype(v)::value;
        T* pooled = static_cast<T*>(pool.pooled);
        const PooledRows<T, V> rows(pool.window, static_cast<const T*>(pool.x), pooled, pool.argmax);
        channel_sums<2, V>(site, {shape.positions, shape.batch, shape.channels}, scratch,
                           PooledMoments<T, V>{rows, shape.channels},
                           FinishMoments<T>{pooled, mean, variance, running_mean, running_variance, momentum,
                                            shape.positions});
    });
}

void run_normalise(const Site& site, const NormShape& shape, const PoolOperands* pool, const void* x,
                   const NormOperands& norm, const MaybeActivation& activation, void* normal, void* y) {
    with_packs(site.element, shape.channels, [&](auto t, auto v) {
        using T = decltype(t);
        constexpr int V = decltype(v)::value;
        const auto iterate = [&]<class Rows>(const Rows& rows) {
            for_channel_rows<V>(site, shape.batch * shape.positions, shape.channels,
                                NormaliseRows<T, V, Rows>{rows, norm, activation, static_cast<T*>(normal),
                                                          static_cast<T*>(y), shape.channels});
        };
        if (pool != nullptr)
            iterate(PooledRows<T, V>(pool->window, static_cast<const T*>(pool->x),
                                     static_cast<T*>(pool->pooled), pool->argmax));
        else
            iterate(PlainRows<T, V>{static_cast<const T*>(x), shape.channels});
    });
}

}  // namespace cnnlab::cuda
