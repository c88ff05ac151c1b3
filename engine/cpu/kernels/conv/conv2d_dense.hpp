#pragma once

#include "engine/cpu/kernels/tile.hpp"

namespace cnnlab::cpu::CNNLAB_ARCH {

/// The kernel of a convolution with one output position and many weights: a dense layer behind an image.
/// It works on the whole batch, so that each weight is read once a run. Block by block, all weights would pass
/// through the cache for every 8 images.
[[nodiscard]] bool dense_over_batch(const ops::Conv2d& op, const Program& program);
[[nodiscard]] bool dense_over_batch(const ops::Conv2dBackwardInput& op, const Program& program);

[[nodiscard]] Traits dense_traits(const ops::Conv2d& op, const Program& program);
[[nodiscard]] Traits dense_traits(const ops::Conv2dBackwardInput& op, const Program& program);

[[nodiscard]] std::unique_ptr<Kernel> dense_kernel(const ops::Conv2d& op, const Binding& b);
[[nodiscard]] std::unique_ptr<Kernel> dense_kernel(const ops::Conv2dBackwardInput& op, const Binding& b);

}  // namespace cnnlab::cpu::CNNLAB_ARCH
