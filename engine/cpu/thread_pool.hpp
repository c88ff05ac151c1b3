#pragma once

#include <atomic>
#include <functional>
#include <thread>
#include <vector>

namespace cnnlab::cpu {

/// A barrier: each wait() returns when all have called it. Spins for a moment, then sleeps.
class Barrier {
  public:
    explicit Barrier(int threads) : threads_(threads) {}
    void wait();
    /// While nobody waits.
    void resize(int threads) { threads_ = threads; }

  private:
    int threads_;
    std::atomic<int> arrived_{0};
    std::atomic<int> generation_{0};
};

/// A fixed set of threads that run one function together. The caller is thread 0. One thread starts nothing
/// (WebAssembly without threads).
class ThreadPool {
  public:
    explicit ThreadPool(int threads);
    ~ThreadPool();
    ThreadPool(const ThreadPool&) = delete;
    ThreadPool& operator=(const ThreadPool&) = delete;

    [[nodiscard]] int size() const { return static_cast<int>(workers_.size()) + 1; }
    /// Calls job(thread) on every thread; returns when all have finished. The job must not throw.
    void run(const std::function<void(int)>& job);
    /// Ends all threads but the first so many. Not while a job runs.
    void shrink(int threads);
    /// For use inside a job: waits until all threads have arrived.
    void barrier() { inner_.wait(); }

  private:
    void work(int thread);

    std::vector<std::thread> workers_;
    Barrier inner_;
    const std::function<void(int)>* job_ = nullptr;
    std::atomic<int> generation_{0};
    std::atomic<int> running_{0};
    std::atomic<bool> stop_{false};
    std::atomic<int> kept_;  ///< a thread with this number or a higher one ends after its job
};

}  // namespace cnnlab::cpu
