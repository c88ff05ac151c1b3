#pragma once

namespace cnnlab {

/// Bytes a second that `threads` threads read and write at once when each copies memory that is larger than its caches.
[[nodiscard]] double memory_rate(int threads);

}  // namespace cnnlab
