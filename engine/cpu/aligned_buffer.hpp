#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>

namespace cnnlab::cpu {

/// Raw memory on a 64-byte boundary (a cache line and an AVX-512 vector), zeroed.
class AlignedBuffer {
  public:
    AlignedBuffer() = default;
    /// Throws std::bad_alloc, also where the address space is too small (WebAssembly has 4 GiB).
    explicit AlignedBuffer(int64_t bytes) : bytes_(checked(bytes)) {
        // 64 bytes more, so that a vector load at the last value stays inside
        data_.reset(static_cast<std::byte*>(::operator new (bytes_ + 64, std::align_val_t{64})));
        std::fill_n(data_.get(), bytes_ + 64, std::byte{0});
    }
    [[nodiscard]] std::byte* data() const { return data_.get(); }
    [[nodiscard]] size_t size() const { return bytes_; }

  private:
    struct Free {
        void operator()(std::byte* p) const { ::operator delete (p, std::align_val_t{64}); }
    };
    static size_t checked(int64_t bytes) {
        if (bytes < 0 || bytes > PTRDIFF_MAX - 64) throw std::bad_alloc();
        return static_cast<size_t>(bytes);
    }
    size_t bytes_ = 0;
    std::unique_ptr<std::byte, Free> data_;
};

}  // namespace cnnlab::cpu
