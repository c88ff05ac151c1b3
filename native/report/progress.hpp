#pragma once

#include <chrono>
#include <string>

#include "engine/train/events.hpp"
#include "native/report/speedometer.hpp"
#include "native/report/terminal.hpp"

namespace cnnlab {

/// What the line of a running training says.
struct ProgressState {
    int epoch = 0, epochs = 1;      ///< from 0
    int64_t step = 0, steps = 1;    ///< within the epoch
    double loss = 0, accuracy = 0;  ///< means over the epoch so far
    double images_per_second = 0, seconds_left = 0;
    bool is_testing = false;  ///< the epoch's steps are done, its evaluation runs
};

/// At most `width` columns; the less important parts leave first. The bar's second part is given to `dim`.
std::string progress_line(const ProgressState& state, int width, const Terminal& terminal);

/// Tells a person how a training goes. On a terminal: one line, redrawn at most ten times a second, above it a line
/// for each finished epoch. Elsewhere: a line an epoch, and one every half minute within.
class Progress : public Observer {
  public:
    /// Both must outlive it; the speedometer watches the training before it.
    Progress(Terminal& terminal, const Speedometer& speed) : terminal_(&terminal), speed_(&speed) {}

    void on_event(const TrainEvent& event) override;

  private:
    using Clock = std::chrono::steady_clock;

    void begin(const TrainBegin& begin);
    void batch(const BatchEnd& batch);
    void epoch(const EpochEnd& end);

    Terminal* terminal_;
    const Speedometer* speed_;
    ProgressState state_;
    int64_t total_steps_ = 0;
    double loss_sum_ = 0, right_sum_ = 0;
    int64_t images_ = 0;
    bool has_test_ = false;
    Clock::time_point began_, epoch_began_, drawn_;
};

}  // namespace cnnlab
