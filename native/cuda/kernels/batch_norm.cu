#include "native/cuda/kernels/batch_norm.hpp"

#include "native/cuda/kernels/channel_sums.hpp"
#include "native/cuda/kernels/map.hpp"

namespace cnnlab::cuda {

namespace {

ChannelSumsGrid grid_of(const NormShape& shape) { return {shape.positions, shape.batch, shape.channels}; }

/// Σ (x − k) and Σ (x − k)², k the channel's first value: as good as two passes wherever the values lie, in one.
template <class T, int V>
struct Moments {
    const T* x;
    __device__ Pack<float, V> constants(uint32_t channel) const {
        Pack<float, V> shift;
        for (int v = 0; v < V; ++v) shift.at[v] = to_float(x[channel + v]);
        return shift;
    }
    __device__ void add(float (&sums)[2][V], const Pack<float, V>& shift, uint32_t at) const {
        const auto values = *reinterpret_cast<const Pack<T, V>*>(x + at);
#pragma unroll
        for (int v = 0; v < V; ++v) {
            const float d = to_float(values.at[v]) - shift.at[v];
            sums[0][v] += d;
            sums[1][v] += d * d;
        }
    }
};

template <class T>
struct FinishMoments {
    const T* x;
    float *mean, *variance, *running_mean, *running_variance;
    float momentum;
    uint32_t positions;
    __device__ void operator()(uint32_t c, const double (&sums)[2], const RunScalars* scalars) const {
        const double m = double(scalars->count) * positions, shifted = sums[0] / m;
        const double mu = double{to_float(x[c])} + shifted;
        const double sigma = fmax(sums[1] / m - shifted * shifted, 0.0);
        mean[c] = float(mu);
        variance[c] = float(sigma);
        const double p = momentum;
        running_mean[c] = float((1 - p) * double{running_mean[c]} + p * mu);
        running_variance[c] =
            float((1 - p) * double{running_variance[c]} + p * sigma * (m / fmax(m - 1, 1.0)));
    }
};

/// Σ dy x̂ and Σ dy.
template <class T, int V>
struct GradientSums {
    const T *x, *dy;
    const float *mean, *variance;
    float eps;
    struct Constants {
        float mean[V], inverse[V];
    };
    __device__ Constants constants(uint32_t channel) const {
        Constants k;
        for (int v = 0; v < V; ++v) {
            k.mean[v] = mean != nullptr ? mean[channel + v] : 0.0F;
            k.inverse[v] = 1.0F / sqrtf(variance[channel + v] + eps);
        }
        return k;
    }
    __device__ void add(float (&sums)[2][V], const Constants& k, uint32_t at) const {
        const auto xs = *reinterpret_cast<const Pack<T, V>*>(x + at);
        const auto dys = *reinterpret_cast<const Pack<T, V>*>(dy + at);
#pragma unroll
        for (int v = 0; v < V; ++v) {
            const float d = to_float(dys.at[v]);
            sums[0][v] += d * ((to_float(xs.at[v]) - k.mean[v]) * k.inverse[v]);
            sums[1][v] += d;
        }
    }
};

struct FinishGradients {
    float *dweight, *dbias;
    double factor;
    __device__ void operator()(uint32_t c, const double (&sums)[2], const RunScalars*) const {
        if (dweight != nullptr) dweight[c] = float(sums[0] * factor);
        if (dbias != nullptr) dbias[c] = float(sums[1] * factor);
    }
};

template <class T, int V>
struct Values {
    const T* x;
    __device__ int constants(uint32_t) const { return 0; }
    __device__ void add(float (&sums)[1][V], int, uint32_t at) const {
        const auto values = *reinterpret_cast<const Pack<T, V>*>(x + at);
#pragma unroll
        for (int v = 0; v < V; ++v) sums[0][v] += to_float(values.at[v]);
    }
};
struct FinishValues {
    float* sums_out;
    double factor;
    __device__ void operator()(uint32_t c, const double (&sums)[1], const RunScalars*) const {
        sums_out[c] = float(sums[0] * factor);
    }
};

struct Normalise {
    const float *mean, *variance, *weight, *bias;
    float eps;
    struct Constants {
        float mean, scale, bias;
    };
    __device__ Constants constants(uint32_t c, const RunScalars*) const {
        return {mean != nullptr ? mean[c] : 0.0F, weight[c] / sqrtf(variance[c] + eps),
                bias != nullptr ? bias[c] : 0.0F};
    }
    __device__ bool counted(uint32_t, const RunScalars*) const { return true; }
    __device__ float operator()(const Constants& k, float x) const { return (x - k.mean) * k.scale + k.bias; }
};

/// dx = scale · (dy − dbias / m − x̂ · dweight / m); the sums are of gradients that are not scaled, dy and dx are.
struct NormaliseBackward {
    const float *mean, *variance, *weight, *dweight, *dbias;
    float eps, gradient_scale;
    uint32_t positions;
    struct Constants {
        float mean, inverse, weight, mean_dy, mean_dy_x;
    };
    __device__ Constants constants(uint32_t c, const RunScalars* scalars) const {
        const float share = gradient_scale / (float(scalars->count) * float(positions));
        return {mean != nullptr ? mean[c] : 0.0F, 1.0F / sqrtf(variance[c] + eps), weight[c],
                dbias[c] * share, dweight[c] * share};
    }
    __device__ bool counted(uint32_t row, const RunScalars* scalars) const {
        return row < uint32_t(scalars->count) * positions;
    }
    __device__ float operator()(const Constants& k, float x, float dy) const {
        return k.weight * k.inverse * (dy - k.mean_dy - (x - k.mean) * k.inverse * k.mean_dy_x);
    }
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
                                        shape.channels, Normalise{mean, variance, weight, bias, eps},
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
            GradientSums<T, V>{static_cast<const T*>(x), static_cast<const T*>(dy), mean, variance, eps},
            FinishGradients{dweight, dbias, 1.0 / double{site.gradient_scale}});
    });
}

void run_batch_norm_backward_input(const Site& site, const NormShape& shape, const void* x, const void* dy,
                                   const float* mean, const float* variance, const float* weight,
                                   const float* dweight, const float* dbias, void* dx, float eps) {
    with_packs(site.element, shape.channels, [&](auto t, auto v) {
        using T = decltype(t);
        channel_map<decltype(v)::value>(site, static_cast<T*>(dx), shape.batch * shape.positions,
                                        shape.channels,
                                        NormaliseBackward{mean, variance, weight, dweight, dbias, eps,
                                                          site.gradient_scale, shape.positions},
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
