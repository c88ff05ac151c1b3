#pragma once

#include <array>
#include <deque>
#include <memory>
#include <optional>
#include <vector>

#include "engine/backend/backend.hpp"
#include "native/cuda/device/device.hpp"
#include "native/cuda/exchange.hpp"
#include "native/cuda/fusion.hpp"
#include "native/cuda/launch.hpp"

namespace cnnlab::cuda {

/// A split on the device, and the order in which the cursor visits it.
struct DeviceSplit {
    DeviceBuffer images, labels, order;
};

/// State shared by all Programs of one backend.
struct Shared {
    Device device;
    Element element = Element::f32;
    Libraries libraries;
    cudaStream_t stream = nullptr;
    std::vector<std::byte*> persistents;     ///< addresses, by number
    bool fuse = true;                        ///< CudaOptions::fuse
    std::unique_ptr<Peers> peers = nullptr;  ///< of a member of a group
};

/// The most runs of one Program under way.
constexpr int most_runs = 8;

/// A Program bound to memory and kernels. The first run launches kernels one by one, so that all are loaded. The
/// second captures them as a graph, which later runs launch as a whole.
class CudaExecutable : public Executable {
  public:
    CudaExecutable(const Program& program, Shared& shared);
    ~CudaExecutable() override;
    CudaExecutable(const CudaExecutable&) = delete;
    CudaExecutable& operator=(const CudaExecutable&) = delete;

    /// Starts a run without waiting for it.
    void begin(const RunInput& input, const DeviceSplit& split);
    /// The result of the oldest run begun. Waits for it.
    RunOutput finish();
    /// A kept value of the last run, row-major, in fp32.
    [[nodiscard]] HostTensor download(ValueId value) const;

    /// Which ops were fused.
    [[nodiscard]] const std::vector<Fusion>& fusions() const { return fusions_; }

    void set_profiling(bool on);
    /// Seconds by op. Fused ops count with the first of them.
    [[nodiscard]] std::vector<double> op_seconds() const { return seconds_; }
    [[nodiscard]] std::vector<std::string> op_kernels() const;

  private:
    void make_launches(Maker& maker);
    void make_update_launches(Maker& maker, size_t begin, size_t end);
    void place(const Maker& maker);
    void launch_all();
    void launch_measured();
    void capture();
    [[nodiscard]] Binding binding_of(size_t launch) const;

    /// A run under way: where its result will be, and what of the batch it computes.
    struct Begun {
        int slot;
        int images;
        ImageRange own;
    };

    /// Results of all members, in the order of ranks.
    void join(const Begun& run, RunOutput& output) const;

    Shared* shared_;
    Program local_;                 ///< what this GPU runs: of its part of the batch, where members share it
    std::unique_ptr<Maker> maker_;  ///< owns the tables
    std::vector<Fusion> fusions_;
    std::vector<Launch> launches_;
    DeviceBuffer arena_, run_;  ///< values, copies of weights, scratch; scalars and results of runs
    std::vector<std::byte*> addresses_, weights_, scratch_;
    std::vector<bool> scaled_;  ///< by value: whether it is stored times the gradient scale
    Site site_;

    PinnedBuffer pinned_;
    std::vector<Event> finished_;
    std::deque<Begun> begun_;  ///< oldest first
    Begun last_{};             ///< the run that was begun last
    int next_slot_ = 0;
    int64_t runs_ = 0;
    cudaGraphExec_t graph_ = nullptr;
    bool profiling_ = false;
    std::vector<Event> marks_;
    std::vector<double> seconds_;
};

}  // namespace cnnlab::cuda
