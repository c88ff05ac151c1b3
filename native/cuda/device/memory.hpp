#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "native/cuda/device/error.hpp"

namespace cnnlab::cuda {

/// Device memory, owned. The host never touches it.
class DeviceBuffer {
  public:
    DeviceBuffer() = default;
    /// Throws Error with the bytes needed and the bytes free if there is too little. `what`: its purpose, for the
    /// message.
    DeviceBuffer(int64_t bytes, const char* what);
    DeviceBuffer(DeviceBuffer&& other) noexcept
        : data_(std::exchange(other.data_, nullptr)), bytes_(std::exchange(other.bytes_, 0)) {}
    DeviceBuffer& operator=(DeviceBuffer&& other) noexcept {
        std::swap(data_, other.data_);
        std::swap(bytes_, other.bytes_);
        return *this;
    }
    ~DeviceBuffer();

    [[nodiscard]] std::byte* data() const { return data_; }
    template <class T>
    [[nodiscard]] T* as() const {
        return reinterpret_cast<T*>(data_);
    }
    [[nodiscard]] int64_t bytes() const { return bytes_; }

  private:
    std::byte* data_ = nullptr;
    int64_t bytes_ = 0;
};

/// A copy of a table on the device. Waits until it is there.
template <class T>
[[nodiscard]] DeviceBuffer device_copy(std::span<const T> table, const char* what, cudaStream_t stream) {
    DeviceBuffer buffer(static_cast<int64_t>(table.size_bytes()), what);
    CNNLAB_CUDA(
        cudaMemcpyAsync(buffer.data(), table.data(), table.size_bytes(), cudaMemcpyHostToDevice, stream));
    CNNLAB_CUDA(cudaStreamSynchronize(stream));
    return buffer;
}

/// Page-locked memory of the host, which the device copies directly.
class PinnedBuffer {
  public:
    PinnedBuffer() = default;
    explicit PinnedBuffer(int64_t bytes);
    PinnedBuffer(PinnedBuffer&& other) noexcept : data_(std::exchange(other.data_, nullptr)) {}
    PinnedBuffer& operator=(PinnedBuffer&& other) noexcept {
        std::swap(data_, other.data_);
        return *this;
    }
    ~PinnedBuffer();

    template <class T>
    [[nodiscard]] T* as() const {
        return static_cast<T*>(data_);
    }

  private:
    void* data_ = nullptr;
};

/// An event, owned.
class Event {
  public:
    explicit Event(bool timed = false);
    Event(Event&& other) noexcept : event_(std::exchange(other.event_, nullptr)) {}
    Event& operator=(Event&& other) noexcept {
        std::swap(event_, other.event_);
        return *this;
    }
    ~Event();
    [[nodiscard]] cudaEvent_t get() const { return event_; }
    /// Seconds from `start` to this one. Both must be timed and have passed.
    [[nodiscard]] double seconds_since(const Event& start) const;

  private:
    cudaEvent_t event_ = nullptr;
};

}  // namespace cnnlab::cuda
