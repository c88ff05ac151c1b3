#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <new>

namespace cnnlab::cpu {

/// Raw memory on a 64-byte boundary (a cache line and an AVX-512 vector), zeroed.
class AlignedBuffer {
  public:
    AlignedBuffer() = default;
    explicit AlignedBuffer(size_t bytes)
        : bytes_(bytes), data_(static_cast<std::byte*>(::operator new (bytes + 64, std::align_val_t{64}))) {
        // 64 bytes more, so that a vector load at the last value stays inside
        std::fill_n(data_.get(), bytes + 64, std::byte{0});
    }
    [[nodiscard]] std::byte* data() const { return data_.get(); }
    [[nodiscard]] size_t size() const { return bytes_; }

  private:
    struct Free {
        void operator()(std::byte* p) const { ::operator delete (p, std::align_val_t{64}); }
    };
    size_t bytes_ = 0;
    std::unique_ptr<std::byte, Free> data_;
};

}  // namespace cnnlab::cpu
