#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <vector>

#include "engine/cpu/aligned_buffer.hpp"
#include "engine/cpu/segments.hpp"
#include "engine/cpu/thread_pool.hpp"

namespace cnnlab::cpu {

/// A Program bound to memory and kernels: streams blocks of images through segments.
class Executor : public Executable {
  public:
    /// `persistents` are the backend's persistent tensors, by number.
    Executor(Program program, const KernelSet& kernels, ThreadPool& threads,
             const std::vector<std::byte*>& persistents);

    RunOutput run(const RunInput& input, const SplitView& split);
    /// Goes on with the run under way, or begins one; at least one item of it is done.
    std::optional<RunOutput> run_part(const RunInput& input, const SplitView& split,
                                      std::chrono::milliseconds budget);
    [[nodiscard]] const Program& program() const { return program_; }
    [[nodiscard]] const Layout& layout() const { return layout_; }
    /// A kept value of the last run, row-major.
    [[nodiscard]] HostTensor download(ValueId value) const;
    void set_profiling(bool on);
    /// By op of the Program as it was given; ops that were fused count with the first of them.
    [[nodiscard]] std::vector<double> op_seconds() const;
    /// Bytes for values, accumulators and packed weights, over all threads.
    [[nodiscard]] int64_t memory_bytes() const;

  private:
    /// One part of a kernel's prologue or finish.
    struct Item {
        int op, part;
    };
    /// Between two phases all threads meet. The prologue (segment −1), the lanes of a segment (level −1), or a level of its finish.
    struct Phase {
        int segment, level;
    };
    void bind(const KernelSet& kernels, const std::vector<Traits>& traits,
              const std::vector<std::byte*>& persistents);
    template <class F>
    void timed(int thread, int op, F&& job);
    void begin(const RunInput& input, const SplitView& split);
    [[nodiscard]] int items_in(Phase phase) const;
    void run_item(Phase phase, int item, int thread);
    [[nodiscard]] RunOutput output() const;
    void map_lane(const Segment& segment, int lane, int thread, const Step& step);
    void map_stream(const Stream& stream, MapContext& context, int thread);

    Program program_;
    ThreadPool* threads_;
    Layout layout_;
    AlignedBuffer arena_;
    std::vector<AlignedBuffer> workspaces_;
    std::vector<Place> places_;
    std::vector<std::unique_ptr<Kernel>> kernels_;
    std::vector<RowSteps> rows_;  ///< by op
    std::vector<Item> prologue_;
    std::vector<std::vector<std::vector<Item>>> finishes_;  ///< by segment and level
    std::vector<LaneResult> results_;
    std::vector<std::vector<double>> seconds_;  ///< by thread and op, while profiling
    bool profiling_ = false;
    std::vector<Phase> phases_;
    std::vector<std::atomic<int>> tickets_;  ///< one a phase: the next item to take
    Step step_;
    size_t phase_ = 0;  ///< of a run in parts
    bool under_way_ = false;
};

}  // namespace cnnlab::cpu
