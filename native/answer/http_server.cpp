// The one file that includes the HTTP library, cpp-httplib: it reads requests and writes answers. Sockets, times and
// sizes are ours (connection.hpp), as the library of Debian 12 (0.11.4) limits neither the length of a line, nor the
// headers, nor a body in pieces, nor the time that a request takes in all.
#include "native/answer/http_server.hpp"

#include "engine/core/error.hpp"

#if defined(CNNLAB_HAS_HTTP)

#include <httplib.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/eventfd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <memory>
#include <thread>
#include <utility>

#include "native/answer/connection.hpp"
#include "native/answer/listener.hpp"
#include "native/system/system_error.hpp"

namespace cnnlab {

namespace {

using Clock = Connection::Clock;

constexpr size_t largest_head = size_t{16} << 10U, longest_path = 1024;
constexpr std::chrono::milliseconds idle_time = std::chrono::seconds(30),
                                    busy_idle_time = std::chrono::seconds(1),
                                    refusal_time = std::chrono::seconds(1),
                                    stop_check = std::chrono::milliseconds(100);
constexpr int refusers = 8;  ///< threads that tell connections beyond the limit that they are

/// A connection as the library wants it. Its virtual functions differ from version to version (0.11 to 0.53 are known):
/// those here are all of them, so that none may say `override`.
class HttpStream final : public httplib::Stream {
  public:
    explicit HttpStream(Connection& connection) : connection_(&connection) {}
    // NOLINTBEGIN(modernize-use-override)
    bool is_readable() const { return true; }
    bool is_writable() const { return true; }
    bool wait_readable() const { return true; }
    bool wait_writable() const { return true; }
    ssize_t read(char* to, size_t size) { return connection_->read(to, size); }
    ssize_t write(const char* bytes, size_t size) {
        connection_->write({bytes, size});
        return static_cast<ssize_t>(size);
    }
    void get_remote_ip_and_port(std::string& /*ip*/, int& /*port*/) const {}
    void get_local_ip_and_port(std::string& /*ip*/, int& /*port*/) const {}
    socket_t socket() const { return connection_->socket(); }
    time_t duration() const { return 0; }
    // NOLINTEND(modernize-use-override)

