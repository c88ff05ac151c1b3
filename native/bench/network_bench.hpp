#pragma once

#include <memory>
#include <string>
#include <vector>

#include "native/bench/contest.hpp"
#include "native/bench/peer_process.hpp"
#include "native/bench/workload.hpp"

namespace cnnlab {

/// Training or inference of a network, and the number of images at once.
struct Task {
    bool trains = true;
    int batch = 64;
};

/// The result of one contestant in a task.
struct Entry {
    std::string who;      ///< "cnnlab", "peak", "PyTorch 2.14.1"
    std::string variant;  ///< the fastest way in which it can do it: "channels_last"
    int threads = 1;
    Timing timing;

    [[nodiscard]] bool is_ours() const { return who == "cnnlab"; }
    [[nodiscard]] bool is_peak() const { return who == "peak"; }
};

/// Measures one network: ours with several numbers of threads, and the peers that are installed, in turn.
class NetworkBench {
  public:
    struct Options {
        std::vector<Task> tasks;  ///< the tasks of measure()
        std::vector<int> threads{1};
        BackendChoice backend;  ///< its threads are ignored
        bool peers = true;      ///< throws Error (missing_data) if they are not set up
        int rounds = 5;
        double seconds = 0.5;  ///< of one turn
        std::optional<OtherImages> images =
            {};  ///< then ONNX Runtime in Node classifies, and PyTorch only trains
    };

    NetworkBench(ExperimentFile file, Options options)
        : file_(std::move(file)), options_(std::move(options)) {}

    /// The best variant of each contestant, by number of threads. The machine's peak is one of them where ours trains
    /// on the CPU.
    [[nodiscard]] std::vector<Entry> measure(const Task& task);
    /// FLOP of one training step, of the last training.
    [[nodiscard]] double step_flops() const { return step_flops_; }
    /// "PyTorch 2.14.1 (BLAS: openblas)" of every peer that took part.
    [[nodiscard]] std::vector<std::string> peers() const;

  private:
    void start_peers(int64_t parameters);
    void start_peer(const std::string& script, const std::string& network, int threads, bool trains,
                    int64_t parameters);

    ExperimentFile file_;
    Options options_;
    double step_flops_ = 0;
    struct Peer {
        int threads;
        std::unique_ptr<PeerProcess> process;
    };
    std::vector<Peer> peers_;
};

/// The fastest of those entries that `wanted` chooses; nullptr where there is none.
[[nodiscard]] const Entry* fastest(const std::vector<Entry>& entries,
                                   const std::function<bool(const Entry&)>& wanted);

}  // namespace cnnlab
