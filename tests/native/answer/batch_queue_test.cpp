// The queue of images by itself: what runs together, who waits how long, and what a failure costs whom.

#include "native/answer/batch_queue.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>

namespace cnnlab {
namespace {

using Clock = BatchQueue::Clock;
using std::chrono::milliseconds;

const auto later = [] { return Clock::now() + std::chrono::seconds(60); };

/// Answers an image by its first pixel, keeps the sizes of batches, and works only while the test lets it.
class Work {
  public:
    std::vector<Row> operator()(std::span<const Pixels> images) {
        std::unique_lock lock(mutex_);
        sizes.push_back(images.size());
        changed_.notify_all();
        changed_.wait(lock, [&] { return is_free_; });
        std::vector<Row> rows;
        for (const Pixels& image : images) {
            if (image.at(0) == 13) throw std::runtime_error("no luck");
            rows.push_back({static_cast<double>(image.at(0))});
        }
        return rows;
    }
    void let(bool free) {
        const std::lock_guard lock(mutex_);
        is_free_ = free;
        changed_.notify_all();
    }
    /// Waits until so many batches have begun.
    void wait_for(size_t batches) {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return sizes.size() >= batches; });
    }
    std::vector<size_t> sizes;

  private:
    std::mutex mutex_;
    std::condition_variable changed_;
    bool is_free_ = true;
};

BatchQueue::Work by(Work& work) {
    return [&work](std::span<const Pixels> images) { return work(images); };
}

TEST(BatchQueue, GivesEachRequestItsRowsInOrder) {
    Work work;
    BatchQueue queue({.batch = 4}, by(work));
    auto one = queue.add({{1}}, later());
    auto many = queue.add({{2}, {3}, {4}, {5}, {6}, {7}}, later());
    auto none = queue.add({}, later());
    ASSERT_TRUE(one && many && none);
    EXPECT_EQ(one->get(), (std::vector<Row>{{1}}));
    EXPECT_EQ(many->get(), (std::vector<Row>{{2}, {3}, {4}, {5}, {6}, {7}}));
    EXPECT_TRUE(none->get().empty());
}

TEST(BatchQueue, WhatComesWhileABatchRunsMakesTheNextOnes) {
    Work work;
    work.let(false);
    std::vector<size_t> told;
    BatchQueue queue({.batch = 3}, by(work));
    queue.on_batch = [&](size_t images) { told.push_back(images); };
    auto first = queue.add({{1}}, later());
    work.wait_for(1);
    std::vector<std::future<std::vector<Row>>> others;
    for (uint8_t i = 2; i < 7; ++i) others.push_back(*queue.add({{i}}, later()));
    EXPECT_EQ(queue.size(), 5U);
    work.let(true);
    for (auto& other : others) (void)other.get();
    EXPECT_EQ(work.sizes, (std::vector<size_t>{1, 3, 2}));
    EXPECT_EQ(told.size(), 3U);
    EXPECT_EQ(queue.size(), 0U);
}

TEST(BatchQueue, AnImageWaitsForOthersAsLongAsItMay) {
    Work work;
    BatchQueue queue({.batch = 2, .wait = std::chrono::seconds(30)}, by(work));
    // A full batch does not wait.
    auto first = queue.add({{1}}, later());
    auto second = queue.add({{2}}, later());
    (void)first->get();
    (void)second->get();
    EXPECT_EQ(work.sizes, (std::vector<size_t>{2}));
    // One that nobody joins runs alone, but no earlier.
    Work patient;
    BatchQueue other({.batch = 2, .wait = milliseconds(30)}, by(patient));
    const auto start = Clock::now();
    (void)other.add({{1}}, later())->get();
    EXPECT_GE(Clock::now() - start, milliseconds(30));
    EXPECT_EQ(patient.sizes, (std::vector<size_t>{1}));
}