  private:
    Connection* connection_;
};

/// One request and its answer, between the library's callbacks, which this thread gets.
struct Exchange {
    Connection* connection = nullptr;
    RequestHead head;
    bool has_head = false;  ///< the library understood it
    bool has_long_path = false;
    bool must_close = false;  ///< after the answer, as not all was read
    int status = 0;           ///< of the answer
};
thread_local Exchange* exchange = nullptr;

void put(const Reply& reply, httplib::Response& response) {
    response.status = reply.status;
    response.body = reply.body;
    response.set_header("Content-Type", reply.content_type);
    for (const auto& [name, value] : reply.headers) response.set_header(name.c_str(), value);
}

/// An answer without the library, to what is no request.
std::string plain_answer(const Reply& reply, const std::string& reason) {
    std::string text = "HTTP/1.1 " + std::to_string(reply.status) + " " + reason +
                       "\r\nContent-Type: " + reply.content_type +
                       "\r\nContent-Length: " + std::to_string(reply.body.size()) +
                       "\r\nConnection: close\r\n";
    for (const auto& [name, value] : reply.headers)
        text.append(name).append(": ").append(value).append("\r\n");
    return text + "\r\n" + reply.body;
}

/// A length of nothing but digits; none where it is something else.
std::optional<uint64_t> length_of(const std::string& text) {
    constexpr size_t most_digits = 18;
    if (text.empty() || text.size() > most_digits ||
        text.find_first_not_of("0123456789") != std::string::npos)
        return {};
    return std::stoull(text);
}

RequestHead head_of(const httplib::Request& request) {
    RequestHead head;
    head.method = request.method;
    head.path = request.path;
    for (const auto& [name, value] : request.params) head.query.emplace(name, value);
    head.content_type = request.get_header_value("Content-Type");
    head.content_encoding = request.get_header_value("Content-Encoding");
    head.json_length = request.get_header_value("Inference-Header-Content-Length");
    head.content_length = length_of(request.get_header_value("Content-Length"));
    head.has_pieces = request.has_header("Transfer-Encoding");
    return head;
}

/// Before the library looks at a request's body: keeps for itself what the service wants to know, and hides what the
/// library would do better not to see.
void take_head(httplib::Request& request) {
    exchange->head = head_of(request);
    exchange->has_long_path = request.path.size() > longest_path;
    if (exchange->has_long_path) request.path = "/";
    // It would compress answers, by Brotli slowly, and read forms with a std::regex whose stack a long line overflows.
    request.headers.erase("Accept-Encoding");
    request.headers.erase("Content-Type");
}

/// Two lengths, a length beside pieces, or pieces in another coding: another program may see another request there.
bool has_unclear_length(const httplib::Request& request) {
    const size_t lengths = request.get_header_value_count("Content-Length"),
                 codings = request.get_header_value_count("Transfer-Encoding");
    if (lengths + codings > 1) return true;
    if (codings == 1) return request.get_header_value("Transfer-Encoding") != "chunked";
    return lengths == 1 && !exchange->head.content_length;
}

/// Whether bytes follow the head, or may follow: a POST says how many.
bool has_body() {
    const RequestHead& head = exchange->head;
    return head.has_pieces || (head.content_length ? *head.content_length > 0 : head.method == "POST");
}

}  // namespace

class HttpServer::Server final : public httplib::Server {
  public:
    Server(Service& service, const Address& address, int connections)
        : service_(&service),
          host_(address.host),
          listener_(listen_at(address.host, address.port)),
          wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
          connections_(connections) {
        if (wake_.number() < 0) fail_io("eventfd", "cannot be made", errno);
        set_pre_routing_handler([this](const httplib::Request& request, httplib::Response& response) {
            return begin(request, response) ? HandlerResponse::Handled : HandlerResponse::Unhandled;
        });
        set_expect_100_continue_handler([this](const httplib::Request& request, httplib::Response& response) {
            constexpr int go_on = 100;
            return refuse(request, response) ? response.status : go_on;
        });
        Post(".*", [this](const httplib::Request& /*request*/, httplib::Response& response,
                          const httplib::ContentReader& reader) { answer_body(response, reader); });
        set_exception_handler([](const httplib::Request& /*request*/, httplib::Response& response,
                                 const std::exception_ptr& /*reason*/) {
            exchange->must_close = true;
            put(refusal(500, "the service has failed"), response);
        });
        set_error_handler([](const httplib::Request& /*request*/, httplib::Response& response) {
            // What the library refuses by itself is no request.
            if (response.body.empty()) put(refusal(response.status, "this is no HTTP request"), response);
        });
        set_post_routing_handler([this](const httplib::Request& /*request*/, httplib::Response& response) {
            exchange->status = response.status;
            if (!exchange->has_head) exchange->must_close = true;
            // it names limits that are the library's
            response.headers.erase("Keep-Alive");
            if (!exchange->must_close && !is_stopping_) return;
            response.headers.erase("Connection");
            response.set_header("Connection", "close");
        });
    }

    [[nodiscard]] std::string url() const {
        const bool has_colons = host_.find(':') != std::string::npos;
        return "http://" + (has_colons ? "[" + host_ + "]" : host_) + ":" + std::to_string(port());
    }
    [[nodiscard]] int port() const { return port_of(listener_); }

    void run(const std::function<bool()>& is_over) {
        httplib::ThreadPool threads(static_cast<size_t>(connections_ + refusers));
        const Close close{*this, threads};
        while (!is_stopping_ && !is_over()) {
            std::array<pollfd, 2> watched{pollfd{listener_.number(), POLLIN, 0},
                                          pollfd{wake_.number(), POLLIN, 0}};
            if (::poll(watched.data(), watched.size(), static_cast<int>(stop_check.count())) > 0)
                (void)accept_one(threads);
        }
        // Those that the system has already let in.
        while (accept_one(threads)) {
        }
    }

