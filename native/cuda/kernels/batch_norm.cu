#include "native/cuda/kernels/batch_norm.hpp"

#include "native/cuda/kernels/map.hpp"
#include "native/cuda/kernels/norm_math.hpp"
#include "native/cuda/kernels/sum_results.hpp"

namespace cnnlab::cuda {

namespace {

ChannelSumsGrid grid_of(const NormShape& shape) { return {shape.positions, shape.batch, shape.channels}; }

template <int V>
struct Floats {
    float at[V];
};

template <class T, int V>
struct Moments {
    const T* x;
    __device__ Floats<V> constants(uint32_t channel) const {
        Floats<V> shift;
        load_pack(x + channel, shift.at);
        return shift;
    }
    __device__ void add(float (&sums)[2][V], const Floats<V>& shift, uint32_t, uint32_t at) const {
        float values[V];
        load_pack(x + at, values);
        add_moments(sums, shift.at, values);
    }
};

/// Σ dy x̂ and Σ dy.
template <class T, int V>
struct GradientSums {
    const T *x, *dy;
    NormOperands norm;
    struct Constants {
        ChannelNorm at[V];
    };
    __device__ Constants constants(uint32_t channel) const {
        Constants k;
        for (int v = 0; v < V; ++v) k.at[v] = channel_norm(norm, channel + v);
        return k;
    }
    __device__ void add(float (&sums)[2][V], const Constants& k, uint32_t, uint32_t at) const {
        float xs[V], d[V];
        load_pack(x + at, xs);
        load_pack(dy + at, d);
#pragma unroll
        for (int v = 0; v < V; ++v) {
            sums[0][v] += d[v] * k.at[v].hat(xs[v]);
            sums[1][v] += d[v];
        }
    }
};

template <class T, int V>
struct Values {
    const T* x;
    __device__ int constants(uint32_t) const { return 0; }
    __device__ void add(float (&sums)[1][V], int, uint32_t, uint32_t at) const {
        const auto values = *reinterpret_cast<const Pack<T, V>*>(x + at);
#pragma unroll
        for (int v = 0; v < V; ++v) sums[0][v] += to_float(values.at[v]);
    }
};

struct Normalise {
    NormOperands norm;
    using Constants = ChannelNorm;
    __device__ Constants constants(uint32_t c, const RunScalars*) const { return channel_norm(norm, c); }
    __device__ bool counted(uint32_t, const RunScalars*) const { return true; }
    __device__ float operator()(const Constants& k, float x) const { return k(x); }
};

struct NormaliseBackward {
    NormOperands norm;
    const float *dweight, *dbias;
    float gradient_scale;
    uint32_t positions;
    using Constants = ChannelNormBackward;
    __device__ Constants constants(uint32_t c, const RunScalars* scalars) const {
        const float share = gradient_scale / (float(scalars->normed) * float(positions));
        return channel_norm_backward(norm, dweight, dbias, share, c);
    }
    __device__ bool counted(uint32_t row, const RunScalars* scalars) const {
        return row < uint32_t(scalars->count) * positions;
    }
    __device__ float operator()(const Constants& k, float x, float dy) const { return k(x, dy); }
};

}  // namespace

int64_t batch_norm_scratch(const NormShape& shape) { return grid_of(shape).scratch(2); }

void run_batch_norm_statistics(const Site& site, const NormShape& shape, const void* x, float* mean,
                               float* variance, float* running_mean, float* running_variance, float momentum,
                               float* scratch) {
    with_packs(site.element, shape.channels, [&](auto t, auto v) {
        using T = decltype(t);
        constexpr int V = decltype(v)::value;
        const T* values = static_cast<const T*>(x);
        channel_sums<2, V>(site, grid_of(shape), scratch, Moments<T, V>{values},
                           FinishMoments<T>{values, mean, variance, running_mean, running_variance, momentum,
                                            shape.positions});
    });
}

void run_batch_norm(const Site& site, const NormShape& shape, const void* x, const float* mean,
                    const float* variance, const float* weight, const float* bias, void* y, float eps) {
    with_packs(site.element, shape.channels, [&](auto t, auto v) {
        using T = decltype(t);
        channel_map<decltype(v)::value>(site, static_cast<T*>(y), shape.batch * shape.positions,
                                        shape.channels, Normalise{{mean, variance, weight, bias, eps}},
                                        static_cast<const T*>(x));
    });
}

void run_batch_norm_backward_reduce(const Site& site, const NormShape& shape, const void* x, const void* dy,
                                    const float* mean, const float* variance, float* dweight, float* dbias,
                                    float eps, float* scratch) {
    with_packs(site.element, shape.channels, [&](auto t, auto v) {
        using T = decltype(t);
        constexpr int V = decltype(v)::value;
        channel_sums<2, V>(
            site, grid_of(shape), scratch,
            GradientSums<T, V>{
                static_cast<const T*>(x), static_cast<const T*>(dy), {mean, variance, nullptr, nullptr, eps}},
            FinishGradients{dweight, dbias, 1.0 / double{site.gradient_scale}});
    });
}

void run_batch_norm_backward_input(const Site& site, const NormShape& shape, const void* x, const void* dy,
                                   const float* mean, const float* variance, const float* weight,
                                   const float* dweight, const float* dbias, void* dx, float eps) {
    with_packs(site.element, shape.channels, [&](auto t, auto v) {
        using T = decltype(t);
        channel_map<decltype(v)::value>(
            site, static_cast<T*>(dx), shape.batch * shape.positions, shape.channels,
            NormaliseBackward{
                {mean, variance, weight, nullptr, eps}, dweight, dbias, site.gradient_scale, shape.positions},
            static_cast<const T*>(x), static_cast<const T*>(dy));
    });
}

void run_channel_sums(const Site& site, const NormShape& shape, const void* dy, float* sums, float* scratch) {
    with_packs(site.element, shape.channels, [&](auto t, auto v) {
        using T = decltype(t);
        constexpr int V = decltype(v)::value;
        channel_sums<1, V>(site, grid_of(shape), scratch, Values<T, V>{static_cast<const T*>(dy)},
                           FinishValues{sums, 1.0 / double{site.gradient_scale}});
    });
}

}  // namespace cnnlab::cuda
