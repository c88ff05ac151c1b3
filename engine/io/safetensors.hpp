#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "engine/core/tensor.hpp"

namespace cnnlab {

struct NamedTensor {
    std::string name;
    HostTensor tensor;
};

/// The contents of a safetensors file: named tensors in the order of their data, and free text under names.
struct TensorFile {
    std::vector<NamedTensor> tensors;
    std::map<std::string, std::string> metadata;

    /// The tensor of that name, or nullptr.
    [[nodiscard]] const HostTensor* find(const std::string& name) const;
};

/// Reads a safetensors file from memory.
///
///     8 bytes: length of the header, little-endian
///     header: JSON {"NAME": {"dtype": "F32", "shape": [2, 3], "data_offsets": [begin, end]}, …,
///                   "__metadata__": {"KEY": "TEXT"}}
///     data: every tensor's values, little-endian, row-major; offsets count from here, without overlap and without gaps
///
/// F32 is taken as it is. F16, BF16, F64, I64, I32 and U8 become float, rounded to the nearest. A finite F64 beyond
/// float's range is an Error. Rank up to 4.
/// Source: the safetensors format description, https://huggingface.co/docs/safetensors.
/// Throws Error, the place being `place` and, where there is one, the tensor's name: bad_file for a file that breaks
/// the rules, unsupported for another dtype or a higher rank.
TensorFile read_safetensors(std::span<const uint8_t> bytes, const std::string& place);

/// The metadata alone, without looking at a tensor. Throws Error (bad_file) for a header that breaks the rules.
std::map<std::string, std::string> read_safetensors_metadata(std::span<const uint8_t> bytes,
                                                             const std::string& place);

/// Writes the tensors as F32, in their order. The header is padded with spaces so that the data start at a multiple
/// of 8. The same contents give the same bytes.
/// Throws Error: bad_file for names that are double, reserved or no UTF-8, shape_mismatch for a tensor whose values
/// do not fill its shape.
std::vector<uint8_t> write_safetensors(const TensorFile& file);

}  // namespace cnnlab
