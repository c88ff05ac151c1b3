#pragma once

#include "engine/ops/activation_kind.hpp"
#include "native/cuda/kernels/site.hpp"

/// Elementwise ops. Pointers are to elements of site.element.
namespace cnnlab::cuda {

void run_activation(const Site& site, const void* x, void* y, uint32_t count, ActivationKind kind,
                    float alpha);
void run_activation_backward(const Site& site, const void* saved, const void* dy, void* dx, uint32_t count,
                             ActivationKind kind, float alpha);
void run_add(const Site& site, const void* a, const void* b, void* y, uint32_t count);
/// y = keep ? x / (1 − p) : 0. Rule: engine/ops/dropout.hpp. `row`: elements of an image.
void run_dropout(const Site& site, const void* x, void* y, uint32_t count, uint32_t row, float p,
                 uint32_t stream);
/// Copies channels [from, from + width) of x [rows, x_channels] to channels [to, to + width) of y [rows, y_channels].
void run_copy_channels(const Site& site, const void* x, void* y, uint32_t rows, uint32_t width,
                       uint32_t x_channels, uint32_t from, uint32_t y_channels, uint32_t to);

}  // namespace cnnlab::cuda
