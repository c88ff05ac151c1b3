#pragma once

#include <vector>

#include "engine/cpu/kernel.hpp"
#include "engine/ops/program.hpp"

namespace cnnlab::cpu {

/// A stretch of a Program that a block of images walks through without waiting for others, and the batch-level work that follows it.
struct Segment {
    std::vector<int> maps;  ///< op numbers, in order
    std::vector<std::vector<int>>
        finishes;  ///< op numbers by level: a level needs the results of the one before
};

/// How a Program is cut, and where each value lives.
struct Layout {
    std::vector<Segment> segments;
    std::vector<bool> local;  ///< by value: in the workspace of each thread
    std::vector<int64_t>
        offsets;  ///< by value: in the workspace or in the arena; persistent values have none
    std::vector<int64_t> lane_offsets, scratch_offsets;  ///< by op, in the arena
    int64_t workspace_bytes = 0, arena_bytes = 0;
};

/// Number of lanes for a batch: a function of the Program alone, so that results do not depend on the machine.
[[nodiscard]] int lanes_for(int batch);
/// Blocks of 8 images that hold `images`.
[[nodiscard]] constexpr int blocks_for(int images) { return (images + block_images - 1) / block_images; }
/// Bytes of one block of a per-image value, or of the whole of another one.
[[nodiscard]] int64_t stored_bytes(const ValueInfo& info);

[[nodiscard]] Layout lay_out(const Program& program, const std::vector<Traits>& traits);

}  // namespace cnnlab::cpu
