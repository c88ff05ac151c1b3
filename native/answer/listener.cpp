#include "native/answer/listener.hpp"

#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <system_error>
#include <utility>

#include "engine/core/error.hpp"
#include "native/system/system_error.hpp"

namespace cnnlab {

namespace {

constexpr int backlog = 512;

std::string remedy_of_bind(int reason) {
    if (reason == EADDRINUSE)
        return "another program listens there: choose another --port, or 0 for any that is free";
    if (reason == EADDRNOTAVAIL) return "give --host an address of this machine, or 0.0.0.0 for all of them";
    if (reason == EACCES) return "ports below 1024 are the system's: choose a higher --port";
    return remedy_for(reason, "choose another --host or --port");
}

}  // namespace

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
    if (this != &other) {
        close();
        number_ = std::exchange(other.number_, -1);
    }
    return *this;
}

void Descriptor::close() {
    if (number_ >= 0) ::close(number_);
    number_ = -1;
}

Descriptor listen_at(const std::string& host, int port) {
    const std::string place = host + ":" + std::to_string(port);
    addrinfo wanted{};
    wanted.ai_family = AF_UNSPEC;
    wanted.ai_socktype = SOCK_STREAM;
    wanted.ai_flags = AI_PASSIVE;
    addrinfo* found = nullptr;
    if (const int result = ::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &wanted, &found);
        result != 0)
        throw Error(ErrorCode::io, place, std::string("is no address: ") + ::gai_strerror(result),
                    "give --host an address of this machine, such as 127.0.0.1");
    const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> addresses(found, &::freeaddrinfo);
    int reason = 0;
    for (const addrinfo* address = found; address != nullptr; address = address->ai_next) {
        Descriptor socket(
            ::socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, address->ai_protocol));
        const int on = 1;
        if (socket.number() >= 0 &&
            ::setsockopt(socket.number(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0 &&
            ::bind(socket.number(), address->ai_addr, address->ai_addrlen) == 0 &&
            ::listen(socket.number(), backlog) == 0)
            return socket;
        reason = errno;
    }
    throw Error(ErrorCode::io, place, "cannot be listened at: " + std::generic_category().message(reason),
                remedy_of_bind(reason));
}

int port_of(const Descriptor& listener) {
    sockaddr_storage address{};
    socklen_t size = sizeof address;
    if (::getsockname(listener.number(), reinterpret_cast<sockaddr*>(&address), &size) != 0) return 0;
    return ntohs(address.ss_family == AF_INET6 ? reinterpret_cast<sockaddr_in6*>(&address)->sin6_port
                                               : reinterpret_cast<sockaddr_in*>(&address)->sin_port);
}

}  // namespace cnnlab
