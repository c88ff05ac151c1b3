#pragma once

#include "engine/model/compile.hpp"

namespace cnnlab {

/// The window of the op that a layer emitted.
[[nodiscard]] Window window_of(const Compiled& compiled, size_t layer);

}  // namespace cnnlab
