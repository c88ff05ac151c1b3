// One program a reader: FUZZ_READER names it. Whatever the bytes are, a reader gives a result or throws Error.

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "engine/core/error.hpp"
#include "engine/core/parse_json.hpp"
#include "engine/data/cifar10_binary.hpp"
#include "engine/data/idx.hpp"
#include "engine/data/npy.hpp"
#include "engine/data/pickle.hpp"
#include "engine/data/table.hpp"
#include "engine/io/safetensors.hpp"

namespace cnnlab::fuzz {

namespace {

[[maybe_unused]] void npy(const std::vector<uint8_t>& bytes) {
    const Array array = read_npy(bytes, "fuzz");
    PixelRange range;
    (void)images_of(array, array.shape.empty() ? 0 : array.shape[0], range, "fuzz");
}
[[maybe_unused]] void npy_labels(const std::vector<uint8_t>& bytes) {
    (void)labels_of(read_npy(bytes, "fuzz"), "fuzz");
}
[[maybe_unused]] void pickle(const std::vector<uint8_t>& bytes) { (void)read_pickle(bytes, "fuzz"); }
[[maybe_unused]] void table(const std::vector<uint8_t>& bytes) {
    PixelRange range;
    (void)read_table(bytes, range, "fuzz");
}
[[maybe_unused]] void idx(const std::vector<uint8_t>& bytes) {
    const Array array = read_idx_array(bytes, "fuzz");
    PixelRange range;
    (void)images_of(array, array.shape.empty() ? 0 : array.shape[0], range, "fuzz");
}
[[maybe_unused]] void safetensors(const std::vector<uint8_t>& bytes) {
    (void)read_safetensors(bytes, "fuzz");
}
[[maybe_unused]] void cifar(const std::vector<uint8_t>& bytes) {
    DatasetCard card;
    card.image = {2, 2, 3};
    card.classes = {"a", "b"};
    Split split;
    append_cifar10_binary(split, bytes, card, "fuzz");
}
[[maybe_unused]] void json(const std::vector<uint8_t>& bytes) {
    (void)parse_json({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, "fuzz");
}

}  // namespace

}  // namespace cnnlab::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    try {
        cnnlab::fuzz::FUZZ_READER(std::vector<uint8_t>(data, data + size));
    } catch (const cnnlab::Error&) {  // the file is refused, as it should be
    }
    return 0;
}
