#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace cnnlab {

/// How numbers are stored in a file of weights.
enum class Dtype : uint8_t { f32, f16, bf16, f64, i64, i32, u8 };

/// "F32", "BF16", … as safetensors names them. Throws Error (unsupported, place) for another name.
Dtype parse_dtype(const std::string& name, const std::string& place);

/// Bytes of one value.
size_t bytes_per_value(Dtype dtype);

/// Little-endian values as float, rounded to the nearest. `bytes` holds whole values. Throws Error (bad_file, place)
/// for a finite 64-bit number that is too large for a float.
std::vector<float> to_float(std::span<const uint8_t> bytes, Dtype dtype, const std::string& place);

/// One IEEE 754 half-precision number, given as its 16 bits. Exact, subnormal numbers, infinities and NaN included.
float half_to_float(uint16_t bits);

}  // namespace cnnlab
