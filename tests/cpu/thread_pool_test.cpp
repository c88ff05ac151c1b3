#include "engine/cpu/thread_pool.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <atomic>

#include "engine/cpu/work_stealing.hpp"

// A module without threads has a pool of one.
#if !defined(__EMSCRIPTEN__) || defined(__EMSCRIPTEN_PTHREADS__)

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

TEST(ThreadPool, WhatIsOfferedIsDoneOnce) {
    constexpr int items = 7;
    for (const int threads : {1, 2, 5}) {
        cpu::ThreadPool pool(threads);
        cpu::WorkStealing work(threads);
        cpu::Progress done;
        // A thread that came too late would see it false, or be seen by ThreadSanitizer.
        bool is_open = false;
        for (int turn = 0; turn < 3000; ++turn) {
            std::array<int, items> times{};
            std::atomic<bool> was_late = false;
            work.reset(items);
            done.reset(items);
            is_open = true;
            pool.offer([&](int thread) {
                if (!is_open) was_late = true;
                int count = 0;
                for (int i = work.take(thread); i >= 0; i = work.take(thread), ++count)
                    ++times[static_cast<size_t>(i)];
                done.add(count);
                done.wait();
                if (std::count(times.begin(), times.end(), 1) != items) was_late = true;
            });
            is_open = false;
            ASSERT_FALSE(was_late) << turn;
            ASSERT_EQ(std::count(times.begin(), times.end(), 1), items) << turn;
            // between offers all still come when they are told to
            if (turn % 500 == 0) {
                ASSERT_EQ(threads_seen(pool), threads) << turn;
            }
        }
        pool.shrink(1);
        pool.offer([](int thread) { EXPECT_EQ(thread, 0); });
    }
}

}  // namespace

}  // namespace cnnlab

#endif
