#include "engine/cpu/thread_pool.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <thread>

#include "engine/cpu/peak.hpp"

namespace cnnlab {

namespace {

int threads_seen(cpu::ThreadPool& pool) {
    std::atomic<int> seen = 0;
    std::atomic<unsigned> numbers = 0;
    pool.run([&](int thread) {
        pool.barrier();
        ++seen;
        numbers |= 1U << static_cast<unsigned>(thread);
    });
    EXPECT_EQ(numbers, (1U << static_cast<unsigned>(seen)) - 1);
    return seen;
}

TEST(ThreadPool, Shrinks) {
    cpu::ThreadPool pool(5);
    for (const int threads : {5, 3, 2, 1}) {
        pool.shrink(threads);
        EXPECT_EQ(pool.size(), threads);
        for (int i = 0; i < 3; ++i) EXPECT_EQ(threads_seen(pool), threads);
    }
}

TEST(ThreadPool, DoesNotGrowByShrinking) {
    cpu::ThreadPool pool(2);
    pool.shrink(4);
    pool.shrink(0);
    EXPECT_EQ(threads_seen(pool), 2);
}

TEST(ParallelSpeed, IsThatOfTheCoresAndNotOfTheThreads) {
    cpu::ThreadPool one(1);
    EXPECT_NEAR(cpu_parallel_speed(one), 1, 0.5);
    const auto cores = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
    cpu::ThreadPool many(4 * cores);
    // Other programs may take a core away from the one thread, and not from the many.
    double least = 4 * cores;
    for (int i = 0; i < 5 && least > 2 * cores; ++i) least = std::min(least, cpu_parallel_speed(many));
    EXPECT_LE(least, 2 * cores);
}

}  // namespace

}  // namespace cnnlab
