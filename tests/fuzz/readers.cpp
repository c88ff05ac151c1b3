// One program for all readers: the variable FUZZ_READER names one. Whatever the bytes are, a reader gives a result or
// throws Error.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/error.hpp"
#include "engine/core/parse_json.hpp"
#include "engine/data/cifar10_binary.hpp"
#include "engine/data/idx.hpp"
#include "engine/data/label_table.hpp"
#include "engine/data/npy.hpp"
#include "engine/data/pickle.hpp"
#include "engine/data/picture_bytes.hpp"
#include "engine/data/table.hpp"
#include "engine/io/safetensors.hpp"

namespace cnnlab::fuzz {

namespace {

void npy(const std::vector<uint8_t>& bytes) {
    const Array array = read_npy(bytes, "fuzz");
    PixelRange range;
    (void)images_of(array, array.shape.empty() ? 0 : array.shape[0], range, "fuzz");
}
void npy_labels(const std::vector<uint8_t>& bytes) { (void)labels_of(read_npy(bytes, "fuzz"), "fuzz"); }
void pickle(const std::vector<uint8_t>& bytes) { (void)read_pickle(bytes, "fuzz"); }
void table(const std::vector<uint8_t>& bytes) {
    PixelRange range;
    (void)read_table(bytes, range, "fuzz");
}
void idx(const std::vector<uint8_t>& bytes) {
    const Array array = read_idx_array(bytes, "fuzz");
    PixelRange range;
    (void)images_of(array, array.shape.empty() ? 0 : array.shape[0], range, "fuzz");
}
void safetensors(const std::vector<uint8_t>& bytes) { (void)read_safetensors(bytes, "fuzz"); }
void cifar(const std::vector<uint8_t>& bytes) {
    DatasetCard card;
    card.image = {2, 2, 3};
    card.classes = {"a", "b"};
    Split split;
    append_cifar10_binary(split, bytes, card, "fuzz");
}
void idx_split(const std::vector<uint8_t>& bytes) {
    // The first byte says where the labels begin.
    if (bytes.empty()) return;
    const size_t half = std::min<size_t>(bytes.size(), 1 + 8 * size_t{bytes[0]});
    const auto middle = bytes.begin() + static_cast<std::ptrdiff_t>(half);
    const std::vector<uint8_t> images(bytes.begin() + 1, middle), labels(middle, bytes.end());
    (void)read_idx_images(images, "fuzz");
    DatasetCard card;
    card.image = {2, 2, 1};
    card.classes = {"a", "b", "c"};
    (void)read_idx(images, labels, card);
}
void picture(const std::vector<uint8_t>& bytes) { (void)plain_picture(bytes, "fuzz"); }
void label_table(const std::vector<uint8_t>& bytes) {
    const std::vector<std::string> paths{"labels.csv", "train/a.png", "train/b.jpg", "test/c.png", "d.png"};
    (void)labels_of({0, std::string(bytes.begin(), bytes.end())}, paths);
}
void json(const std::vector<uint8_t>& bytes) {
    (void)parse_json({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, "fuzz");
}

struct Reader {
    std::string_view name;
    void (*read)(const std::vector<uint8_t>& bytes);
};
constexpr Reader readers[] = {{"npy", npy},
                              {"npy_labels", npy_labels},
                              {"pickle", pickle},
                              {"table", table},
                              {"idx", idx},
                              {"idx_split", idx_split},
                              {"json", json},
                              {"safetensors", safetensors},
                              {"cifar", cifar},
                              {"picture", picture},
                              {"label_table", label_table}};

const Reader& chosen() {
    const char* name = std::getenv("FUZZ_READER");
    for (const Reader& reader : readers)
        if (name != nullptr && reader.name == name) return reader;
    std::fprintf(stderr, "FUZZ_READER names no reader; tests/fuzz/readers.cpp has them\n");
    std::exit(2);
}

}  // namespace

}  // namespace cnnlab::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    static const auto& reader = cnnlab::fuzz::chosen();
    try {
        reader.read(std::vector<uint8_t>(data, data + size));
    } catch (const cnnlab::Error&) {  // the file is refused, as it should be
    }
    return 0;
}
