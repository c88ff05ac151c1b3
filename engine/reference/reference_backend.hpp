#pragma once

#include <memory>

#include "engine/backend/backend.hpp"

namespace cnnlab {

/// The textbook backend: each op written as its formula reads, over the whole batch at once, in double precision. Slow and simple on
/// purpose: it is the oracle that the tests hold the other backends to, and the code that lessons quote. Persistent tensors are
/// rounded to float whenever an op has written them, so that a checkpoint holds all there is.
[[nodiscard]] std::unique_ptr<Backend> make_reference_backend();

}  // namespace cnnlab
