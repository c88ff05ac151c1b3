#pragma once

#include <vector>

#include "native/cuda/fusion.hpp"
#include "native/cuda/kernels/element.hpp"

/// What Programs take of memory, by size and by crossing it.
namespace cnnlab::cuda {

/// Bytes of a value as it is stored.
[[nodiscard]] int64_t stored_bytes(const Program& program, const ValueInfo& info, Element element);

/// Bytes that cross memory in one run if each step reads once what it reads, and writes once what it writes: a lower bound, but for caches.
[[nodiscard]] int64_t traffic(const Program& program, Element element, const std::vector<Fusion>& fusions);

}  // namespace cnnlab::cuda
