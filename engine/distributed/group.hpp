#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace cnnlab {

/// Members that train one model together: processes of a cluster (native/distributed), or threads of a test
/// (loopback.hpp). Each does the same calls in the same order; a call waits for the members that it needs.
///
/// Nothing here adds numbers: who adds decides the order, so that sums are the same bits for any number of members.
/// A member that is lost ends the others: by an Error, or with the process.
class Group {
  public:
    Group() = default;
    virtual ~Group() = default;
    Group(const Group&) = delete;
    Group& operator=(const Group&) = delete;

    [[nodiscard]] virtual int rank() const = 0;  ///< 0 … size − 1
    [[nodiscard]] virtual int size() const = 0;

    /// Rank r gives bytes [begins[r], begins[r + 1]) of `all` and gets the rest. `begins` has size() + 1 numbers.
    void all_gather(std::span<std::byte> all, std::span<const int64_t> begins) {
        received_ += begins.back() - begins.front() - (begins[index() + 1] - begins[index()]);
        do_all_gather(all, begins);
    }
    /// Returns at once; the bytes must stay as they are until flush(). Messages to one member arrive in order.
    void send(int to, std::span<const std::byte> bytes) { do_send(to, bytes); }
    /// Waits for a message of exactly that length.
    void receive(int from, std::span<std::byte> bytes) {
        received_ += static_cast<int64_t>(bytes.size());
        do_receive(from, bytes);
    }
    /// Whether a message from that member has come.
    [[nodiscard]] virtual bool has_message(int from) = 0;
    /// Waits until everything that was sent has left.
    void flush() { do_flush(); }

    /// All get what `root` has.
    void broadcast(std::span<std::byte> bytes, int root = 0) {
        std::vector<int64_t> begins(static_cast<size_t>(size()) + 1, 0);
        for (size_t r = static_cast<size_t>(root) + 1; r < begins.size(); ++r)
            begins[r] = static_cast<int64_t>(bytes.size());
        all_gather(bytes, begins);
    }
    /// Waits for all.
    void barrier() {
        std::vector<std::byte> all(static_cast<size_t>(size()));
        std::vector<int64_t> begins;
        for (int r = 0; r <= size(); ++r) begins.push_back(r);
        all_gather(all, begins);
    }
    /// Bytes that this member has got from others.
    [[nodiscard]] int64_t received() const { return received_; }

  protected:
    virtual void do_all_gather(std::span<std::byte> all, std::span<const int64_t> begins) = 0;
    virtual void do_send(int to, std::span<const std::byte> bytes) = 0;
    virtual void do_receive(int from, std::span<std::byte> bytes) = 0;
    virtual void do_flush() = 0;

  private:
    [[nodiscard]] size_t index() const { return static_cast<size_t>(rank()); }

    int64_t received_ = 0;
};

}  // namespace cnnlab
