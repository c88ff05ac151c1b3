#include "engine/cpu/peak.hpp"

#include <algorithm>
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

/// Some 50 µs of work that no memory limits and no compiler shortens.
uint32_t do_piece(uint32_t x) {
    for (int i = 0; i < 40'000; ++i) x = (x ^ (x >> 15)) * 0x2c1b3c6dU + 1U;
    return x;
}
/// Called anew for each piece, as the better code of a browser comes with the next call.
uint32_t (*volatile piece)(uint32_t) = do_piece;

/// Pieces done until then.
int64_t pieces_until(Clock::time_point end) {
    uint32_t x = 1;
    int64_t count = 0;
    for (; Clock::now() < end; ++count) x = piece(x);
    // The result must be used, or the compiler removes the work.
    return x == 0 ? count + 1 : count;
}

/// A moment at which the clock has just stepped: browsers round theirs to milliseconds.
Clock::time_point next_tick() {
    const auto before = Clock::now();
    auto now = before;
    while (now == before) now = Clock::now();
    return now;
}

}  // namespace

double cpu_parallel_speed(cpu::ThreadPool& pool, double seconds) {
    const auto length = std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
    std::vector<int64_t> done(static_cast<size_t>(pool.size()));
    int64_t alone = 1, together = 1;
    for (int round = 0; round < 2; ++round) {
        alone = std::max(alone, pieces_until(next_tick() + length));
        const auto end = next_tick() + length;
        pool.run([&](int thread) { done[static_cast<size_t>(thread)] = pieces_until(end); });
        int64_t sum = 0;
        for (const int64_t count : done) sum += count;
        together = std::max(together, sum);
    }
    return static_cast<double>(together) / static_cast<double>(alone);
}

}  // namespace cnnlab
