#pragma once

#include "engine/core/sanitizers.hpp"

namespace cnnlab::test {

/// Sanitizers make programs five to fifty times as slow, and take terabytes of addresses.
#if defined(CNNLAB_ADDRESS_SANITIZER) || defined(CNNLAB_THREAD_SANITIZER)
inline constexpr bool has_sanitizer = true;
#else
inline constexpr bool has_sanitizer = false;
#endif

}  // namespace cnnlab::test
