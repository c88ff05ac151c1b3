#pragma once

#include <memory>

#include "engine/backend/backend.hpp"

namespace cnnlab {

/// The textbook backend: each op as its formula reads, over the whole batch at once, in double precision. Slow and
/// simple on purpose: tests hold the other backends to it, and lessons quote it.
/// Persistent tensors are rounded to float when an op has written them, so that a checkpoint holds the whole state.
[[nodiscard]] std::unique_ptr<Backend> make_reference_backend();

}  // namespace cnnlab
