#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace cnnlab {

/// How often values fell below each of some bounds, as Prometheus counts them.
class Histogram {
  public:
    explicit Histogram(std::vector<double> bounds) : bounds_(std::move(bounds)), counts_(bounds_.size()) {}
    void add(double value);
    [[nodiscard]] int64_t count() const { return count_; }
    /// Lines of Prometheus' text: NAME_bucket, NAME_sum, NAME_count. `labels` are 'path="/predict"' or empty.
    [[nodiscard]] std::string lines(const std::string& name, const std::string& labels = "") const;

  private:
    std::vector<double> bounds_;
    std::vector<int64_t> counts_;  ///< of values up to the bound and above the one before
    int64_t count_ = 0;
    double sum_ = 0;
};

/// What a service has done since it began. Any thread may count.
class Counters {
  public:
    /// `route` is one of a few: paths that nobody knows must not fill the memory.
    void add_request(const std::string& route, int status, double seconds);
    void add_batch(size_t images);
    /// Answers of any status.
    [[nodiscard]] int64_t requests() const;

    std::atomic<int> connections{0};  ///< that are open
    /// All of it in Prometheus' text format. `waiting`: images in the queue.
    /// Source: https://prometheus.io/docs/instrumenting/exposition_formats/.
    [[nodiscard]] std::string text(size_t waiting) const;

  private:
    mutable std::mutex mutex_;
    std::map<std::pair<std::string, int>, int64_t> requests_;
    std::map<std::string, Histogram> seconds_;
    Histogram batches_{{1, 2, 4, 8, 16, 32, 64, 128, 256}};
    int64_t images_ = 0;
};

}  // namespace cnnlab
