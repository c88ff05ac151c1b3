#pragma once

#include "native/cuda/kernels/site.hpp"

/// Batch norm over [rows, C], rows = batch · positions, of which the first count · positions count. Statistics,
/// weight, bias and their gradients are fp32 [C]; x, y, dy, dx are of site.element. Formulas:
/// engine/ops/batch_norm.hpp.
namespace cnnlab::cuda {

/// The shape of the normalised tensor.
struct NormShape {
    uint32_t batch = 1, positions = 1, channels = 1;
};

/// Floats of scratch of the two reductions.
[[nodiscard]] int64_t batch_norm_scratch(const NormShape& shape);

void run_batch_norm_statistics(const Site& site, const NormShape& shape, const void* x, float* mean,
                               float* variance, float* running_mean, float* running_variance, float momentum,
                               float* scratch);
/// Null mean and bias are 0.
void run_batch_norm(const Site& site, const NormShape& shape, const void* x, const float* mean,
                    const float* variance, const float* weight, const float* bias, void* y, float eps);
void run_batch_norm_backward_reduce(const Site& site, const NormShape& shape, const void* x, const void* dy,
                                    const float* mean, const float* variance, float* dweight, float* dbias,
                                    float eps, float* scratch);
void run_batch_norm_backward_input(const Site& site, const NormShape& shape, const void* x, const void* dy,
                                   const float* mean, const float* variance, const float* weight,
                                   const float* dweight, const float* dbias, void* dx, float eps);
/// sums[c] = Σ dy[row, c] over the rows that count, divided by site.gradient_scale: the gradient of a bias.
void run_channel_sums(const Site& site, const NormShape& shape, const void* dy, float* sums, float* scratch);

}  // namespace cnnlab::cuda
