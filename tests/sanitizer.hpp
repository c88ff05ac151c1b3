#pragma once

namespace cnnlab::test {

/// Sanitizers make programs five to fifty times as slow, and take terabytes of addresses.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool has_sanitizer = true;
#else
inline constexpr bool has_sanitizer = false;
#endif

}  // namespace cnnlab::test
