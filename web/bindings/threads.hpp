#pragma once

#include <memory>

#include "engine/backend/backend.hpp"

namespace cnnlab::web {

/// The number of threads of all sessions together, which take turns. To be called once, before the first backend is
/// made. 1 by default, and always 1 in a module without threads.
void set_threads(int threads);

[[nodiscard]] int thread_count();

/// Starts the threads, and ends those that do not help: browsers tell of more cores than there are. Leaves one core to
/// the page. To be called after set_threads; gives the number that is left.
int fit_threads();

/// A CPU backend on those threads.
[[nodiscard]] std::unique_ptr<Backend> make_backend();

}  // namespace cnnlab::web