    void stop() {
        is_stopping_ = true;
        (void)::eventfd_write(wake_.number(), 1);
    }

  private:
    /// At the end of run(), also after an exception.
    struct Close {
        Server& server;
        httplib::ThreadPool& threads;
        ~Close() {
            server.stop();
            server.listener_.close();
            threads.shutdown();
        }
    };

    /// False where nobody waits to be let in.
    bool accept_one(httplib::ThreadPool& threads) {
        const int socket = ::accept4(listener_.number(), nullptr, nullptr, SOCK_CLOEXEC);
        if (socket < 0) {
            // The reasons pass: a client that has left, a network that is down, no descriptor or memory just now.
            if (errno != EAGAIN && errno != EINTR) std::this_thread::sleep_for(std::chrono::milliseconds(10));
            return false;
        }
        const int on = 1;
        ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        std::atomic<int>& open = service_->counters().connections;
        const int before = open.fetch_add(1);
        const auto owner = std::make_shared<Descriptor>(socket);
        if (before >= connections_ + refusers) {
            --open;
            return true;
        }
        threads.enqueue([this, owner, &open, is_refused = before >= connections_] {
            try {
                Connection connection(owner->number(), wake_.number(), largest_head);
                if (is_refused)
                    refuse_connection(connection);
                else
                    serve(connection);
            } catch (const std::exception&) {
                // There is no memory for one more: this connection ends, the others go on.
            }
            owner->close();
            --open;
        });
        return true;
    }

    void serve(Connection& connection) {
        HttpStream stream(connection);
        for (;;) {
            if (!wait_for_request(connection)) return;
            connection.set_deadline(Clock::now() + service_->limits().time);
            if (connection.read_head() != Connection::State::ready) {
                refuse_head(connection);
                return;
            }
            // The library reads the length of a piece from a line of any length.
            connection.allow(largest_head + 2 * service_->limits().body);
            const auto start = Clock::now();
            Exchange one;
            one.connection = &connection;
            exchange = &one;
            bool is_closed = false;
            const bool is_written = process(*this, stream, is_closed);
            exchange = nullptr;
            // Reading an answer has its own time.
            connection.set_deadline(Clock::now() + service_->limits().time);
            const bool is_sent = is_written && connection.flush();
            service_->counters().add_request(Service::route_of(one.head.path), one.status,
                                             std::chrono::duration<double>(Clock::now() - start).count());
            if (is_sent && one.must_close) connection.linger();
            if (!is_sent || one.must_close || is_closed || is_stopping_) return;
        }
    }

    /// Where most connections are in use, one that asks for nothing makes room soon.
    bool wait_for_request(Connection& connection) {
        const auto start = Clock::now();
        Connection::State state = Connection::State::late;
        while (state == Connection::State::late) {
            const auto idle = Clock::now() - start;
            if (idle >= idle_time || (idle >= busy_idle_time && is_crowded())) return false;
            connection.set_deadline(Clock::now() + busy_idle_time);
            state = connection.wait_for_request();
        }
        return state == Connection::State::ready;
    }
    [[nodiscard]] bool is_crowded() const { return 4 * service_->counters().connections > 3 * connections_; }

    /// The library's own function, which has more arguments in later versions.
    template <class Self>
    static bool process(Self& self, HttpStream& stream, bool& is_closed) {
        const std::function<void(httplib::Request&)> take = take_head;
        if constexpr (requires { self.process_request(stream, false, is_closed, take); })
            return self.process_request(stream, false, is_closed, take);
        else
            return self.process_request(stream, std::string(), 0, std::string(), 0, false, is_closed, take);
    }

    /// Answers what needs no body, or shall get none; false: the body is to be read.
    bool begin(const httplib::Request& request, httplib::Response& response) {
        if (refuse(request, response)) return true;
        if (exchange->head.method == "POST") return false;
        // Nobody reads a body that comes with a GET.
        exchange->must_close = has_body();
        put(service_->answer(exchange->head, {}, exchange->connection->deadline()), response);
        return true;
    }

