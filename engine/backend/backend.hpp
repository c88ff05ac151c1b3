#pragma once

#include <array>
#include <chrono>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "engine/backend/run.hpp"
#include "engine/core/tensor.hpp"
#include "engine/data/dataset.hpp"

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

class Backend;

/// A Program bound to a backend's memory.
class Executable {
  public:
    virtual ~Executable() = default;
    Executable(const Executable&) = delete;
    Executable& operator=(const Executable&) = delete;
    [[nodiscard]] const Program& program() const { return program_; }

  protected:
    explicit Executable(Program program) : program_(std::move(program)) {}
    Program program_;

  private:
    friend class Backend;
    const Backend* backend_ = nullptr;   ///< that has prepared it
    int generation_ = 0;                 ///< of the backend's memory then
    int begun_ = 0;                      ///< runs begun and not finished
    bool has_run_ = false;               ///< to an end
    std::optional<RunInput> part_;       ///< the run in parts that is under way
    std::optional<RunOutput> finished_;  ///< of a backend that has nothing under way
};

/// Runs Programs. Never sees a layer. One Program's values are private to it; persistent tensors and splits are shared
/// by all. Tensors cross as row-major float HostTensors: [N, H, W, C] for activations, whatever a backend stores
/// inside.
///
/// Each call checks what it is given and throws Error before anything changes; a backend's do_… can rely on it. Calls
/// that take an Executable throw unsupported for one of another backend, or one that was prepared before the last
/// allocate().
class Backend {
  public:
    virtual ~Backend() = default;
    Backend() = default;
    Backend(const Backend&) = delete;
    Backend& operator=(const Backend&) = delete;
    [[nodiscard]] virtual BackendInfo info() const = 0;

    /// Makes room for the model's persistent tensors; forgets the earlier ones and every Executable.
    void allocate(std::span<const PersistentInfo> tensors);
    /// Throws out_of_range for a number that is none, shape_mismatch.
    void upload(int persistent, const HostTensor& tensor);
    [[nodiscard]] HostTensor download(int persistent);

    /// Puts a split on the device; it must stay as it is until another takes its place, as a backend in host memory
    /// does not copy it. The order starts as 0, 1, 2, … Throws shape_mismatch unless there are the pixels of one image
    /// for each label.
    void upload_split(SplitName name, const ImageShape& image, const Split& split);
    /// Sets the order in which `cursor` walks the split: a permutation, or any list of image numbers. Throws
    /// out_of_range for a number beyond the split.
    void upload_order(SplitName name, std::span<const uint32_t> order);

    /// Throws shape_mismatch unless the Program's persistent tensors are those that were allocated, unsupported for a
    /// Program of another number of processes (Program::local_statistics).
    [[nodiscard]] std::unique_ptr<Executable> prepare(const Program& program);
    /// Throws shape_mismatch for a split of images of another shape, out_of_range for a batch beyond the split or the
    /// Program's batch and for labels beyond its outputs, unsupported while runs are begun and not finished.
    RunOutput run(Executable& executable, const RunInput& input);
    /// A part of a run, about as long as `budget`. Returns nullopt while unfinished: call again with the same input.
    /// Until then weights are half updated: do not read or write them. run(), begin() and cancel() discard an
    /// unfinished run. A backend that cannot stop half-way runs to the end. Throws as run() does, and unsupported for
    /// another input than that of the run under way.
    std::optional<RunOutput> run_part(Executable& executable, const RunInput& input,
                                      std::chrono::milliseconds budget);
    /// Discards the run in parts that is under way, if one is.
    void cancel(Executable& executable) noexcept { executable.part_.reset(); }
    /// How many runs of one Program may have been begun and not finished. 1: there is nothing to be gained from begin()
    /// and finish().
    [[nodiscard]] virtual int runs_in_flight() const { return 1; }
    /// run() in two halves, so that the host need not wait: begin() returns at once where the backend can, and finish()
    /// has the result of the oldest run that was begun. Runs follow each other in the order of their beginnings;
    /// uploads and downloads come after those begun before. begin() throws as run() does, and unsupported when
    /// runs_in_flight() are under way; finish() throws unsupported when none is.
    void begin(Executable& executable, const RunInput& input);
    RunOutput finish(Executable& executable);
    /// A value of the last run that the Program keeps; [count, …] for activations (batch images, those beyond count are
    /// undefined). Throws unknown_name for a value that is not kept, unsupported before a run or in the middle of one.
    [[nodiscard]] HostTensor download(Executable& executable, ValueId value);
    virtual void synchronize() = 0;
    /// How many share the work: the members of a group.
    [[nodiscard]] virtual int processes() const { return 1; }

    /// Measures each op from now on; the clock then costs a little itself.
    void set_profiling(Executable& executable, bool on);
    /// Seconds spent in each op since profiling began, summed over threads, by op number; empty if the backend cannot
    /// tell.
    [[nodiscard]] std::vector<double> op_seconds(Executable& executable);

  protected:
    virtual void do_allocate(std::span<const PersistentInfo> tensors) = 0;
    virtual void do_upload(int persistent, const HostTensor& tensor) = 0;
    [[nodiscard]] virtual HostTensor do_download(int persistent) = 0;
    virtual void do_upload_split(SplitName name, const ImageShape& image, const Split& split) = 0;
    virtual void do_upload_order(SplitName name, std::span<const uint32_t> order) = 0;
    [[nodiscard]] virtual std::unique_ptr<Executable> do_prepare(const Program& program) = 0;
    virtual RunOutput do_run(Executable& executable, const RunInput& input) = 0;
    /// `goes_on`: the run of the last call is to go on; else a new one begins, whatever was under way.
    virtual std::optional<RunOutput> do_run_part(Executable& executable, const RunInput& input,
                                                 std::chrono::milliseconds budget, bool goes_on);
    virtual void do_begin(Executable& executable, const RunInput& input);
    virtual RunOutput do_finish(Executable& executable);
    [[nodiscard]] virtual HostTensor do_download(Executable& executable, ValueId value) = 0;
    virtual void do_set_profiling(Executable& executable, bool on);
    [[nodiscard]] virtual std::vector<double> do_op_seconds(Executable& executable);

    /// What was allocated last.
    [[nodiscard]] const PersistentInfo& persistent_info(int persistent) const {
        return persistents_[static_cast<size_t>(persistent)];
    }

  private:
    /// What a run is checked against.
    struct SplitInfo {
        ImageShape image;
        int64_t images = 0;
        int64_t order_length = 0;
        bool floats = false;
        int32_t lowest_label = 0, highest_label = 0;
    };
    void check_persistent(int persistent) const;
    void check_prepared(const Executable& executable) const;
    static void check_idle(const Executable& executable);
    void check_run(const Executable& executable, const RunInput& input) const;

    std::vector<PersistentInfo> persistents_;
    std::array<SplitInfo, 3> splits_;
    int generation_ = 0;  ///< counts allocate()
};

}  // namespace cnnlab
