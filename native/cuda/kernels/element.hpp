#pragma once

#include <cstdint>

namespace cnnlab::cuda {

/// How activations and their gradients are stored. Sums, parameters, their gradients and statistics are always fp32.
enum class Element : uint8_t { f32, f16, bf16 };

[[nodiscard]] constexpr int size_of(Element element) { return element == Element::f32 ? 4 : 2; }

}  // namespace cnnlab::cuda
