#pragma once

#include <cstdint>
#include <vector>

namespace cnnlab {

/// The order in which an epoch visits `count` images (0 ≤ count < 2³²): 0, 1, 2, … or, with `shuffle`, a permutation.
/// It depends on (count, seed, epoch) alone, on every machine and backend.
/// Fisher–Yates: for i = count − 1 … 1, position i is swapped with ⌊word(i) · (i + 1) / 2³²⌋, where word(i) is Philox
/// word i of stream "shuffle", step `epoch`.
std::vector<uint32_t> epoch_order(int64_t count, uint64_t seed, uint32_t epoch, bool shuffle);

}  // namespace cnnlab
