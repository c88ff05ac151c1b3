#pragma once

#include <array>
#include <chrono>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/backend/run.hpp"
#include "engine/core/tensor.hpp"
#include "engine/data/dataset.hpp"
#include "engine/ops/program.hpp"

namespace cnnlab {

/// A tensor that outlives Programs: a parameter, running statistic or optimizer state.
struct PersistentInfo {
    std::string name;  ///< "conv2d_1.weight"
    Shape shape;
};

/// What a backend is and may use.
struct BackendInfo {
    std::string name;    ///< "cpu"
    std::string detail;  ///< "avx512, 2 threads"
};

/// A Program bound to a backend's memory.
class Executable {
  public:
    virtual ~Executable() = default;

  private:
    friend class Backend;
    std::optional<RunOutput> finished_;  ///< of a backend that has nothing under way
};

/// Runs Programs. Never sees a layer. One Program's values are private to it; persistent tensors and splits are shared by all.
/// Tensors cross as row-major float HostTensors: [N, H, W, C] for activations, whatever a backend stores inside.
class Backend {
  public:
    virtual ~Backend() = default;
    [[nodiscard]] virtual BackendInfo info() const = 0;

    /// Makes room for the model's persistent tensors; forgets the earlier ones and every Executable.
    virtual void allocate(std::span<const PersistentInfo> tensors) = 0;
    virtual void upload(int persistent, const HostTensor& tensor) = 0;
    [[nodiscard]] virtual HostTensor download(int persistent) = 0;

    /// Puts a split on the device; it must stay as it is until another takes its place, as a backend in host memory does not copy it.
    /// The order starts as 0, 1, 2, …
    virtual void upload_split(SplitName name, const ImageShape& image, const Split& split) = 0;
    /// Sets the order in which `cursor` walks the split: a permutation, or any list of image numbers.
    virtual void upload_order(SplitName name, std::span<const uint32_t> order) = 0;

    [[nodiscard]] virtual std::unique_ptr<Executable> prepare(const Program& program) = 0;
    virtual RunOutput run(Executable& executable, const RunInput& input) = 0;
    /// A part of a run, about as long as `budget`: call it again with the same input until it answers. Before that the persistent tensors are
    /// in between two steps, and nothing else may read or write them. A run that is not gone on with is forgotten by run().
    /// A backend that cannot stop half-way runs to the end.
    virtual std::optional<RunOutput> run_part(Executable& executable, const RunInput& input,
                                              std::chrono::milliseconds /*budget*/) {
        return run(executable, input);
    }
    /// How many runs of one Program may have been begun and not finished. 1: there is nothing to be gained from begin() and finish().
    [[nodiscard]] virtual int runs_in_flight() const { return 1; }
    /// run() in two halves, so that the host need not wait: begin() returns at once where the backend can, and finish() has the result of the
    /// oldest run that was begun. Runs follow each other in the order of their beginnings; uploads and downloads come after those begun before.
    virtual void begin(Executable& executable, const RunInput& input) {
        executable.finished_ = run(executable, input);
    }
    virtual RunOutput finish(Executable& executable) {
        return std::exchange(executable.finished_, std::nullopt).value();
    }
    /// A value of the last run that the Program keeps; [count, …] for activations (batch images, those beyond count are undefined).
    [[nodiscard]] virtual HostTensor download(Executable& executable, ValueId value) = 0;
    virtual void synchronize() = 0;

    /// Measures each op from now on; the clock then costs a little itself.
    virtual void set_profiling(Executable& /*executable*/, bool /*on*/) {}
    /// Seconds spent in each op since profiling began, summed over threads, by op number; empty if the backend cannot tell.
    [[nodiscard]] virtual std::vector<double> op_seconds(Executable& /*executable*/) { return {}; }
};

}  // namespace cnnlab
