#include "native/answer/batch_queue.hpp"

#include <algorithm>

namespace cnnlab {

void BatchQueue::Job::fail(const std::exception_ptr& reason) {
    if (!has_failed) promise.set_exception(reason);
    has_failed = true;
}

BatchQueue::BatchQueue(const Limits& limits, Work work)
    : limits_(limits), work_(std::move(work)), thread_([this] { run(); }) {}

BatchQueue::~BatchQueue() {
    {
        const std::lock_guard lock(mutex_);
        is_over_ = true;
    }
    changed_.notify_one();
    thread_.join();
}

size_t BatchQueue::size() const {
    const std::lock_guard lock(mutex_);
    return waiting_.size();
}

std::optional<std::future<std::vector<Row>>> BatchQueue::add(std::vector<Pixels> images,
                                                             Clock::time_point deadline) {
    const auto job = std::make_shared<Job>();
    job->images = std::move(images);
    job->left = job->images.size();
    job->rows.resize(job->left);
    job->deadline = deadline;
    std::future<std::vector<Row>> rows = job->promise.get_future();
    if (job->left == 0) {
        job->promise.set_value({});
        return rows;
    }
    {
        const std::lock_guard lock(mutex_);
        if (job->left > limits_.images - std::min(limits_.images, waiting_.size())) return std::nullopt;
        const auto now = Clock::now();
        for (size_t i = 0; i < job->images.size(); ++i) waiting_.push_back({job, i, now});
    }
    changed_.notify_one();
    return rows;
}

std::vector<BatchQueue::Item> BatchQueue::next_batch() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return is_over_ || !waiting_.empty(); });
    const auto batch = static_cast<size_t>(limits_.batch);
    if (!waiting_.empty() && limits_.wait.count() > 0)
        changed_.wait_until(lock, waiting_.front().since + limits_.wait,
                            [&] { return is_over_ || waiting_.size() >= batch; });
    const auto end = waiting_.begin() + static_cast<std::ptrdiff_t>(std::min(batch, waiting_.size()));
    std::vector<Item> items(std::make_move_iterator(waiting_.begin()), std::make_move_iterator(end));
    waiting_.erase(waiting_.begin(), end);
    return items;
}

void BatchQueue::work_on(std::vector<Item> batch) {
    const auto now = Clock::now();
    std::vector<Pixels> images;
    // A request that has failed with one image, or is too late, costs no more time.
    std::erase_if(batch, [&](const Item& item) {
        if (!item.job->has_failed && now > item.job->deadline)
            item.job->fail(std::make_exception_ptr(TimeIsOver()));
        return item.job->has_failed;
    });
    if (batch.empty()) return;
    for (const Item& item : batch) images.push_back(std::move(item.job->images[item.number]));
    try {
        std::vector<Row> rows = work_(images);
        if (on_batch) on_batch(batch.size());
        for (size_t i = 0; i < batch.size(); ++i) {
            Job& job = *batch[i].job;
            job.rows[batch[i].number] = std::move(rows.at(i));
            if (--job.left == 0) job.promise.set_value(std::move(job.rows));
        }
    } catch (...) {
        for (const Item& item : batch)
            if (item.job->left > 0) item.job->fail(std::current_exception());
    }
}

void BatchQueue::run() {
    for (;;) {
        std::vector<Item> batch = next_batch();
        if (batch.empty()) return;
        work_on(std::move(batch));
    }
}

}  // namespace cnnlab
