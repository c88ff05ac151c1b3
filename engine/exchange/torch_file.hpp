#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/io/safetensors.hpp"

namespace cnnlab {

/// A file inside an archive.
struct ArchivePart {
    std::string name;
    std::vector<uint8_t> bytes;
};

/// The parts of a .pth file, which is a ZIP archive of them, stored without compression in this order: a state dict (an
/// OrderedDict from names to float tensors) in PyTorch's format of version 3, whose pickle torch.load takes with
/// weights_only=True. The parts' folder is "archive". Source: PyTorch's notes on serialization semantics, and Python's
/// documentation of pickletools for the opcodes.
[[nodiscard]] std::vector<ArchivePart> torch_file_parts(const TensorFile& file);

}  // namespace cnnlab
