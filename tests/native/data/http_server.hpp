#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <string>
#include <thread>

namespace cnnlab::test {

/// Answers every request on a loopback port with the same bytes, for as long as it lives and for 100 requests at most.
class HttpServer {
  public:
    explicit HttpServer(std::string answer) : answer_(std::move(answer)) {
        socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t length = sizeof address;
        ::bind(socket_, reinterpret_cast<sockaddr*>(&address), length);
        ::listen(socket_, 4);
        ::getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &length);
        port_ = ntohs(address.sin_port);
        thread_ = std::thread([this] { serve(); });
    }
    ~HttpServer() {
        is_done_ = true;
        thread_.join();
        ::close(socket_);
    }
    HttpServer(const HttpServer&) = delete;
    HttpServer& operator=(const HttpServer&) = delete;

    [[nodiscard]] std::string url(const std::string& name) const {
        return "http://127.0.0.1:" + std::to_string(port_) + "/" + name;
    }

  private:
    void serve() {
        for (int requests = 0; requests < 100 && !is_done_;) {
            pollfd waiting{socket_, POLLIN, 0};
            if (::poll(&waiting, 1, 20) <= 0) continue;
            const int client = ::accept(socket_, nullptr, nullptr);
            if (client < 0) continue;
            ++requests;
            char request[4096];
            if (::recv(client, request, sizeof request, 0) > 0) {
                for (size_t sent = 0; sent < answer_.size();) {
                    const ssize_t count =
                        ::send(client, answer_.data() + sent, answer_.size() - sent, MSG_NOSIGNAL);
                    if (count <= 0) break;
                    sent += static_cast<size_t>(count);
                }
            }
            ::close(client);
        }
    }

    std::string answer_;
    int socket_ = -1;
    int port_ = 0;
    std::atomic<bool> is_done_ = false;
    std::thread thread_;
};

}  // namespace cnnlab::test
