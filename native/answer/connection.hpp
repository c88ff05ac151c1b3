#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace cnnlab {

/// The bytes of one connection, within a time and, of a request's head, within a size. It knows no HTTP but where a
/// head ends. Does not own its socket.
class Connection {
  public:
    using Clock = std::chrono::steady_clock;
    enum class State : uint8_t {
        ready,
        closed,    ///< by the client, or the network
        late,      ///< the time was over
        too_long,  ///< more bytes came than may come
    };
    /// `wake` becomes readable when the connection shall wait for no further request.
    Connection(int socket, int wake, size_t largest_head);

    /// What is read and written from now on has to be done by then.
    void set_deadline(Clock::time_point deadline) { deadline_ = deadline; }
    [[nodiscard]] Clock::time_point deadline() const { return deadline_; }
    /// Lets so many bytes be read, with whatever the protocol puts between them.
    void allow(size_t bytes) { allowed_ = bytes; }
    /// Waits for the first byte of a request until the deadline, or until it is woken: then `closed`.
    State wait_for_request();
    /// Reads until all of a head is there, and hides from the HTTP library what that must not see.
    State read_head();
    /// Up to `size` bytes; 0: the client has closed; -1: state() says what is wrong.
    int64_t read(char* to, size_t size);
    /// Keeps bytes for flush(), so that an answer leaves in one piece.
    void write(std::string_view bytes) { unsent_.append(bytes); }
    /// Sends what was written. False where that is not possible.
    bool flush();
    /// Closes after an answer to a request that was not read to its end: reads on for a moment, as the answer would be
    /// lost otherwise.
    void linger();

    [[nodiscard]] State state() const { return state_; }
    [[nodiscard]] int socket() const { return socket_; }

  private:
    bool wait(short events, bool or_woken = false);
    /// Receives what there is behind what is kept.
    bool fill();
    [[nodiscard]] std::string_view kept() const { return {buffer_.data() + begin_, end_ - begin_}; }

    int socket_, wake_;
    size_t largest_head_, allowed_ = 0;
    Clock::time_point deadline_;
    State state_ = State::ready;
    std::vector<char> buffer_;
    size_t begin_ = 0, end_ = 0;  ///< of what is received and not read
    std::string unsent_;
};

}  // namespace cnnlab
