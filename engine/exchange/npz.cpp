#include "engine/exchange/npz.hpp"

#include <bit>

namespace cnnlab {

namespace {

std::vector<uint8_t> npy_of(const HostTensor& tensor) {
    static_assert(std::endian::native == std::endian::little);  // as "<f4" says
    std::string shape;
    for (const int64_t extent : tensor.shape()) shape += std::to_string(extent) + ", ";
    std::string header = "{'descr': '<f4', 'fortran_order': False, 'shape': (" + shape + "), }";
    constexpr size_t before = 10, multiple = 64;  // of the header, with what stands before it
    header.resize((before + header.size() + 1 + multiple - 1) / multiple * multiple - before - 1, ' ');
    header += '\n';
    std::vector<uint8_t> bytes{0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0};
    bytes.reserve(before + header.size() + tensor.span().size_bytes());
    bytes.push_back(static_cast<uint8_t>(header.size() & 0xFFU));
    bytes.push_back(static_cast<uint8_t>(header.size() >> 8U));
    bytes.insert(bytes.end(), header.begin(), header.end());
    const auto* first = reinterpret_cast<const uint8_t*>(tensor.span().data());
    bytes.insert(bytes.end(), first, first + tensor.span().size_bytes());
    return bytes;
}

}  // namespace

std::vector<ArchivePart> npz_parts(const TensorFile& file) {
    std::vector<ArchivePart> parts;
    for (const auto& [name, tensor] : file.tensors) parts.push_back({name + ".npy", npy_of(tensor)});
    return parts;
}

}  // namespace cnnlab
