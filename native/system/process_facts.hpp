#pragma once

#include <cstdint>

namespace cnnlab {

/// Seconds since this process was started, to a hundredth; 0 where the system does not tell.
[[nodiscard]] double process_age();

/// Peak memory of this process, including the files that it has mapped. 0 where the system does not tell.
[[nodiscard]] int64_t peak_memory_bytes();

/// Bytes of memory that this process may still take: what the machine has left, swap included, within the limits of its
/// control groups and of `ulimit -v`. 0 where the system does not tell.
[[nodiscard]] int64_t available_memory_bytes();

}  // namespace cnnlab
