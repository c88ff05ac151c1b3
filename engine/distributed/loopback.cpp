#include "engine/distributed/loopback.hpp"

#include <condition_variable>
#include <cstring>
#include <deque>
#include <mutex>
#include <string>

#include "engine/core/error.hpp"

namespace cnnlab {

namespace {

using Bytes = std::vector<std::byte>;

/// What all members share.
struct Mail {
    explicit Mail(int size) : members(static_cast<size_t>(size)), boxes(members * members), gone(members) {}

    [[nodiscard]] size_t box(int from, int to) const {
        return static_cast<size_t>(from) * members + static_cast<size_t>(to);
    }

    size_t members;
    std::mutex mutex;
    std::condition_variable changed;
    std::vector<std::deque<Bytes>> boxes;  ///< by sender and reader
    std::vector<bool> gone;                ///< by rank
};

class Loopback : public Group {
  public:
    Loopback(std::shared_ptr<Mail> mail, int rank) : mail_(std::move(mail)), rank_(rank) {}
    ~Loopback() override {
        const std::lock_guard lock(mail_->mutex);
        mail_->gone[static_cast<size_t>(rank_)] = true;
        mail_->changed.notify_all();
    }
    Loopback(const Loopback&) = delete;
    Loopback& operator=(const Loopback&) = delete;

    [[nodiscard]] int rank() const override { return rank_; }
    [[nodiscard]] int size() const override { return static_cast<int>(mail_->members); }
    [[nodiscard]] bool has_message(int from) override {
        const std::lock_guard lock(mail_->mutex);
        return !mail_->boxes[mail_->box(from, rank_)].empty();
    }

  protected:
    void do_all_gather(std::span<std::byte> all, std::span<const int64_t> begins) override {
        const auto part = [&](int rank) {
            const auto begin = static_cast<size_t>(begins[static_cast<size_t>(rank)]),
                       end = static_cast<size_t>(begins[static_cast<size_t>(rank) + 1]);
            return all.subspan(begin, end - begin);
        };
        for (int other = 0; other < size(); ++other)
            if (other != rank_) do_send(other, part(rank_));
        for (int other = 0; other < size(); ++other)
            if (other != rank_) do_receive(other, part(other));
    }

    void do_send(int to, std::span<const std::byte> bytes) override {
        const std::lock_guard lock(mail_->mutex);
        mail_->boxes[mail_->box(rank_, to)].emplace_back(bytes.begin(), bytes.end());
        mail_->changed.notify_all();
    }

    void do_receive(int from, std::span<std::byte> bytes) override {
        std::unique_lock lock(mail_->mutex);
        auto& box = mail_->boxes[mail_->box(from, rank_)];
        mail_->changed.wait(lock, [&] { return !box.empty() || mail_->gone[static_cast<size_t>(from)]; });
        if (box.empty())
            throw Error(ErrorCode::io, "rank " + std::to_string(from), "has ended, and the training with it",
                        "go on from the last checkpoint");
        const Bytes message = std::move(box.front());
        box.pop_front();
        if (message.size() != bytes.size())
            throw Error(ErrorCode::shape_mismatch, "rank " + std::to_string(from),
                        "has sent " + std::to_string(message.size()) + " bytes where " +
                            std::to_string(bytes.size()) + " were expected",
                        "let all members do the same");
        if (!bytes.empty()) std::memcpy(bytes.data(), message.data(), bytes.size());
    }

    void do_flush() override {}

  private:
    std::shared_ptr<Mail> mail_;
    int rank_;
};

}  // namespace

std::vector<std::unique_ptr<Group>> make_loopback(int size) {
    const auto mail = std::make_shared<Mail>(size);
    std::vector<std::unique_ptr<Group>> members;
    for (int rank = 0; rank < size; ++rank) members.push_back(std::make_unique<Loopback>(mail, rank));
    return members;
}

}  // namespace cnnlab
