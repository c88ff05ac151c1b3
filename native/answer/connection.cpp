#include "native/answer/connection.hpp"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

namespace cnnlab {

namespace {

constexpr size_t buffer_bytes = size_t{64} << 10U;

/// Where a head ends: behind its first empty line; npos where it does not yet.
size_t end_of_head(std::string_view text) {
    constexpr std::string_view mark = "\n\r\n";
    const size_t at = text.find(mark);
    return at == std::string_view::npos ? at : at + mark.size();
}

/// Takes "Range" out of a head. An answer may ignore it, and the library that reads heads (cpp-httplib 0.11) matches it
/// with std::regex, whose stack grows with the text, and repeats an answer as often as it says.
void hide_range(char* head, size_t size) {
    constexpr std::string_view name = "range:";
    for (size_t line = 0; line + name.size() < size;) {
        const bool is_range = std::equal(name.begin(), name.end(), head + line, [](char wanted, char c) {
            return wanted == (c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c);
        });
        if (is_range) head[line] = 'X';
        const void* next = std::memchr(head + line, '\n', size - line);
        if (next == nullptr) return;
        line = static_cast<size_t>(static_cast<const char*>(next) - head) + 1;
    }
}

}  // namespace

Connection::Connection(int socket, int wake, size_t largest_head)
    : socket_(socket),
      wake_(wake),
      largest_head_(std::min(largest_head, buffer_bytes)),
      buffer_(buffer_bytes) {}

bool Connection::wait(short events, bool or_woken) {
    for (;;) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline_ - Clock::now()).count();
        if (left <= 0) {
            state_ = State::late;
            return false;
        }
        std::array<pollfd, 2> watched{pollfd{socket_, events, 0}, pollfd{wake_, POLLIN, 0}};
        const int ready =
            ::poll(watched.data(), or_woken ? 2 : 1, static_cast<int>(std::min<int64_t>(left, 1000 * 1000)));
        if (ready < 0 && errno != EINTR) break;
        if (ready > 0 && watched[0].revents != 0)
            return true;  // what is wrong with it recv() or send() tells
        if (ready > 0 && watched[1].revents != 0) break;
    }
    state_ = State::closed;
    return false;
}

bool Connection::fill() {
    if (!flush()) return false;
    if (begin_ == end_) begin_ = end_ = 0;
    if (end_ == buffer_.size()) {
        std::move(buffer_.begin() + static_cast<std::ptrdiff_t>(begin_),
                  buffer_.begin() + static_cast<std::ptrdiff_t>(end_), buffer_.begin());
        end_ -= begin_;
        begin_ = 0;
    }
    for (;;) {
        const ssize_t count = ::recv(socket_, buffer_.data() + end_, buffer_.size() - end_, MSG_DONTWAIT);
        if (count > 0) {
            // Who sends one byte after the other must not stay for ever.
            if (Clock::now() >= deadline_) {
                state_ = State::late;
                return false;
            }
            end_ += static_cast<size_t>(count);
            return true;
        }
        if (count < 0 && errno == EINTR) continue;
        if (count == 0 || (errno != EAGAIN && errno != EWOULDBLOCK)) {
            state_ = State::closed;
            return false;
        }
        if (!wait(POLLIN)) return false;
    }
}

Connection::State Connection::wait_for_request() {
    state_ = State::ready;
    if (begin_ == end_) (void)wait(POLLIN, true);
    return state_;
}

Connection::State Connection::read_head() {
    state_ = State::ready;
    while (end_of_head(kept()) == std::string_view::npos) {
        if (kept().size() >= largest_head_) return state_ = State::too_long;
        if (!fill()) return state_;
    }
    const size_t size = end_of_head(kept());
    if (size > largest_head_) return state_ = State::too_long;
    hide_range(buffer_.data() + begin_, size);
    return state_;
}

int64_t Connection::read(char* to, size_t size) {
    if (begin_ == end_ && !fill()) return state_ == State::closed ? 0 : -1;
    if (allowed_ == 0) {
        state_ = State::too_long;
        return -1;
    }
    const size_t count = std::min({size, end_ - begin_, allowed_});
    allowed_ -= count;
    std::memcpy(to, buffer_.data() + begin_, count);
    begin_ += count;
    return static_cast<int64_t>(count);
}

bool Connection::flush() {
    size_t sent = 0;
    while (sent < unsent_.size()) {
        const ssize_t count =
            ::send(socket_, unsent_.data() + sent, unsent_.size() - sent, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (count >= 0) {
            sent += static_cast<size_t>(count);
        } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
            if (!wait(POLLOUT)) break;
        } else if (errno != EINTR) {
            state_ = State::closed;
            break;
        }
    }
    const bool is_done = sent == unsent_.size();
    unsent_.clear();
    return is_done;
}

void Connection::linger() {
    constexpr auto moment = std::chrono::milliseconds(500);
    constexpr size_t most = size_t{64} << 20U;
    ::shutdown(socket_, SHUT_WR);
    set_deadline(Clock::now() + moment);
    for (size_t dropped = 0; dropped < most; dropped += end_ - begin_) {
        begin_ = end_ = 0;
        if (!fill()) return;
    }
}

}  // namespace cnnlab
