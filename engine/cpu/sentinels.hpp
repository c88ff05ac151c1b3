#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "engine/core/sanitizers.hpp"

#if defined(CNNLAB_ADDRESS_SANITIZER)
#define CNNLAB_SENTINELS 1
#endif

/// Sentinels between the tensors of one allocation, in which AddressSanitizer alone sees no borders.
///
/// A kernel may read up to a vector (64 bytes) beyond a tensor and may write nothing there. In a build with
/// AddressSanitizer each tensor is followed by padding of at least 64 bytes that holds a pattern, and by a red zone of
/// 64 bytes. Touching the red zone, or a tensor whose life has not begun or is over, is reported at once;
/// check_padding() finds what was written to the padding. In other builds all of this is empty.
namespace cnnlab::cpu {

#if defined(CNNLAB_SENTINELS)
constexpr bool has_sentinels = true;
#else
constexpr bool has_sentinels = false;
#endif

constexpr int64_t red_zone_bytes = has_sentinels ? 64 : 0;

/// End of the padding of a tensor of so many bytes.
[[nodiscard]] constexpr int64_t padded(int64_t bytes) { return (bytes + 63) / 64 * 64 + 64; }
/// Bytes that a tensor takes: its own and, in a build with sentinels, its padding and red zone.
[[nodiscard]] constexpr int64_t guarded(int64_t bytes) {
    return has_sentinels && bytes > 0 ? padded(bytes) + red_zone_bytes : bytes;
}

/// A tensor in an allocation, or several of one size: `count` of them, `stride` bytes apart.
struct GuardedTensor {
    int64_t offset = 0, bytes = 0, stride = 0;
    int count = 1;
    int first = 0, last = 0;  ///< its life, both included
};

/// Opens the tensors of the allocation that live at `time` and closes all other memory. Writes the pattern into the
/// padding of those whose life begins.
void open_tensors(std::byte* memory, int64_t bytes, const std::vector<GuardedTensor>& tensors, int time);
/// Throws std::logic_error with the tensor's name if something was written to its padding.
void check_padding(const std::byte* tensor, int64_t bytes, const std::string& name);

}  // namespace cnnlab::cpu