    bool refuse(const httplib::Request& request, httplib::Response& response) {
        exchange->has_head = true;
        std::optional<Reply> reply;
        if (exchange->has_long_path)
            reply = refusal(414, "is longer than " + std::to_string(longest_path) + " bytes", "path");
        else if (has_unclear_length(request))
            reply = refusal(400, "has to be one number, or Transfer-Encoding one word, \"chunked\"",
                            "Content-Length");
        else
            reply = service_->refuse(exchange->head);
        if (!reply) return false;
        exchange->must_close = exchange->has_long_path || has_unclear_length(request) || has_body();
        put(*reply, response);
        return true;
    }

    void answer_body(httplib::Response& response, const httplib::ContentReader& reader) {
        const size_t most = service_->limits().body;
        std::string body;
        bool is_long = false;
        const bool is_whole = reader([&](const char* bytes, size_t size) {
            is_long = size > most - body.size();
            if (!is_long) body.append(bytes, size);
            return !is_long;
        });
        if (is_whole) {
            put(service_->answer(exchange->head, body, exchange->connection->deadline()), response);
            return;
        }
        exchange->must_close = true;
        const Connection::State state = exchange->connection->state();
        if (is_long || state == Connection::State::too_long)
            put(refusal(413, "has more than " + std::to_string(most) + " bytes", "body"), response);
        else if (state == Connection::State::late)
            put(late(), response);
        else
            put(refusal(400, "ends too early, or its pieces are no pieces", "body"), response);
    }

    [[nodiscard]] Reply late() const {
        return refusal(408, "the request did not arrive within " +
                                std::to_string(service_->limits().time.count()) + " ms");
    }

    void refuse_head(Connection& connection) {
        const Connection::State state = connection.state();
        if (state == Connection::State::closed) return;
        const bool is_late = state == Connection::State::late;
        say_plainly(connection,
                    is_late ? late()
                            : refusal(431, "the request's headers have more than " +
                                               std::to_string(largest_head) + " bytes"),
                    is_late ? "Request Timeout" : "Request Header Fields Too Large");
    }

    void refuse_connection(Connection& connection) {
        connection.set_deadline(Clock::now() + refusal_time);
        (void)connection.read_head();
        say_plainly(connection,
                    refusal(503, "there are " + std::to_string(connections_) + " connections already"),
                    "Service Unavailable");
    }

    void say_plainly(Connection& connection, const Reply& reply, const std::string& reason) {
        service_->counters().add_request("other", reply.status, 0);
        connection.set_deadline(Clock::now() + refusal_time);
        connection.write(plain_answer(reply, reason));
        if (connection.flush()) connection.linger();
    }

    Service* service_;
    std::string host_;
    Descriptor listener_, wake_;
    int connections_;
    std::atomic<bool> is_stopping_{false};
};

void check_http() {}

HttpServer::HttpServer(Service& service, const Address& address, int connections)
    : server_(std::make_unique<Server>(service, address, connections)) {}
HttpServer::~HttpServer() = default;
std::string HttpServer::url() const { return server_->url(); }
int HttpServer::port() const { return server_->port(); }
void HttpServer::run(const std::function<bool()>& is_over) { server_->run(is_over); }
void HttpServer::stop() { server_->stop(); }

}  // namespace cnnlab

#else

namespace cnnlab {

class HttpServer::Server {};

void check_http() {
    throw Error(ErrorCode::unsupported, "answer", "this program was built without cpp-httplib",
                "install it (Debian: libcpp-httplib-dev) and build again");
}

HttpServer::HttpServer(Service& /*service*/, const Address& /*address*/, int /*connections*/) {
    check_http();
}
HttpServer::~HttpServer() = default;
std::string HttpServer::url() const { return {}; }
int HttpServer::port() const { return 0; }
void HttpServer::run(const std::function<bool()>& /*is_over*/) {}
void HttpServer::stop() {}

}  // namespace cnnlab

#endif
