#include "engine/cpu/work_stealing.hpp"

#include <gtest/gtest.h>

#include <thread>

#include "engine/cpu/thread_pool.hpp"

namespace cnnlab::cpu {
namespace {

TEST(WorkStealing, a_thread_takes_its_own_from_the_front_then_others_from_the_back) {
    WorkStealing shares(2);
    shares.reset(5);  // 0 1 | 2 3 4
    EXPECT_EQ(shares.take(0), 0);
    EXPECT_EQ(shares.take(1), 2);
    EXPECT_EQ(shares.take(0), 1);
    EXPECT_EQ(shares.take(0), 4);
    EXPECT_FALSE(shares.empty());
    EXPECT_EQ(shares.take(1), 3);
    EXPECT_TRUE(shares.empty());
    EXPECT_EQ(shares.take(0), -1);
    EXPECT_EQ(shares.take(1), -1);
}

TEST(WorkStealing, from_the_back_threads_begin_with_their_last_and_take_the_first_of_others) {
    WorkStealing shares(2);
    shares.reset(5, true);  // 1 0 | 4 3 2
    for (const int item : {1, 0, 2, 3, 4, -1}) EXPECT_EQ(shares.take(0), item);
    shares.reset(5);
    for (const int item : {0, 1, 4, 3, 2, -1}) EXPECT_EQ(shares.take(0), item);
}

TEST(WorkStealing, fewer_items_than_threads) {
    WorkStealing shares(4);
    EXPECT_EQ(shares.take(2), -1);
    shares.reset(1);
    EXPECT_EQ(shares.take(0), 0);
    for (const int thread : {0, 1, 2, 3}) EXPECT_EQ(shares.take(thread), -1);
}

#if !defined(__EMSCRIPTEN__) || defined(__EMSCRIPTEN_PTHREADS__)
TEST(WorkStealing, every_item_is_taken_once_whatever_the_threads_speeds) {
    constexpr int threads = 3, count = 1000;
    ThreadPool pool(threads);
    WorkStealing shares(threads);
    for (int round = 0; round < 50; ++round) {
        shares.reset(count);
        std::vector<std::vector<int>> taken(threads);
        pool.run([&](int thread) {
            for (int i = shares.take(thread); i >= 0; i = shares.take(thread)) {
                taken[static_cast<size_t>(thread)].push_back(i);
                // one is slow, so that others come to its items
                if (thread == round % threads) std::this_thread::yield();
            }
        });
        std::vector<int> times(count);
        for (const auto& items : taken)
            for (const int i : items) ++times[static_cast<size_t>(i)];
        ASSERT_EQ(times, std::vector<int>(count, 1));
        ASSERT_TRUE(shares.empty());
    }
}
#endif

}  // namespace
}  // namespace cnnlab::cpu
