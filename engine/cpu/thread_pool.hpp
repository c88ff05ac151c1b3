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

/// How much of a phase is done, by all threads together. wait() spins for a moment, then sleeps.
class Progress {
  public:
    /// While nobody adds or waits.
    void reset(int total);
    /// What the caller wrote before it is seen by those whose wait() has returned.
    void add(int count);
    /// Waits until `total` has been added.
    void wait() const;

  private:
    int total_ = 0;
    std::atomic<int> done_{0};
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
    /// Calls job(0) here, and job(thread) on those threads that come before that has ended. On a busy machine the
    /// others may get no processor for milliseconds: nobody waits for one that has not come. No barrier() within.
    void offer(const std::function<void(int)>& job);
    /// Ends all threads but the first so many. Not while a job runs.
    void shrink(int threads);
    /// For use inside a job: waits until all threads have arrived.
    void barrier() { inner_.wait(); }

  private:
    void work(int thread);
    void open(const std::function<void(int)>& job, bool wants_all);
    void close();

    std::vector<std::thread> workers_;
    Barrier inner_;
    const std::function<void(int)>* job_ = nullptr;
    bool wants_all_ = false;          ///< of the job that is open
    std::atomic<int> generation_{0};  ///< counts jobs
    std::atomic<int> open_{0};        ///< the generation whose job may be begun; 0: none
    std::atomic<int> inside_{0};      ///< threads that look at the job, or do it
    std::atomic<int> running_{0};     ///< threads that have the job of run() before them, or do it
    std::atomic<bool> stop_{false};
    std::atomic<int> kept_;  ///< a thread with this number or a higher one ends after its job
};

}  // namespace cnnlab::cpu
