#pragma once

#include <atomic>
#include <cstdint>
#include <vector>

namespace cnnlab::cpu {

/// Work stealing over items 0 … count − 1. A thread pops its own items from the front; when it has none left, it
/// steals from the back of others.
/// So a thread gets the same items in every phase and run, and their data are still in its own cache.
class WorkStealing {
  public:
    explicit WorkStealing(int threads) : left_(static_cast<size_t>(threads)) {}

    /// While no thread takes items. `from_back`: threads pop from the back and steal from the front.
    void reset(int count, bool from_back = false) {
        from_front_ = !from_back;
        const auto threads = static_cast<int>(left_.size());
        for (int t = 0; t < threads; ++t)
            left_[static_cast<size_t>(t)].range.store(
                pack(own_begin(count, t, threads), own_begin(count, t + 1, threads)),
                std::memory_order_relaxed);
    }

    /// An item for this thread, or −1 if none is left.
    int take(int thread) {
        const size_t threads = left_.size(), mine = static_cast<size_t>(thread);
        int item = take_from(left_[mine].range, from_front_);
        for (size_t other = 1; item < 0 && other < threads; ++other)
            item = take_from(left_[(mine + other) % threads].range, !from_front_);
        return item;
    }

    [[nodiscard]] bool empty() const {
        for (const Left& left : left_) {
            const uint64_t range = left.range.load(std::memory_order_relaxed);
            if (begin_of(range) < end_of(range)) return false;
        }
        return true;
    }

  private:
    /// A thread's remaining items on a cache line of their own: begin and end, 32 bits each.
    struct alignas(64) Left {
        std::atomic<uint64_t> range{0};
    };

    static int own_begin(int count, int thread, int threads) {
        return static_cast<int>(int64_t{count} * thread / threads);
    }
    static uint64_t pack(int begin, int end) {
        return static_cast<uint64_t>(begin) << 32U | static_cast<uint64_t>(end);
    }
    static int begin_of(uint64_t range) { return static_cast<int>(range >> 32U); }
    static int end_of(uint64_t range) { return static_cast<int>(range & UINT32_MAX); }

    static int take_from(std::atomic<uint64_t>& range, bool front) {
        uint64_t now = range.load(std::memory_order_relaxed);
        while (begin_of(now) < end_of(now)) {
            const int begin = begin_of(now), end = end_of(now);
            // The barrier between phases orders what items share; this need not.
            if (range.compare_exchange_weak(now, front ? pack(begin + 1, end) : pack(begin, end - 1),
                                            std::memory_order_relaxed))
                return front ? begin : end - 1;
        }
        return -1;
    }

    std::vector<Left> left_;
    bool from_front_ = true;
};

}  // namespace cnnlab::cpu
