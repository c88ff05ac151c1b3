#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>

namespace cnnlab {

/// Lets a few threads at once do something that takes much memory. (std::counting_semaphore may sleep for ever in
/// GCC 12.2's library.)
class Turns {
  public:
    explicit Turns(int at_once) : free_(at_once) {}

    /// Waits for a turn; false when there was none until `deadline`.
    bool take(std::chrono::steady_clock::time_point deadline) {
        std::unique_lock lock(mutex_);
        if (!changed_.wait_until(lock, deadline, [&] { return free_ > 0; })) return false;
        --free_;
        return true;
    }
    void give_back() {
        {
            const std::lock_guard lock(mutex_);
            ++free_;
        }
        changed_.notify_one();
    }

  private:
    std::mutex mutex_;
    std::condition_variable changed_;
    int free_;
};

}  // namespace cnnlab
