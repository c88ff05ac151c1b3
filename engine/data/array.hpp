#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/core/shape.hpp"

namespace cnnlab {

/// Numbers or texts along several axes, as files of arrays hold them.
struct Array {
    enum class Type : uint8_t { boolean, u1, u2, u4, u8, i1, i2, i4, i8, f2, f4, f8, text };

    Type type = Type::u1;
    std::vector<int64_t> shape;
    std::vector<uint8_t> bytes;      ///< the numbers, the last axis fastest, in this machine's byte order
    bool first_fastest = false;      ///< the first axis is fastest instead: only of more than two axes
    std::vector<std::string> texts;  ///< of type text

    [[nodiscard]] int64_t count() const;
    /// "3×28×28"
    [[nodiscard]] std::string shape_text() const;
    [[nodiscard]] double number(size_t i) const;
};

/// Bytes of one number; 0 for text.
[[nodiscard]] size_t item_bytes(Array::Type type);

/// The labels of images: numbers, or names.
struct Labels {
    std::vector<int64_t> numbers;
    std::vector<std::string> names;

    [[nodiscard]] int64_t count() const {
        return static_cast<int64_t>(names.empty() ? numbers.size() : names.size());
    }
};

/// Labels of the shape [N] or [N, 1], and of [N, K] with a single 1 in each row, K ≥ 2 (one-hot). [N, 8], as QMNIST has
/// it, are labels in the first column where the rows are not one-hot. Throws Error (bad_file) for other shapes and for
/// numbers that are not whole or below 0.
[[nodiscard]] Labels labels_of(const Array& array, const std::string& place);

/// What the numbers of pixels mean: 0 to 1, or 0 to 255. The training images decide for the test images, too.
struct PixelRange {
    double factor = 0;  ///< 0: not known yet
};

/// Images as a data set holds them.
struct ImageArray {
    ImageShape shape;
    std::vector<uint8_t> pixels;  ///< [count, height, width, channels]
};

/// Images of the shape [N, H, W], [N, H, W, C], [N, C, H, W], [H, W, C, N] (where `count` says that N is last) or [N,
/// D] with D = H², for one or three channels (C = 1 or 3; of D = 3 H² the planes follow each other, as in CIFAR-10).
/// Numbers up to 1 are taken as shares of full brightness, others as 0 to 255. `count` is the number of labels. Throws
/// Error (bad_file) with the shape or the number that no image has.
[[nodiscard]] ImageArray images_of(Array array, int64_t count, PixelRange& range, const std::string& place);

}  // namespace cnnlab
