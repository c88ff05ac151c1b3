#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "engine/backend/run.hpp"
#include "engine/ops/program.hpp"

/// The contract between the CPU backend's executor and its kernels.
///
/// Activations are stored as [blocks][H][W][8][C]. A block is 8 images (see images_of_block). Their values at one
/// position lie side by side, so that images are the rows of a matrix product.
/// A kernel's map takes one block through its op. Block b belongs to shard b mod shards. One thread works through a
/// shard in order, and the shards' partial sums are added in shard order: results do not depend on the number of
/// threads.
namespace cnnlab::cpu {

constexpr int block_images = 8;

/// Whether several processes may train together (engine/distributed/group.hpp). A tab is alone.
#if defined(__EMSCRIPTEN__)
constexpr bool has_groups = false;
#else
constexpr bool has_groups = true;
#endif

/// Whether there is room for kernels that are only faster than others. The page's module has none.
#if defined(__EMSCRIPTEN__)
constexpr bool has_room = false;
#else
constexpr bool has_room = true;
#endif

/// Images of a block of this Program: 8, or in evaluation fewer, so that no memory is left between the values of a
/// small batch, and values of large images stay in the cache. Defined in kernel.cpp, as Traits explains.
[[nodiscard]] int images_of_block(const Program& program);

/// The most ops in one stream (segments.hpp).
constexpr int most_streamed = 12;

/// The uint8 split that LoadBatch reads.
struct SplitView {
    const uint8_t* images = nullptr;
    const int32_t* labels = nullptr;
    const uint32_t* order = nullptr;
};

/// Partial sums of a shard for the host.
struct alignas(64) ShardResult {
    double loss_sum = 0;
    int64_t correct = 0;
};

/// One run: what the host asked for, and what follows from it.
struct Run {
    RunInput input;
    SplitView split;
    int blocks = 0;  ///< blocks with at least one valid image
    int shards = 0;  ///< shards with at least one such block
    double gradient_norm = 0;
    /// Of a member of a group: its own shards, and how many the Program has (0: there is no group).
    int first_shard = 0, last_shard = 0, all_shards = 0;
    /// What batch statistics are taken of: images, and the shards that have them. The whole batch, or this member's
    /// part (Program::local_statistics).
    int norm_images = 0, norm_first = 0, norm_last = 0;

    /// Whether this member computes the block.
    [[nodiscard, gnu::always_inline]] constexpr bool is_own(int block) const {
        if (!has_groups || all_shards == 0) return true;
        const int shard = block % all_shards;
        return shard >= first_shard && shard < last_shard;
    }
    /// Whether it computes one of these blocks.
    [[nodiscard, gnu::always_inline]] constexpr bool is_own(int begin, int end) const {
        if (!has_groups || all_shards == 0) return true;
        for (int block = begin; block < end; ++block)
            if (is_own(block)) return true;
        return false;
    }
};

/// One block on one thread.
struct MapContext {
    const Run* run = nullptr;
    int block = 0;
    int images = 0;    ///< valid images of the block, 1 … 8
    int computed = 0;  ///< images that maps compute: all 8 where an op sums over images, else the valid ones
    int shard = 0;
    bool first_of_shard = false;     ///< accumulators are uninitialised: store instead of adding
    std::byte* workspace = nullptr;  ///< this thread's memory for values that never leave a segment
    ShardResult* result = nullptr;
    /// By op of the current stream: the first row that its output buffer holds now.
    int64_t first_row[most_streamed] = {};
};

/// Where a value lives: in every thread's workspace, or in the arena with a stride between blocks.
/// A value that only one stream reads holds a few rows at a time. The address of row 0 is then virtual.
struct Buffer {
    std::byte* base = nullptr;  ///< null: the workspace
    size_t offset = 0, stride = 0;
    int64_t row_bytes = 0;  ///< of one row of a block, where only a few rows are held; else 0
    int writer = 0;         ///< position in its stream of the op that writes it
    bool exists = false;

    explicit operator bool() const { return exists; }
    template <class T = float>
    [[nodiscard]] T* at(const MapContext& context) const {
        if (base != nullptr)
            return reinterpret_cast<T*>(base + stride * static_cast<size_t>(context.block) + offset);
        return reinterpret_cast<T*>(context.workspace + static_cast<int64_t>(offset) -
                                    row_bytes * context.first_row[writer]);
    }
    template <class T = float>
    [[nodiscard]] T* block(int b) const {
        return reinterpret_cast<T*>(base + offset + stride * static_cast<size_t>(b));
    }
    /// For values without a batch axis.
    template <class T = float>
    [[nodiscard]] T* whole() const {
        return reinterpret_cast<T*>(base + offset);
    }
};

/// How an op maps a block strip by strip. Strip s turns rows [s · in − before, (s + 1) · in + after) of its row-wise
/// inputs, as far as they exist, into rows [s · out, (s + 1) · out) of its outputs.
struct RowStrips {
    int count = 0;  ///< strips in a block; 0: the op maps whole blocks only
    int in = 1, out = 1;
    int before = 0, after = 0;  ///< rows beyond these that a strip reads, too
    int64_t least = 0;   ///< bytes of an input from which on joining its writer pays; less stays in the cache
    bool heavy = false;  ///< reads many weights however few strips it does: better many strips at once
    std::vector<ValueId>
        reads;  ///< inputs read row by row; all others must be complete before the first strip
};

/// How the members of a group, of which each has mapped its own shards, come to the results of an epilogue.
enum class Sharing : uint8_t {
    repeated,  ///< each gets the shards of all and does all of it
    sums,      ///< it begins with the sum of the shards, float by float, in their order
    blocks,    ///< it works block by block: each does its own blocks
    parts,  ///< each gets its inputs of all blocks, does some of the parts, and gives the others what those write
    alone,  ///< much work: one member does it, and gives the others what it writes
};

/// What the executor knows of an op before it is bound.
/// Special members are defined in kernel.cpp: an inline one would be compiled for AVX-512, and the linker might keep
/// that copy for every machine.
struct Traits {
    Traits();
    ~Traits();
    Traits(const Traits& other);
    Traits(Traits&& other) noexcept;
    Traits& operator=(const Traits& other);
    Traits& operator=(Traits&& other) noexcept;

