#include "native/system/huge_pages.hpp"

#include <sys/mman.h>

namespace cnnlab {

void reserve_huge(std::vector<uint8_t>& bytes, size_t size) {
    bytes.reserve(size);
    constexpr uintptr_t page = uintptr_t{2} << 20U;
    const auto data = reinterpret_cast<uintptr_t>(bytes.data());
    const uintptr_t begin = (data + page - 1) / page * page, end = (data + bytes.capacity()) / page * page;
    if (begin < end) (void)::madvise(reinterpret_cast<void*>(begin), end - begin, MADV_HUGEPAGE);
}

}  // namespace cnnlab
