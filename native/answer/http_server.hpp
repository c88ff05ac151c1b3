#pragma once

#include <functional>
#include <memory>
#include <string>

#include "native/answer/service.hpp"

namespace cnnlab {

/// Throws Error (unsupported) where this program was built without an HTTP library.
void check_http();

/// Serves a Service over HTTP/1.1. A connection has a thread of its own, up to a limit; those beyond get status 503.
/// A request has to arrive within the service's time, however slowly its bytes come. What a request leaves unread
/// closes the connection.
class HttpServer {
  public:
    struct Address {
        std::string host = "127.0.0.1";
        int port = 8080;  ///< 0: any that is free
    };
    /// Listens from now on; nothing is answered before run(). Throws Error (io), and unsupported as check_http().
    HttpServer(Service& service, const Address& address, int connections);
    ~HttpServer();
    HttpServer(const HttpServer&) = delete;
    HttpServer& operator=(const HttpServer&) = delete;

    /// "http://127.0.0.1:8080", with the port that it has got.
    [[nodiscard]] std::string url() const;
    [[nodiscard]] int port() const;
    /// Serves until `is_over`, which is asked some times a second, or stop(). Then nobody else is let in, requests
    /// that have begun are answered, and it returns.
    void run(const std::function<bool()>& is_over);
    /// Ends run(), from any thread.
    void stop();

  private:
    class Server;
    std::unique_ptr<Server> server_;
};

}  // namespace cnnlab
