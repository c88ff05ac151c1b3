#pragma once

#include "native/cuda/kernels/site.hpp"

/// Batch norm over [rows, C], rows = batch · positions, of which the first count · positions count. Statistics,
/// weight, bias and their gradients are fp32 [C]; x, y, dy, dx are of site.element. Formulas:
/// engine/ops/batch_norm.hpp.
namespace cnnlab::cuda {

/// The shape of what is normalised.
struct NormShape {
    uint32_t batch = 1, positions = 1, channels = 1;
};

/// Floats of scratch memory that the two reductions need.
[[nodiscard]] int64_t batch_norm_scratch(const NormShape& shape);

void run_batch_norm_statistics(const Site& site, const NormShape& shape, const void* x, float* mean,
                               float* variance, float* running_mean, float* running_variance, float momentum,
                               float* scratch);
/// mean and bias may be null: 0.
void run_batch_norm(const Site& site, const NormShape& shape, const void* x, const float* mean,
                    const float* variance, const float* weight, const float* bias, void* y, float eps);
void run_batch_norm_backward_reduce(const Site& site, const NormShape& shape, const void* x, const void* dy,
                                    const float* mean, const float* variance, float* dweight, float* dbias,
                                    float eps, float* scratch);
void run_batch_norm_backward_input(const Site& site, const NormShape& shape, const void* x, const void* dy,
                                   const float* mean, const float* variance, const float* weight,
                                   const float* dweight, const float* dbias, void* dx, float eps);
/// sums[c] = Σ over the rows that count of dy[row, c], divided by site.gradient_scale: a bias's gradient.
void run_channel_sums(const Site& site, const NormShape& shape, const void* dy, float* sums, float* scratch);

}  // namespace cnnlab::cuda
