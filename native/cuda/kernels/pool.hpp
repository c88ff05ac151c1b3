#pragma once

#include "native/cuda/kernels/site.hpp"
#include "native/cuda/kernels/window_map.hpp"

/// Pooling. x, y, dy, dx are of site.element; argmax is the winner's index in its window, i · Kw + j.
namespace cnnlab::cuda {

/// argmax may be null.
void run_max_pool(const Site& site, const WindowMap& window, int batch, const void* x, void* y,
                  uint16_t* argmax);
void run_max_pool_backward(const Site& site, const WindowMap& window, int batch, const void* dy,
                           const uint16_t* argmax, void* dx);
void run_avg_pool(const Site& site, const WindowMap& window, int batch, const void* x, void* y,
                  bool count_include_pad);
void run_avg_pool_backward(const Site& site, const WindowMap& window, int batch, const void* dy, void* dx,
                           bool count_include_pad);

}  // namespace cnnlab::cuda
