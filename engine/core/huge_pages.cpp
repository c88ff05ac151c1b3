#include "engine/core/huge_pages.hpp"

#if defined(__linux__)
#include <sys/mman.h>
#endif

namespace cnnlab {

void reserve_huge(std::vector<uint8_t>& bytes, size_t size) {
    bytes.reserve(size);
#if defined(__linux__)
    constexpr uintptr_t page = uintptr_t{2} << 20U;
    const auto data = reinterpret_cast<uintptr_t>(bytes.data());
    const uintptr_t begin = (data + page - 1) / page * page, end = (data + bytes.capacity()) / page * page;
    if (begin < end) (void)::madvise(reinterpret_cast<void*>(begin), end - begin, MADV_HUGEPAGE);
#endif
}

}  // namespace cnnlab
