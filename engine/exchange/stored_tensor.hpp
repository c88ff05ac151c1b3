#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace cnnlab {

/// A tensor as a file of another program has it, not yet converted.
struct StoredTensor {
    /// TensorProto.DataType of ONNX.
    enum Type : int32_t {
        none,
        f32,
        u8,
        i8,
        u16,
        i16,
        i32,
        i64,
        text,
        boolean,
        f16,
        f64,
        u32,
        u64,
        bf16 = 16
    };

    int32_t type = none;
    std::vector<int64_t> shape;
    std::span<const uint8_t> bytes;                     ///< little-endian, row-major
    std::shared_ptr<const std::vector<uint8_t>> owner;  ///< of the bytes; none: they are of the file

    [[nodiscard]] int64_t count() const { return count_of(shape); }
    [[nodiscard]] bool is_float() const { return type == f32 || type == f16 || type == f64 || type == bf16; }
    /// Whole numbers, and texts that are none.
    [[nodiscard]] bool is_whole() const;
    /// Bytes of one value; 0 for a type that is not read.
    [[nodiscard]] static size_t width(int32_t type);
    /// The product of extents; −1 where it is larger than any tensor, or an extent is negative.
    [[nodiscard]] static int64_t count_of(std::span<const int64_t> shape);

    /// The values. `place` is the tensor in errors. Throws Error (bad_file) for a number that no float holds.
    [[nodiscard]] std::vector<float> floats(const std::string& place) const;
    [[nodiscard]] std::vector<int64_t> whole_numbers() const;
};

}  // namespace cnnlab
