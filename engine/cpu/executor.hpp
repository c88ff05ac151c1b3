#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <vector>

#include "engine/backend/backend.hpp"
#include "engine/cpu/aligned_buffer.hpp"
#include "engine/cpu/exchange.hpp"
#include "engine/cpu/segments.hpp"
#include "engine/cpu/thread_pool.hpp"
#include "engine/cpu/work_stealing.hpp"

namespace cnnlab::cpu {

/// A Program bound to memory and kernels. Streams blocks of images through segments.
class Executor : public Executable {
  public:
    /// `persistents` are the backend's persistent tensors, by number. `group`: who shares the work, or null.
    Executor(Program program, const KernelSet& kernels, ThreadPool& threads,
             const std::vector<std::byte*>& persistents, Group* group = nullptr);

    /// `contents` changes whenever persistent tensors do: weights stay packed while it is the same.
    RunOutput run(const RunInput& input, const SplitView& split, uint64_t contents);
    /// Begins a run in parts.
    void begin(const RunInput& input, const SplitView& split, uint64_t contents);
    /// Continues the run that was begun last. Does at least one item. The split may lie elsewhere than before.
    std::optional<RunOutput> run_part(const SplitView& split, std::chrono::milliseconds budget);
    [[nodiscard]] const Layout& layout() const { return layout_; }
    /// A kept value of the last run, row-major.
    [[nodiscard]] HostTensor download(ValueId value) const;
    void set_profiling(bool on);
    /// By op of the Program as given. Fused ops count with the first of them.
    [[nodiscard]] std::vector<double> op_seconds() const;

  private:
    /// All phases, with all threads at each phase's borders: for sentinels, and for a group's exchanges.
    void run_together();
    /// One part of a kernel's prologue or epilogue.
    struct Item {
        int op, part;
    };
    /// Work between two barriers: the prologue (segment −1); the shards of a segment (level −1), or the rounds of one
    /// of its streams (Layout::by_rounds); or one level of its epilogue.
    struct Phase {
        int segment, level, stream = -1;
    };
    void bind(const KernelSet& kernels, const std::vector<Traits>& traits,
              const std::vector<std::byte*>& persistents);
    /// What an op must not write beyond; see sentinels.hpp.
    struct Guard {
        enum class By : uint8_t { nothing, block, shard };
        std::string name;
        std::byte* base;  ///< null: the workspace
        int64_t offset, bytes, stride;
        By by;  ///< what counts strides
    };
    void guard(size_t op, const Traits& traits);
    void open_arena(int segment);
    void open_workspace(const Stream& stream, int thread);
    /// After an op's work on a block, or on no block.
    void check_sentinels(int op, int thread, const MapContext* context) const;
    template <class F>
    void timed(int thread, int op, F&& job);
    [[nodiscard]] int items_in(Phase phase) const;
    void run_item(Phase phase, int item, int thread);
    [[nodiscard]] RunOutput end();
    /// Plans what the members of a group exchange, and leaves this one its share of the epilogues (group_plan.cpp).
    void join(const std::vector<Traits>& traits);
    /// Plans for Program::local_statistics when members unite what each has of its own images.
    void unite_statistics();
    /// Does what is planned before a phase, or after it, while the other threads wait. False if that has failed.
    bool exchange(size_t phase, bool before, int thread);
    /// The context of `shard` at its first block.
    [[nodiscard]] MapContext context_of(int shard, int thread);
    void map_shard(const Segment& segment, int shard, int thread);
    void map_round(const Stream& stream, int round, MapContext& context, int thread);
    /// Moves the rows that the op at `at` has made, and that others still need, to the front of their buffer. `done`:
    /// rows made so far; negative while the op lags.
    void carry(const Stream& stream, size_t at, int64_t done, MapContext& context) const;

    ThreadPool* threads_;
    int block_;  ///< images of a block
    Layout layout_;
    AlignedBuffer arena_;
    std::vector<AlignedBuffer> workspaces_;
    std::vector<Buffer> buffers_;
    std::vector<std::unique_ptr<Kernel>> kernels_;
    std::vector<RowStrips> rows_;             ///< by op
    std::vector<std::vector<Guard>> guards_;  ///< by op, in a build with sentinels
    std::vector<Item> prologue_;
    std::vector<std::vector<std::vector<Item>>> epilogues_;  ///< by segment and level
    std::vector<ShardResult> results_;
    std::vector<std::vector<double>> seconds_;  ///< by thread and op, while profiling
    bool profiling_ = false;
    std::vector<Phase> phases_;
    std::vector<WorkStealing> work_;  ///< of the items of each phase
    std::vector<Progress> done_;      ///< the same, for those who wait for a phase's end
    Run run_;
    std::optional<uint64_t> packed_;  ///< the contents from which weights were packed last
    uint64_t contents_ = 0;           ///< of the run under way
    size_t phase_ = 0;                ///< of a run in parts
    ExchangePointer exchange_;        ///< in a group
};

}  // namespace cnnlab::cpu
