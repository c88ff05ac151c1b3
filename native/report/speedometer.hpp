#pragma once

#include <chrono>

#include "engine/train/events.hpp"

namespace cnnlab {

/// Images a second while training steps run: without evaluation, saving and reading. The first observer of a training.
class Speedometer : public Observer {
  public:
    void on_event(const TrainEvent& event) override {
        const auto now = Clock::now();
        if (const auto* batch = std::get_if<BatchEnd>(&event)) {
            busy_ += now - mark_;
            images_ += batch->count;
            ++steps_;
        }
        // What follows an epoch's last batch is the evaluation; the next epoch_begin starts the clock anew.
        mark_ = now;
    }

    [[nodiscard]] double images_per_second() const {
        const double seconds = std::chrono::duration<double>(busy_).count();
        return seconds > 0 ? static_cast<double>(images_) / seconds : 0;
    }
    [[nodiscard]] int64_t steps() const { return steps_; }

  private:
    using Clock = std::chrono::steady_clock;
    Clock::time_point mark_ = Clock::now();
    Clock::duration busy_{};
    int64_t images_ = 0, steps_ = 0;
};

}  // namespace cnnlab
