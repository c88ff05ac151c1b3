#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "engine/backend/backend.hpp"
#include "engine/ops/program.hpp"

/// What the CPU backend's executor and its kernels agree on.
///
/// Activations are stored as [blocks][H][W][8][C]: blocks of 8 images whose values at one position lie side by side, so that a matrix
/// product's rows are images. A kernel's map takes one block through its op; blocks belong to shards (block b to shard b mod shards), a shard is walked
/// by one thread in order, and what shards gather is added up in shard order: results do not depend on the number of threads.
namespace cnnlab::cpu {

constexpr int block_images = 8;

/// Most ops that walk a block together (see Stream in segments.hpp).
constexpr int most_streamed = 12;

/// The uint8 split that LoadBatch reads.
struct SplitView {
    const uint8_t* images = nullptr;
    const int32_t* labels = nullptr;
    const uint32_t* order = nullptr;
};

/// Sums that a shard gathers for the host.
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
};

/// One block in a thread's hands.
struct MapContext {
    const Run* run = nullptr;
    int block = 0;
    int images = 0;  ///< valid images of the block, 1 … 8
    int computed =
        0;  ///< images that maps must compute: all 8 where an op sums over images, else the valid ones
    int shard = 0;
    bool first_of_shard = false;     ///< accumulators hold rubbish: store instead of adding
    std::byte* workspace = nullptr;  ///< this thread's room for values that never leave a segment
    ShardResult* result = nullptr;
    /// By op of the stream at work: the first of the rows that its output has room for just now.
    int64_t first_row[most_streamed] = {};
};

/// Where a value lives: in every thread's workspace, or in the arena with a stride from block to block. A value that only one stream knows
/// has room for a few of its rows; the address of row 0 is then a virtual one.
struct Buffer {
    std::byte* base = nullptr;  ///< null: the workspace
    size_t offset = 0, stride = 0;
    int64_t row_bytes = 0;  ///< of one row of a block, where only a few rows have room; else 0
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

/// How an op maps a block a few rows at a time: strip s turns rows [s · in, (s + 1) · in) of what it reads row by row into rows [s · out, …) of
/// what it writes.
struct RowStrips {
    int count = 0;  ///< strips in a block; 0: the op only maps whole blocks
    int in = 1, out = 1;
    std::vector<ValueId>
        reads;  ///< read row by row; whatever else it reads must be complete before the first strip
};

/// What the executor must know of an op before it is bound. Making, copying and ending one stands in kernel.cpp, for the reason that Kernel gives.
struct Traits {
    Traits();
    ~Traits();
    Traits(const Traits& other);
    Traits(Traits&& other) noexcept;
    Traits& operator=(const Traits& other);
    Traits& operator=(Traits&& other) noexcept;

    bool maps = false;          ///< works block by block
    bool has_epilogue = false;  ///< works on the whole batch, after all maps of the segment
    RowStrips rows;             ///< whether its map can be done in strips
    std::vector<ValueId>
        whole_reads;            ///< per-image values that the epilogue reads: they must outlive the map
    int64_t shard_bytes = 0;    ///< accumulators each shard needs
    int64_t storage_bytes = 0;  ///< shared by all threads for the whole run: packed weights
    int64_t scratch_bytes = 0;  ///< of each thread's own while a block is mapped
    ValueId in_place_in, in_place_out;  ///< these two may share memory
};

/// One op bound to memory. Parts of one kernel run at the same time on several threads. The defaults do nothing; they stand in kernel.cpp
/// because an inline one would be compiled for every instruction set, and the linker would keep any of them.
class Kernel {
  public:
    virtual ~Kernel();
    /// Before the first segment of a run, once for each part: packs weights. Left out while persistent values are the same.
    [[nodiscard]] virtual int prologue_parts() const;
    virtual void prologue(int part);
    virtual void map(const MapContext& context);
    /// Instead of map() where Traits::rows has strips: strips [first, last), from 0 to the end in order for each block.
    virtual void map_rows(const MapContext& context, int first, int last);
    /// After the segment's maps, once for each part.
    [[nodiscard]] virtual int epilogue_parts() const;
    virtual void epilogue(int part, Run& run);
};

/// What a kernel is given when it is bound.
struct Binding {
    const Program* program = nullptr;
    std::vector<Buffer> buffers;  ///< by value
    std::byte* shards = nullptr;  ///< shard accumulators, `shard_stride` apart
    size_t shard_stride = 0;
    std::byte* storage = nullptr;
    Buffer scratch;  ///< see Traits::scratch_bytes

    [[nodiscard]] Buffer buffer(ValueId id) const {
        return id ? buffers[static_cast<size_t>(id.index)] : Buffer{};
    }
    [[nodiscard]] ImageShape image(ValueId id) const { return ImageShape(program->shape(id)); }
    /// Values of one block.
    [[nodiscard]] int64_t block_count(ValueId id) const { return program->shape(id).count() * block_images; }
    /// Values of one row of a block.
    [[nodiscard]] int64_t row_count(ValueId id) const { return block_count(id) / image(id).height; }
    template <class T = float>
    [[nodiscard]] T* shard(int l) const {
        return reinterpret_cast<T*>(shards + shard_stride * static_cast<size_t>(l));
    }
};

/// Whether an op of the Program writes `id`. In kernel.cpp for the reason that Kernel gives.
[[nodiscard]] bool is_written(const Program& program, ValueId id);

/// The kernels of one instruction set.
struct KernelSet {
    Traits (*traits)(const Op& op, const Program& program, int shards);
    std::unique_ptr<Kernel> (*bind)(const Op& op, const Binding& binding);
    /// Multiply-adds in registers, as many as the machine can, for about `seconds`: returns FLOP per second.
    double (*peak)(double seconds);
};

/// [begin, end) of part `part` of `parts` of `count` things, in multiples of `unit`.
struct Range {
    int64_t begin, end;
};
[[nodiscard]] constexpr Range part_of(int64_t count, int part, int parts, int64_t unit = 1) {
    const int64_t units = (count + unit - 1) / unit;
    const int64_t begin = units * part / parts * unit, end = units * (part + 1) / parts * unit;
    return {begin < count ? begin : count, end < count ? end : count};
}

}  // namespace cnnlab::cpu
