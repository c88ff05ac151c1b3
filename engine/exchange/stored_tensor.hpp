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

    static constexpr size_t most_axes = 16;  ///< that are read

    int32_t type = none;
    std::vector<int64_t> shape;
    std::span<const uint8_t> bytes;                     ///< little-endian, row-major
    std::shared_ptr<const std::vector<uint8_t>> owner;  ///< of the bytes; none: they are of the file

    /// Takes values as the tensor's bytes.
    void own(std::vector<uint8_t> values) {
        owner = std::make_shared<const std::vector<uint8_t>>(std::move(values));
        bytes = *owner;
    }
    template <class T>
    void own(const std::vector<T>& values) {
        const auto* first = reinterpret_cast<const uint8_t*>(values.data());
        own(std::vector<uint8_t>(first, first + values.size() * sizeof(T)));
    }

    [[nodiscard]] int64_t count() const { return count_of(shape); }
    [[nodiscard]] bool is_float() const { return type == f32 || type == f16 || type == f64 || type == bf16; }
    /// Whole numbers, and texts that are none.
    [[nodiscard]] bool is_whole() const;
    /// Bytes of one value; 0 for a type that is not read.
    [[nodiscard]] static size_t width(int32_t type);
    /// Bytes that the tensors of a network may take as float whose file has so many bytes of weights. A network may use
    /// a weight several times; one that does so without end is no network.
    [[nodiscard]] static constexpr uint64_t most_bytes(uint64_t stored) {
        constexpr uint64_t most_uses = 8, free_bytes = uint64_t{64} << 20U;
        return most_uses * stored + free_bytes;
    }
    /// The product of extents; −1 where it is larger than any tensor, or an extent is negative.
    [[nodiscard]] static int64_t count_of(std::span<const int64_t> shape);

    /// The values. `place` is the tensor in errors. Throws Error (bad_file) for a number that no float holds.
    [[nodiscard]] std::vector<float> floats(const std::string& place) const;
    [[nodiscard]] std::vector<int64_t> whole_numbers() const;
};

/// "16×3×3", of a long one its beginning: extents of a file, which may be any numbers.
[[nodiscard]] std::string extents_text(std::span<const int64_t> shape);

}  // namespace cnnlab
