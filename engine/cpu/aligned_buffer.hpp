#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <new>
#if defined(__linux__)
#include <sys/mman.h>
#endif

namespace cnnlab::cpu {

/// Raw memory, zeroed, aligned to 64 bytes: a cache line, and an AVX-512 vector.
/// From 2 MiB on it is aligned to huge pages, which Linux is asked for: a network's values span more small pages than
/// the TLB holds.
class AlignedBuffer {
  public:
    AlignedBuffer() = default;
    /// Throws std::bad_alloc, also where the address space is too small (WebAssembly: 4 GiB).
    explicit AlignedBuffer(int64_t bytes) : bytes_(checked(bytes)) {
        std::align_val_t alignment{64};
#if defined(__linux__)
        if (bytes_ >= huge_page) alignment = std::align_val_t{huge_page};
#endif
        // 64 bytes more, so that a vector load at the last value stays inside.
        data_ = {static_cast<std::byte*>(::operator new(bytes_ + 64, alignment)), Free{alignment}};
#if defined(__linux__)
        if (bytes_ >= huge_page) madvise(data_.get(), bytes_, MADV_HUGEPAGE);  // only advice: works without
#endif
        // Not std::fill_n: where the compiler saves space (the page's module), that is a loop over bytes.
        std::memset(data_.get(), 0, bytes_ + 64);
    }
    [[nodiscard]] std::byte* data() const { return data_.get(); }
    [[nodiscard]] size_t size() const { return bytes_; }

  private:
    static constexpr size_t huge_page = size_t{2} << 20;

    struct Free {
        std::align_val_t alignment;
        void operator()(std::byte* p) const { ::operator delete(p, alignment); }
    };
    static size_t checked(int64_t bytes) {
        if (bytes < 0 || bytes > PTRDIFF_MAX - int64_t{huge_page}) throw std::bad_alloc();
        return static_cast<size_t>(bytes);
    }
    size_t bytes_ = 0;
    std::unique_ptr<std::byte, Free> data_;
};

}  // namespace cnnlab::cpu
