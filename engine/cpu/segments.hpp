#pragma once

#include <vector>

#include "engine/cpu/kernel.hpp"
#include "engine/cpu/sentinels.hpp"
#include "engine/ops/program.hpp"

namespace cnnlab::cpu {

/// Ops that map a block together, round by round. In a round each op does a few strips, which the next op finds in
/// the L1 cache.
/// So activations, pooling, sums and small gradients cost no extra pass over memory, and what only the stream reads
/// is never stored whole.
/// An op whose window reaches into rows below lags some strips behind the writer of its input, and that writer's buffer
/// carries the last rows of one round into the next.
struct Stream {
    std::vector<int> ops;     ///< op numbers, in order
    std::vector<int> strips;  ///< by op: strips of Traits::rows in one round
    /// By op: strips behind. Round r does strips [r · strips − lag, (r + 1) · strips − lag). Not in the page's module.
    std::vector<int> lags;
    std::vector<int>
        carried;     ///< by op: rows of its output that readers need of the rounds before; as `lags`
    int rounds = 1;  ///< until all rows are done
    int number = 0;  ///< in the Program

    [[nodiscard]] bool lagging() const;
};

/// A section of a Program that a block passes through without waiting for other blocks, and the batch-level work
/// after it.
struct Segment {
    std::vector<int> maps;        ///< op numbers, in order
    std::vector<Stream> streams;  ///< the same, by stream
    std::vector<std::vector<int>>
        epilogues;  ///< op numbers by level: a level needs the results of the one before
};

/// How a Program is cut, and where each value lives.
struct Layout {
    std::vector<Segment> segments;
    bool independent = false;  ///< no op works on the whole batch: images do not depend on each other
    /// One block of independent images and several threads, which then share the rounds of a stream; a value lives in
    /// the arena unless only its round uses it.
    bool by_rounds = false;
    std::vector<bool> local;  ///< by value: in the workspace of each thread
    std::vector<int64_t>
        offsets;                 ///< by value: in the workspace or in the arena; persistent values have none
    std::vector<int64_t> bytes;  ///< by value: its size, of one block if it has a batch axis
    std::vector<int64_t> row_bytes;  ///< by value: of one row, where only a few rows are held; else 0
    std::vector<int> writer;         ///< by such a value: position in its stream of the op that writes it
    std::vector<int64_t> shard_offsets, storage_offsets;  ///< by op, in the arena
    std::vector<int64_t> scratch_offsets;                 ///< by op, in the workspace
    int64_t workspace_bytes = 0, arena_bytes = 0;
    std::vector<int64_t> tensor_bytes;  ///< by value: its own, of one block for values with a batch axis
    /// With sentinels: what lies in a workspace, with its life in streams, and in the arena, in segments (−1: the
    /// prologue).
    std::vector<GuardedTensor> in_workspace, in_arena;
};

/// The number of shards for a batch. Depends on the Program alone, so that results do not depend on the machine.
[[nodiscard]] int shards_for(int batch);
[[nodiscard]] int shards_for(const Program& program);
/// Blocks that hold `images`.
[[nodiscard]] constexpr int blocks_for(int images, int block = block_images) {
    return (images + block - 1) / block;
}
/// Bytes of one block of `images` of a per-image value, or of all of another value. Includes a vector of padding that
/// kernels may read.
[[nodiscard]] int64_t stored_bytes(const ValueInfo& info, int images);
/// Bytes from one shard's accumulators to the next one's.
[[nodiscard]] constexpr int64_t shard_stride(int64_t bytes) {
    return has_sentinels ? guarded(bytes) : (bytes + 63) / 64 * 64;
}

[[nodiscard]] Layout lay_out(const Program& program, const std::vector<Traits>& traits, int threads);

}  // namespace cnnlab::cpu
