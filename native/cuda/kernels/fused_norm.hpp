#pragma once

#include "native/cuda/kernels/batch_norm.hpp"
#include "native/cuda/kernels/norm_operands.hpp"
#include "native/cuda/kernels/window_map.hpp"

/// Max pool, batch norm and activation in one pass over memory instead of several. Results have the bits of the
/// single ops. Intermediate values are stored where their pointer is not null.
namespace cnnlab::cuda {

/// A max pool in front: from x to pooled.
struct PoolOperands {
    WindowMap window;
    const void* x = nullptr;
    void* pooled = nullptr;
    uint16_t* argmax = nullptr;
};

/// pooled = the max pool of x, and its batch statistics. `shape` is that of pooled, which is always stored.
void run_pool_statistics(const Site& site, const NormShape& shape, const PoolOperands& pool, float* mean,
                         float* variance, float* running_mean, float* running_variance, float momentum,
                         float* scratch);

/// y = activation(normal), normal = norm(x). With pool != null x is pooled first, from pool->x.
void run_normalise(const Site& site, const NormShape& shape, const PoolOperands* pool, const void* x,
                   const NormOperands& norm, const MaybeActivation& activation, void* normal, void* y);

/// dweight and dbias of the norm of x, from the gradient dy behind its activation. dnormal is the gradient in
/// between.
void run_activated_norm_sums(const Site& site, const NormShape& shape, const void* x, const void* dy,
                             const NormOperands& norm, const MaybeActivation& activation, void* dnormal,
                             float* dweight, float* dbias, float* scratch);

/// The gradient dx by the norm's input x. With a window: by the input of the max pool before the norm, zero except
/// where argmax says; dpooled is then the gradient by x. dy is the gradient behind the activation, if there is one.
struct InputGradientOperands {
    const void *x = nullptr, *dy = nullptr;
    NormOperands norm;
    MaybeActivation activation;
    const float *dweight = nullptr, *dbias = nullptr;
    const WindowMap* window = nullptr;
    const uint16_t* argmax = nullptr;
    void* dpooled = nullptr;
    void* dx = nullptr;
};
void run_norm_input_gradient(const Site& site, const NormShape& shape, const InputGradientOperands& o);

/// dbias[c] = Σ dx over the rows, dx = dy · activation′(saved), divided by site.gradient_scale.
void run_activated_bias_sums(const Site& site, const NormShape& shape, const void* saved, const void* dy,
                             const MaybeActivation& activation, void* dx, float* dbias, float* scratch);

}  // namespace cnnlab::cuda
