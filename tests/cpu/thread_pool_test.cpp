#include "engine/cpu/thread_pool.hpp"

#include <gtest/gtest.h>

#include <atomic>

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

}  // namespace

}  // namespace cnnlab

#endif
