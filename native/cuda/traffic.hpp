#pragma once

#include <vector>

#include "native/cuda/fusion.hpp"
#include "native/cuda/kernels/element.hpp"

/// Memory of Programs: sizes of values, and traffic.
namespace cnnlab::cuda {

/// Bytes of a value as stored.
[[nodiscard]] int64_t stored_bytes(const Program& program, const ValueInfo& info, Element element);

/// Bytes of one run if each launch reads its inputs once and writes its outputs once: a lower bound, apart from
/// caches.
[[nodiscard]] int64_t traffic(const Program& program, Element element, const std::vector<Fusion>& fusions);

}  // namespace cnnlab::cuda
