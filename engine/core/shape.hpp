#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <string>

#include "engine/core/fields.hpp"

namespace cnnlab {

/// Up to four extents, row-major, the last one contiguous. Images are [H, W, C], batches [N, H, W, C],
/// convolution weights [Cout, Kh, Kw, Cin / groups], vectors [C].
class Shape {
  public:
    static constexpr int max_rank = 4;

    constexpr Shape() = default;
    constexpr Shape(std::initializer_list<int64_t> extents) {
        for (int64_t extent : extents) extents_[rank_++] = extent;
    }

    [[nodiscard]] constexpr int rank() const { return rank_; }
    [[nodiscard]] constexpr int64_t operator[](int axis) const { return extents_[axis]; }
    [[nodiscard]] constexpr int64_t& operator[](int axis) { return extents_[axis]; }
    [[nodiscard]] constexpr const int64_t* begin() const { return extents_.data(); }
    [[nodiscard]] constexpr const int64_t* end() const { return extents_.data() + rank_; }
    constexpr bool operator==(const Shape&) const = default;

    /// Product of the extents; 1 for a scalar.
    [[nodiscard]] constexpr int64_t count() const {
        int64_t n = 1;
        for (int64_t extent : *this) n *= extent;
        return n;
    }

    /// "32×32×3", as learners read it.
    [[nodiscard]] std::string str() const {
        std::string text;
        for (int64_t extent : *this) text += (text.empty() ? "" : "×") + std::to_string(extent);
        return text.empty() ? "scalar" : text;
    }

  private:
    std::array<int64_t, max_rank> extents_{};
    int rank_ = 0;
};

/// The image-like reading [H, W, C] of a per-image shape: a vector [C] is a 1×1 image with C channels.
struct ImageShape {
    int height = 1, width = 1, channels = 1;

    constexpr ImageShape() = default;
    constexpr ImageShape(int h, int w, int c) : height(h), width(w), channels(c) {}
    constexpr explicit ImageShape(const Shape& shape) {
        channels = static_cast<int>(shape[shape.rank() - 1]);
        if (shape.rank() >= 2) width = static_cast<int>(shape[shape.rank() - 2]);
        if (shape.rank() >= 3) height = static_cast<int>(shape[shape.rank() - 3]);
    }
    constexpr bool operator==(const ImageShape&) const = default;
    [[nodiscard]] constexpr int64_t count() const { return int64_t{height} * width * channels; }
    [[nodiscard]] constexpr int positions() const { return height * width; }
    /// "32×32×3"
    [[nodiscard]] std::string str() const { return Shape{height, width, channels}.str(); }

    static constexpr auto fields() {
        using I = ImageShape;
        return std::tuple{
            field("height", &I::height, "rows of pixels", 1, 4096).must(),
            field("width", &I::width, "columns of pixels", 1, 4096).must(),
            field("channels", &I::channels, "1 for grey, 3 for red, green, blue", 1, 16).must()};
    }
};

}  // namespace cnnlab
