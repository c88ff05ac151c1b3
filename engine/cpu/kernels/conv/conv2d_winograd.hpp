#pragma once

#include "engine/cpu/kernels/conv/winograd.hpp"

namespace cnnlab::cpu::CNNLAB_ARCH {

/// A convolution, or its input's gradient, by Winograd's algorithm: for grids with an M (see winograd_grid).
[[nodiscard]] Traits winograd_traits(const WinogradGrid& grid, const Program& program);
[[nodiscard]] std::unique_ptr<Kernel> winograd_kernel(const WinogradGrid& grid, bool forward,
                                                      const float* weight, const float* bias,
                                                      const Binding& b, Buffer source, Buffer target,
                                                      const ops::Finish& finish);

}  // namespace cnnlab::cpu::CNNLAB_ARCH
