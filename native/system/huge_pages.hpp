#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace cnnlab {

/// Room for `size` bytes in all, in huge pages where the system has them: with small ones, half the time of reading a large file goes into
/// the system's handing them out.
void reserve_huge(std::vector<uint8_t>& bytes, size_t size);

}  // namespace cnnlab