    bool maps = false;          ///< works block by block
    bool has_epilogue = false;  ///< works on the whole batch, after all maps of the segment
    Sharing sharing = Sharing::repeated;
    RowStrips rows;                    ///< whether its map works strip by strip
    std::vector<ValueId> whole_reads;  ///< per-image inputs of the epilogue: they must outlive the map
    int64_t shard_bytes = 0;           ///< accumulators of each shard
    int64_t storage_bytes = 0;  ///< memory of the op for the whole run, shared by all threads: packed weights
    int64_t scratch_bytes = 0;  ///< memory of each thread while it maps a block
    ValueId in_place_in, in_place_out;  ///< these two may share memory
};

/// Floats that a part of an epilogue writes: `rows` runs of `count`, `stride` apart.
struct Written {
    float* first = nullptr;
    int64_t count = 0, stride = 0, rows = 1;
};

/// One op bound to memory. Several threads run parts of one kernel at the same time. The defaults do nothing.
/// They are defined in kernel.cpp for the same reason as the special members of Traits.
class Kernel {
  public:
    virtual ~Kernel();
    /// Packs weights: before the first segment of a run, once for each part. Skipped while persistent values are
    /// unchanged.
    [[nodiscard]] virtual int prologue_parts() const;
    virtual void prologue(int part);
    virtual void map(const MapContext& context);
    /// Replaces map() where Traits::rows has strips: strips [first, last) of a block, called in order.
    virtual void map_rows(const MapContext& context, int first, int last);
    /// The work on the whole batch: after the segment's maps, once for each part.
    [[nodiscard]] virtual int epilogue_parts() const;
    virtual void epilogue(int part, Run& run);
    /// For Sharing::parts: tells what a part writes.
    virtual void written(int part, void (*tell)(void* to, const Written& floats), void* to) const;
};

/// What a kernel is bound to.
struct Binding {
    const Program* program = nullptr;
    int images = block_images;        ///< of a block
    const Buffer* buffers = nullptr;  ///< by value; they outlive the kernels, which keep a copy of this
    std::byte* shards = nullptr;      ///< accumulators of the shards, `shard_stride` apart
    size_t shard_stride = 0;
    std::byte* storage = nullptr;
    Buffer scratch;  ///< see Traits::scratch_bytes

    [[nodiscard]] Buffer buffer(ValueId id) const {
        return id ? buffers[static_cast<size_t>(id.index)] : Buffer{};
    }
    [[nodiscard]] ImageShape image(ValueId id) const { return ImageShape(program->shape(id)); }
    /// Values of one block.
    [[nodiscard]] int64_t block_count(ValueId id) const { return program->shape(id).count() * images; }
    /// Values of one row of a block.
    [[nodiscard]] int64_t row_count(ValueId id) const { return block_count(id) / image(id).height; }
    template <class T = float>
    [[nodiscard]] T* shard(int l) const {
        return reinterpret_cast<T*>(shards + shard_stride * static_cast<size_t>(l));
    }
};

/// Whether an op of the Program writes `id`. Defined in kernel.cpp, as Traits explains.
[[nodiscard]] bool is_written(const Program& program, ValueId id);

/// The kernels of one instruction set.
struct KernelSet {
    Traits (*traits)(const Op& op, const Program& program, int shards);
    std::unique_ptr<Kernel> (*bind)(const Op& op, const Binding& binding);
    /// Peak of fused multiply-adds in registers, measured for about `seconds`. Returns FLOP per second.
    double (*peak)(double seconds);
};

/// Part `part` of `parts` of `count` items, as [begin, end), in multiples of `unit`.
struct Range {
    int64_t begin, end;
};
[[nodiscard]] constexpr Range part_of(int64_t count, int part, int parts, int64_t unit = 1) {
    const int64_t units = (count + unit - 1) / unit;
    const int64_t begin = units * part / parts * unit, end = units * (part + 1) / parts * unit;
    return {begin < count ? begin : count, end < count ? end : count};
}

}  // namespace cnnlab::cpu
