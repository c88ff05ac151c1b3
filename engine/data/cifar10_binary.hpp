#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "engine/data/dataset.hpp"

namespace cnnlab {

/// Appends the images of one CIFAR-10 binary file ("data_batch_1.bin") to `split`, as NHWC.
///
///     record: one byte label, then H·W bytes red, H·W green, H·W blue (1 + 3,072 = 3,073 bytes for 32×32)
///
/// Image extents are those of card.image. `bytes` may be a part of a file: `first` is then the number of its first
/// record, for messages.
/// Throws Error: bad_file unless the file is a whole number of records and at least one, out_of_range for a label
/// outside card.classes. On an Error the split is unchanged.
void append_cifar10_binary(Split& split, std::span<const uint8_t> bytes, const DatasetCard& card,
                           const std::string& place, int64_t first = 0);

/// The official files among others, which may bear the mark of a copy: indices among the paths, the test images last.
struct Cifar10Files {
    std::array<std::optional<size_t>, datasets::Cifar10Binary::files.size()> found;

    [[nodiscard]] bool any() const;
};
[[nodiscard]] Cifar10Files find_cifar10_files(std::span<const std::string> paths);

}  // namespace cnnlab
