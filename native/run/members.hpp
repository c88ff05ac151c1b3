#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "engine/train/trainer.hpp"
#include "native/distributed/process_group.hpp"
#include "native/run/feature_file.hpp"

namespace cnnlab {

/// The processes that train one experiment together. Each makes the same calls in the same order; rank 0 alone has a
/// run folder, and the others follow it.
class Members {
  public:
    /// `may_differ`: builds may differ; the results then are not the bits of one process. `steps`: as follow().
    Members(std::shared_ptr<ProcessGroup> group, bool may_differ, int64_t steps)
        : group_(std::move(group)), may_differ_(may_differ), steps_(steps) {}

    [[nodiscard]] int rank() const { return group_->rank(); }
    [[nodiscard]] int size() const { return group_->size(); }
    void wait() { group_->barrier(); }

    /// Throws Error (unsupported) in all, naming the first that has another program, instruction set, experiment,
    /// images, weights or limit of steps than rank 0. `backend`: see bits_of(). `weights`: bytes of their file, where
    /// each reads one.
    void check(const Experiment& experiment, const std::string& backend, const std::string& images,
               std::span<const uint8_t> weights = {});
    /// Weights and counters of rank 0's trainer, in all.
    void share_state(Trainer& trainer);
    /// The features that rank 0 has found in its run folder, or nothing.
    void share_features(std::optional<Features>& features, const Dataset& images);
    /// After an epoch: weights of different machines do not drift apart.
    void end_epoch(Trainer& trainer);
    /// Whether a signal has come to any.
    [[nodiscard]] bool is_stopped();

  private:
    std::shared_ptr<ProcessGroup> group_;
    bool may_differ_;
    int64_t steps_;
};

/// Whether a signal has come, to this process or to another member.
[[nodiscard]] bool is_stopped(Members* members);

/// "cpu (avx2)": what results depend on; not on the number of threads, which changes no bit.
[[nodiscard]] std::string bits_of(const BackendInfo& info);

/// What the frozen layers make of all images. Nothing if a signal came first. `progress` is told how many are done.
[[nodiscard]] std::optional<Features> make_features(Model& model, const FrozenPart& part,
                                                    const Dataset& images, Members* members,
                                                    const std::function<void(int64_t)>& progress);

/// What a member but the first does: the same training without a folder. To the end, or for `steps` steps (0: no
/// limit), or until a signal comes.
void follow(Members& members, const Experiment& experiment, const Dataset& images, Backend& backend,
            int64_t steps);

}  // namespace cnnlab
