#pragma once

#include <cstdint>
#include <new>
#include <span>
#include <utility>
#include <vector>

#include "engine/core/shape.hpp"

namespace cnnlab {

/// An owning float tensor on the host, row-major.
class HostTensor {
  public:
    HostTensor() = default;
    explicit HostTensor(Shape shape, float fill = 0.0F)
        : shape_(shape), data_(size_for(shape.count()), fill) {}
    HostTensor(Shape shape, std::vector<float> data) : shape_(shape), data_(std::move(data)) {}

    [[nodiscard]] const Shape& shape() const { return shape_; }
    [[nodiscard]] int64_t count() const { return static_cast<int64_t>(data_.size()); }
    [[nodiscard]] float* data() { return data_.data(); }
    [[nodiscard]] const float* data() const { return data_.data(); }
    [[nodiscard]] std::span<float> span() { return data_; }
    [[nodiscard]] std::span<const float> span() const { return data_; }
    float& operator[](int64_t i) { return data_[static_cast<size_t>(i)]; }
    float operator[](int64_t i) const { return data_[static_cast<size_t>(i)]; }

  private:
    /// The size of the vector. Throws std::bad_alloc where the address space cannot hold so many floats.
    static size_t size_for(int64_t count) {
        if (count < 0 || static_cast<uint64_t>(count) > std::vector<float>().max_size())
            throw std::bad_alloc();
        return static_cast<size_t>(count);
    }

    Shape shape_;
    std::vector<float> data_;
};

}  // namespace cnnlab
