#include "engine/cpu/thread_pool.hpp"

#include <climits>

#if defined(__EMSCRIPTEN_PTHREADS__)
#include <emscripten/threading.h>

#include <cmath>
#endif

namespace cnnlab::cpu {

namespace {

// Long enough to bridge the gaps between phases, short enough not to take a core from others.
#if defined(__EMSCRIPTEN_PTHREADS__)
constexpr int spins = 100'000;  // WebAssembly cannot pause: these take about 50 µs
#else
constexpr int spins = 4000;
#endif

void pause() {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#endif
}

// std::atomic::wait of Emscripten polls at intervals of half the time that has passed: threads would wake late.
#if defined(__EMSCRIPTEN_PTHREADS__)
void sleep_while(const std::atomic<int>& value, int old) {
    emscripten_futex_wait(const_cast<std::atomic<int>*>(&value), static_cast<uint32_t>(old), INFINITY);
}
void wake_all(std::atomic<int>& value) { emscripten_futex_wake(&value, INT_MAX); }
#else
void sleep_while(const std::atomic<int>& value, int old) { value.wait(old, std::memory_order_acquire); }
void wake_all(std::atomic<int>& value) { value.notify_all(); }
#endif

/// Returns once `value` is no longer `old`.
void wait_while(const std::atomic<int>& value, int old) {
    for (int i = 0; i < spins; ++i) {
        if (value.load(std::memory_order_acquire) != old) return;
        pause();
    }
    while (value.load(std::memory_order_acquire) == old) sleep_while(value, old);
}

}  // namespace

void Barrier::wait() {
    if (threads_ == 1) return;
    const int generation = generation_.load(std::memory_order_acquire);
    if (arrived_.fetch_add(1, std::memory_order_acq_rel) + 1 == threads_) {
        arrived_.store(0, std::memory_order_relaxed);
        generation_.fetch_add(1, std::memory_order_acq_rel);
        wake_all(generation_);
    } else {
        wait_while(generation_, generation);
    }
}

void Progress::reset(int total) {
    total_ = total;
    done_.store(0, std::memory_order_relaxed);
}

void Progress::add(int count) {
    if (count > 0 && done_.fetch_add(count, std::memory_order_acq_rel) + count == total_) wake_all(done_);
}

void Progress::wait() const {
    for (int done = done_.load(std::memory_order_acquire); done != total_;
         done = done_.load(std::memory_order_acquire))
        wait_while(done_, done);
}

ThreadPool::ThreadPool(int threads) : inner_(threads), kept_(threads) {
    for (int i = 1; i < threads; ++i) workers_.emplace_back([this, i] { work(i); });
}

ThreadPool::~ThreadPool() {
    stop_ = true;
    generation_.fetch_add(1, std::memory_order_acq_rel);
    wake_all(generation_);
    for (auto& worker : workers_) worker.join();
}

void ThreadPool::open(const std::function<void(int)>& job, bool wants_all) {
    job_ = &job;
    wants_all_ = wants_all;
    running_.store(static_cast<int>(workers_.size()), std::memory_order_relaxed);
    const int before = generation_.load(std::memory_order_relaxed);
    const int generation = before == INT_MAX ? 1 : before + 1;  // a service may have run for weeks
    open_.store(generation);
    generation_.store(generation, std::memory_order_release);
    wake_all(generation_);
}

void ThreadPool::close() {
    // Either a thread that comes now sees that the job is closed, or it is counted here and waited for.
    open_.store(0);
    for (int inside = inside_.load(); inside > 0; inside = inside_.load()) wait_while(inside_, inside);
}

void ThreadPool::run(const std::function<void(int)>& job) {
    if (workers_.empty()) return job(0);
    open(job, true);
    job(0);
    for (int left = running_.load(std::memory_order_acquire); left > 0;
         left = running_.load(std::memory_order_acquire))
        wait_while(running_, left);
    close();
}

void ThreadPool::offer(const std::function<void(int)>& job) {
    if (workers_.empty()) return job(0);
    open(job, false);
    job(0);
    close();
}

void ThreadPool::work(int thread) {
    for (int seen = 0;;) {
        wait_while(generation_, seen);
        // What was missed was offered, and is done without this thread.
        seen = generation_.load(std::memory_order_acquire);
        if (stop_.load(std::memory_order_acquire)) return;
        inside_.fetch_add(1);
        bool last = false;
        if (open_.load() == seen) {
            const bool wants_all = wants_all_;
            (*job_)(thread);
            last = wants_all && thread >= kept_.load(std::memory_order_acquire);
            if (wants_all && running_.fetch_sub(1, std::memory_order_acq_rel) == 1) wake_all(running_);
        }
        if (inside_.fetch_sub(1) == 1) wake_all(inside_);
        if (last) return;
    }
}

void ThreadPool::shrink(int threads) {
    if (threads < 1 || threads >= size()) return;
    kept_.store(threads, std::memory_order_release);
    run([](int /*thread*/) {});
    const auto first = workers_.begin() + (threads - 1);
    for (auto worker = first; worker != workers_.end(); ++worker) worker->join();
    workers_.erase(first, workers_.end());
    inner_.resize(threads);
}

}  // namespace cnnlab::cpu