TEST(BatchQueue, TakesAllImagesOfARequestOrNone) {
    Work work;
    work.let(false);
    BatchQueue queue({.batch = 1, .images = 3}, by(work));
    auto runs = queue.add({{1}}, later());
    work.wait_for(1);
    EXPECT_TRUE(queue.add({{2}, {3}}, later()));
    EXPECT_FALSE(queue.add({{4}, {5}}, later()));
    EXPECT_TRUE(queue.add({{6}}, later()));
    EXPECT_FALSE(queue.add({{7}}, later()));
    EXPECT_FALSE(queue.add({{1}, {2}, {3}, {4}}, later())) << "more than it ever holds";
    work.let(true);
}

TEST(BatchQueue, WhoseTimeIsOverHasNoTurn) {
    Work work;
    work.let(false);
    BatchQueue queue({.batch = 8}, by(work));
    auto runs = queue.add({{1}}, later());
    work.wait_for(1);
    auto late = queue.add({{2}, {3}}, Clock::now() - milliseconds(1));
    auto patient = queue.add({{4}}, later());
    work.let(true);
    EXPECT_THROW((void)late->get(), TimeIsOver);
    EXPECT_EQ(patient->get(), (std::vector<Row>{{4}}));
    EXPECT_EQ(runs->get(), (std::vector<Row>{{1}}));
    EXPECT_EQ(work.sizes, (std::vector<size_t>{1, 1}));
}

TEST(BatchQueue, AFailureReachesThoseOfItsBatchAndNoOthers) {
    Work work;
    work.let(false);
    BatchQueue queue({.batch = 2}, by(work));
    auto first = queue.add({{1}}, later());
    work.wait_for(1);
    auto bad = queue.add({{13}}, later());
    auto beside = queue.add({{2}, {3}, {4}}, later());  // one in the batch that fails, two behind it
    auto after = queue.add({{5}}, later());
    work.let(true);
    EXPECT_EQ(first->get(), (std::vector<Row>{{1}}));
    EXPECT_THROW((void)bad->get(), std::runtime_error);
    EXPECT_THROW((void)beside->get(), std::runtime_error);
    EXPECT_EQ(after->get(), (std::vector<Row>{{5}}));
}

TEST(BatchQueue, WorkWithTooFewRowsIsAFailure) {
    BatchQueue queue({.batch = 2}, [](std::span<const Pixels>) { return std::vector<Row>(); });
    auto row = queue.add({{1}}, later());
    EXPECT_THROW((void)row->get(), std::out_of_range);
}

TEST(BatchQueue, WhatWaitsIsRunBeforeItEnds) {
    Work work;
    work.let(false);
    std::vector<std::future<std::vector<Row>>> rows;
    std::thread opener;
    {
        BatchQueue queue({.batch = 2, .wait = std::chrono::seconds(30)}, by(work));
        for (uint8_t i = 0; i < 5; ++i) rows.push_back(*queue.add({{i}}, later()));
        work.wait_for(1);
        opener = std::thread([&] { work.let(true); });
    }
    opener.join();
    for (uint8_t i = 0; i < 5; ++i) EXPECT_EQ(rows[i].get(), (std::vector<Row>{{static_cast<double>(i)}}));
}

TEST(BatchQueue, ManyThreadsGetTheirOwnAnswers) {
    Work work;
    BatchQueue queue({.batch = 16, .images = 64}, by(work));
    std::atomic<int> wrong{0}, answered{0};
    std::vector<std::thread> clients;
    for (int client = 0; client < 8; ++client)
        clients.emplace_back([&, client] {
            for (int i = 0; i < 200; ++i) {
                const auto mark = static_cast<uint8_t>(20 + (client * 29 + i) % 200);
                auto rows = queue.add({{mark}, {static_cast<uint8_t>(mark + 1)}}, later());
                if (!rows) continue;
                ++answered;
                if (rows->get() != std::vector<Row>{{static_cast<double>(mark)}, {mark + 1.0}}) ++wrong;
            }
        });
    for (std::thread& client : clients) client.join();
    EXPECT_EQ(wrong, 0);
    EXPECT_EQ(answered, 1600);
}

}  // namespace
}  // namespace cnnlab
