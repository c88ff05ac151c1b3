#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <thread>
#include <vector>

namespace cnnlab {

/// One image as a network takes it, [H, W, C].
using Pixels = std::vector<uint8_t>;
/// A probability for each class.
using Row = std::vector<double>;

/// What a request gets whose time was over before its images had their turn.
struct TimeIsOver : std::exception {
    [[nodiscard]] const char* what() const noexcept override { return "the time is over"; }
};

/// Images of many requests, which one thread takes through a network together. It knows nothing of HTTP.
class BatchQueue {
  public:
    using Clock = std::chrono::steady_clock;
    struct Limits {
        int batch = 16;                     ///< images that run together, at most
        std::chrono::microseconds wait{0};  ///< how long the first image of a batch waits for others
        size_t images = 256;                ///< that may wait
    };
    /// Takes images through the network: a row each. Called by one thread only.
    using Work = std::function<std::vector<Row>(std::span<const Pixels>)>;

    BatchQueue(const Limits& limits, Work work);
    /// Whatever waits is run first.
    ~BatchQueue();
    BatchQueue(const BatchQueue&) = delete;
    BatchQueue& operator=(const BatchQueue&) = delete;

    /// Rows of a request's images, in their order, or the exception of its work; TimeIsOver where one of them had no
    /// turn until `deadline`. None where the queue has no room for all of them.
    [[nodiscard]] std::optional<std::future<std::vector<Row>>> add(std::vector<Pixels> images,
                                                                   Clock::time_point deadline);
    /// Images that wait.
    [[nodiscard]] size_t size() const;
    [[nodiscard]] const Limits& limits() const { return limits_; }
    /// Called after each batch with its number of images, by the thread that works. To set before the first add().
    std::function<void(size_t)> on_batch;

  private:
    /// The images of one request.
    struct Job {
        std::vector<Pixels> images;
        std::vector<Row> rows;
        size_t left = 0;  ///< images without a row
        Clock::time_point deadline;
        bool has_failed = false;
        std::promise<std::vector<Row>> promise;

        void fail(const std::exception_ptr& reason);
    };
    struct Item {
        std::shared_ptr<Job> job;
        size_t number = 0;  ///< of the image in its job
        Clock::time_point since;
    };

    void run();
    /// The next batch; none when all is done.
    std::vector<Item> next_batch();
    void work_on(std::vector<Item> batch);

    const Limits limits_;
    const Work work_;
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<Item> waiting_;
    bool is_over_ = false;
    std::thread thread_;
};

}  // namespace cnnlab
