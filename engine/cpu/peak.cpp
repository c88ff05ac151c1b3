#include "engine/cpu/peak.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <thread>
#include <vector>

#include "engine/cpu/arch.hpp"
#include "engine/cpu/thread_pool.hpp"

namespace cnnlab {

double cpu_peak_gflops(const std::string& arch, int threads, double seconds) {
    const auto* kernels = cpu::arch_by_name(arch).kernels;
    if (threads <= 0) threads = std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
    cpu::ThreadPool pool(threads);
    std::vector<double> rates(static_cast<size_t>(threads));
    pool.run([&](int thread) { rates[static_cast<size_t>(thread)] = kernels->peak(seconds); });
    double sum = 0;
    for (const double rate : rates) sum += rate;
    return sum / 1e9;
}

namespace {

using Clock = std::chrono::steady_clock;

/// Work that no memory limits and no compiler shortens.
uint32_t do_rounds(uint32_t x, int rounds) {
    for (int i = 0; i < rounds; ++i) x = (x ^ (x >> 15)) * 0x2c1b3c6dU + 1U;
    return x;
}
/// Called anew for each piece, as the better code of a browser comes with the next call.
uint32_t (*volatile piece)(uint32_t, int) = do_rounds;
/// Results must be used, or the compiler removes the work.
std::atomic<uint32_t> used;

double seconds_since(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

/// The shortest of some steps of the clock: browsers round theirs to a millisecond.
double clock_step() {
    double least = 1;
    for (int i = 0; i < 5; ++i) {
        const auto start = Clock::now();
        while (Clock::now() == start) {
        }
        least = std::min(least, seconds_since(start));
    }
    return least;
}

}  // namespace

double cpu_parallel_speed(cpu::ThreadPool& pool, double seconds) {
    // Alone: the shortest of many pieces, since other programs may hold the core in between.
    const double least = std::min(20 * clock_step(), 0.02);
    int rounds = 20'000;  // about 20 µs
    double alone = 0;
    for (const auto start = Clock::now(); seconds_since(start) < seconds || alone == 0;) {
        const auto begin = Clock::now();
        used += piece(1, rounds);
        const double taken = seconds_since(begin);
        if (taken < least)
            rounds *= 2;
        else
            alone = std::max(alone, rounds / taken);
    }
    // Together: what they get done in a while.
    double together = 0;
    std::vector<int64_t> done(static_cast<size_t>(pool.size()));
    for (int i = 0; i < 2; ++i) {
        const auto start = Clock::now();
        pool.run([&](int thread) {
            int64_t& count = done[static_cast<size_t>(thread)];
            for (count = 0; seconds_since(start) < seconds; count += rounds) used += piece(1, rounds);
        });
        const double wall = seconds_since(start);
        double sum = 0;
        for (const int64_t count : done) sum += static_cast<double>(count);
        together = std::max(together, sum / wall);
    }
    return together / alone;
}

}  // namespace cnnlab
