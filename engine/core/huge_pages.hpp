#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace cnnlab {

/// Reserves `size` bytes in all, in huge pages where the system has them. With small pages, half the time of reading
/// a large file goes into mapping them.
void reserve_huge(std::vector<uint8_t>& bytes, size_t size);

}  // namespace cnnlab
