#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace cnnlab {

/// Memory that is needed from time `first` to time `last`, both included.
struct Lifetime {
    int64_t bytes = 0;
    int first = 0, last = 0;
};

struct MemoryPlan {
    std::vector<int64_t> offsets;  ///< one a lifetime, each a multiple of the alignment
    int64_t total = 0;             ///< bytes of the whole region
};

/// Gives every lifetime an offset so that no two overlap in both time and memory. Largest first, each at the lowest
/// free offset (first fit).
[[nodiscard]] MemoryPlan plan_memory(std::span<const Lifetime> lifetimes, int64_t alignment = 64);

}  // namespace cnnlab
