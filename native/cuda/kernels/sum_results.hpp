#pragma once

#include "native/cuda/kernels/channel_sums.hpp"

/// What becomes of the sums of each channel.
namespace cnnlab::cuda {

/// Adds x − k and (x − k)², with k the first value of the channel: one pass as accurate as two, wherever the values
/// lie.
template <int V>
__device__ void add_moments(float (&sums)[2][V], const float (&shift)[V], const float (&x)[V]) {
#pragma unroll
    for (int v = 0; v < V; ++v) {
        const float d = x[v] - shift[v];
        sums[0][v] += d;
        sums[1][v] += d * d;
    }
}

/// Mean and variance from the moments of x about its first row.
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

struct FinishGradients {
    float *dweight, *dbias;
    double factor;
    __device__ void operator()(uint32_t c, const double (&sums)[2], const RunScalars*) const {
        if (dweight != nullptr) dweight[c] = float(sums[0] * factor);
        if (dbias != nullptr) dbias[c] = float(sums[1] * factor);
    }
};

/// The gradient of a bias.
struct FinishValues {
    float* sums_out;
    double factor;
    __device__ void operator()(uint32_t c, const double (&sums)[1], const RunScalars*) const {
        sums_out[c] = float(sums[0] * factor);
    }
};

}  // namespace cnnlab::cuda
