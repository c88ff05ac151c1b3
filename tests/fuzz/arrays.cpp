#include <algorithm>

#include "engine/data/cifar10_binary.hpp"
#include "engine/data/idx.hpp"
#include "engine/data/npy.hpp"
#include "engine/data/pickle.hpp"
#include "engine/data/plain_text.hpp"
#include "engine/data/table.hpp"
#include "tests/fuzz/fuzz.hpp"

/// Files of numbers.
namespace cnnlab::fuzz {

namespace {

void npy(const Bytes& bytes) {
    const Array array = read_npy(bytes, "fuzz");
    PixelRange range;
    (void)images_of(array, array.shape.empty() ? 0 : array.shape[0], range, "fuzz");
}

void npy_labels(const Bytes& bytes) { (void)labels_of(read_npy(bytes, "fuzz"), "fuzz"); }

void pickle(const Bytes& bytes) { (void)read_pickle(bytes, "fuzz"); }

void table(const Bytes& bytes) {
    PixelRange range;
    (void)table_has_labels(bytes);
    (void)read_table(bytes, range, "fuzz");
}

void idx(const Bytes& bytes) {
    const Array array = read_idx_array(bytes, "fuzz");
    PixelRange range;
    (void)images_of(array, array.shape.empty() ? 0 : array.shape[0], range, "fuzz");
}

void idx_split(const Bytes& bytes) {
    // The first byte says where the labels begin.
    if (bytes.empty()) return;
    const size_t half = std::min<size_t>(bytes.size(), 1 + 8 * size_t{bytes[0]});
    const auto middle = bytes.begin() + static_cast<std::ptrdiff_t>(half);
    const Bytes images(bytes.begin() + 1, middle), labels(middle, bytes.end());
    (void)read_idx_images(images, "fuzz");
    DatasetCard card;
    card.image = {2, 2, 1};
    card.classes = {"a", "b", "c"};
    (void)read_idx(images, labels, card);
}

void cifar(const Bytes& bytes) {
    DatasetCard card;
    card.image = {2, 2, 3};
    card.classes = {"a", "b"};
    Split split;
    append_cifar10_binary(split, bytes, card, "fuzz");
}

constexpr Reader readers[] = {{"npy", npy}, {"npy_labels", npy_labels}, {"pickle", pickle}, {"table", table},
                              {"idx", idx}, {"idx_split", idx_split},   {"cifar", cifar}};

}  // namespace

std::span<const Reader> array_readers() { return readers; }

}  // namespace cnnlab::fuzz
