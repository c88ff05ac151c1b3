#include "engine/ops/planner.hpp"

#include <algorithm>
#include <numeric>

namespace cnnlab {

MemoryPlan plan_memory(std::span<const Lifetime> lifetimes, int64_t alignment) {
    const auto rounded = [&](size_t i) {
        return (lifetimes[i].bytes + alignment - 1) / alignment * alignment;
    };
    std::vector<size_t> order(lifetimes.size());
    std::iota(order.begin(), order.end(), size_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](size_t a, size_t b) { return lifetimes[a].bytes > lifetimes[b].bytes; });

    MemoryPlan plan{std::vector<int64_t>(lifetimes.size()), 0};
    std::vector<size_t> placed;  // by offset
    for (const size_t i : order) {
        int64_t at = 0;
        for (const size_t other : placed) {
            const bool together =
                lifetimes[i].first <= lifetimes[other].last && lifetimes[other].first <= lifetimes[i].last;
            if (!together) continue;
            if (at + rounded(i) <= plan.offsets[other]) break;  // fits into the gap before it
            at = std::max(at, plan.offsets[other] + rounded(other));
        }
        plan.offsets[i] = at;
        plan.total = std::max(plan.total, at + rounded(i));
        placed.insert(std::upper_bound(placed.begin(), placed.end(), i,
                                       [&](size_t a, size_t b) { return plan.offsets[a] < plan.offsets[b]; }),
                      i);
    }
    return plan;
}

}  // namespace cnnlab
