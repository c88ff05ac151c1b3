#pragma once

#include <memory>

#include "engine/backend/backend.hpp"

namespace cnnlab::web {

/// The number of threads of all sessions together, which take turns. To be called once, before the first backend is
/// made. 1 by default, and always 1 in a module without threads.
void set_threads(int threads);

[[nodiscard]] int thread_count();

/// A CPU backend on those threads.
[[nodiscard]] std::unique_ptr<Backend> make_backend();

}  // namespace cnnlab::web
