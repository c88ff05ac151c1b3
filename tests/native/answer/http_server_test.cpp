// The service over sockets: a client of the same library, and clients that break every rule.

#include "native/answer/http_server.hpp"

#include <gtest/gtest.h>

#if defined(CNNLAB_HAS_HTTP)

#include <arpa/inet.h>
#include <httplib.h>
#include <poll.h>
#include <sys/socket.h>

#include <atomic>
#include <condition_variable>

#include "native/answer/listener.hpp"
#include "native/pictures/picture_file.hpp"
#include "tests/errors.hpp"

namespace cnnlab::test {
namespace {

using namespace std::chrono_literals;

constexpr ImageShape shape{4, 5, 3};
constexpr size_t largest_body = 20000;

/// A server on a port of its own, whose network the test can hold back.
class HttpTest : public ::testing::Test {
  protected:
    void SetUp() override { start(); }
    void start(int connections = 8, std::chrono::milliseconds time = 20s) {
        service_ = std::make_unique<Service>(Service::Facts{"net", shape, {"red", "green", "blue"}},
                                             BatchQueue::Limits{.batch = 4, .images = 16},
                                             ServiceLimits{largest_body, time},
                                             [this](std::span<const Pixels> images) { return work(images); });
        server_ = std::make_unique<HttpServer>(*service_, HttpServer::Address{"127.0.0.1", 0}, connections);
        thread_ = std::thread([this] { server_->run([] { return false; }); });
    }
    void restart(int connections, std::chrono::milliseconds time) {
        stop();
        start(connections, time);
    }
    void stop() {
        if (!thread_.joinable()) return;
        server_->stop();
        thread_.join();
    }
    void TearDown() override {
        hold(false);
        stop();
    }

    std::vector<Row> work(std::span<const Pixels> images) {
        std::unique_lock lock(mutex_);
        ++running_;
        changed_.notify_all();
        changed_.wait(lock, [&] { return !is_held_; });
        --running_;
        std::vector<Row> rows;
        for (const Pixels& image : images)
            rows.push_back({image[0] / 255., image[1] / 255., image[2] / 255.});
        return rows;
    }
    void hold(bool held) {
        const std::lock_guard lock(mutex_);
        is_held_ = held;
        changed_.notify_all();
    }
    void wait_until_it_runs() {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return running_ > 0; });
    }

    httplib::Client client() { return httplib::Client("127.0.0.1", server_->port()); }

    std::unique_ptr<Service> service_;
    std::unique_ptr<HttpServer> server_;
    std::thread thread_;
    std::mutex mutex_;
    std::condition_variable changed_;
    bool is_held_ = false;
    int running_ = 0;
};

std::string png_of(uint8_t r, uint8_t g, uint8_t b) {
    Image image(4, 5, 3);
    for (size_t i = 0; i < image.pixels.size(); i += 3) {
        image.pixels[i] = r;
        image.pixels[i + 1] = g;
        image.pixels[i + 2] = b;
    }
    const std::vector<uint8_t> bytes = encode_png(image);
    return {bytes.begin(), bytes.end()};
}

std::string first_class(const std::string& body) {
    return Json::parse(body)["predictions"][0]["top"][0]["class"];
}

/// A client without manners.
class Raw {
  public:
    explicit Raw(int port) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(static_cast<uint16_t>(port));
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        EXPECT_EQ(::connect(socket_.number(), reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    }
    /// False where the other side takes no more.
    bool send(std::string_view bytes) {
        while (!bytes.empty()) {
            const ssize_t sent = ::send(socket_.number(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (sent <= 0) return false;
            bytes.remove_prefix(static_cast<size_t>(sent));
        }
        return true;
    }
    void finish() { ::shutdown(socket_.number(), SHUT_WR); }
    /// All that comes until the other side closes.
    std::string all() {
        std::string text;
        char bytes[4096];
        for (;;) {
            pollfd watched{socket_.number(), POLLIN, 0};
            if (::poll(&watched, 1, 20000) <= 0) return text + " (it does not close)";
            const ssize_t count = ::recv(socket_.number(), bytes, sizeof bytes, 0);
            if (count <= 0) return text;
            text.append(bytes, static_cast<size_t>(count));
        }
    }
    void close() { socket_.close(); }

  private:
    Descriptor socket_;
};

int status_of(const std::string& answer) {
    constexpr std::string_view start = "HTTP/1.1 ";
    return answer.starts_with(start) ? std::stoi(answer.substr(start.size(), 3)) : 0;
}
/// How many answers came one after the other.
size_t answers_in(const std::string& text) {
    size_t count = 0;
    for (size_t at = 0; (at = text.find("HTTP/1.1 ", at)) != std::string::npos; ++at) ++count;
    return count;
}

TEST_F(HttpTest, AnswersAClient) {
    auto http = client();
    http.set_keep_alive(true);
    const auto health = http.Get("/healthz");
    ASSERT_TRUE(health);
    EXPECT_EQ(health->status, 200);
    EXPECT_EQ(health->get_header_value("Content-Type"), "application/json");
    EXPECT_EQ(Json::parse(health->body)["network"], "net");
    const auto head = http.Head("/healthz");
    ASSERT_TRUE(head);
    EXPECT_EQ(head->body, "");
    EXPECT_EQ(head->get_header_value("Content-Length"), std::to_string(health->body.size()));
    const auto png = http.Post("/predict?top=1", png_of(0, 200, 0), "image/png");
    ASSERT_TRUE(png);
    EXPECT_EQ(png->status, 200) << png->body;
    EXPECT_EQ(first_class(png->body), "green");
    const auto form = http.Post(
        "/predict", httplib::MultipartFormDataItems{{"image", png_of(200, 0, 0), "red.png", "image/png"},
                                                    {"image", png_of(0, 0, 200), "blue.png", "image/png"}});
    ASSERT_TRUE(form);
    EXPECT_EQ(form->status, 200) << form->body;
    EXPECT_EQ(Json::parse(form->body)["predictions"][1]["image"], "blue.png");
    EXPECT_EQ(Json::parse(form->body)["predictions"][1]["top"][0]["class"], "blue");
    Json data = Json::array();
    for (int64_t i = 0; i < shape.count(); ++i) data.push_back(0);
    data[2] = 51;
    const Json infer{
        {"inputs", {{{"name", "image"}, {"shape", {1, 4, 5, 3}}, {"datatype", "UINT8"}, {"data", data}}}}};
    const auto tensor = http.Post("/v2/models/net/infer", infer.dump(), "application/json");
    ASSERT_TRUE(tensor);
    EXPECT_EQ(tensor->status, 200) << tensor->body;
    EXPECT_EQ(Json::parse(tensor->body)["outputs"][0]["data"][2].get<float>(), .2F) << tensor->body;
    const auto metrics = http.Get("/metrics");
    ASSERT_TRUE(metrics);
    EXPECT_NE(metrics->body.find("cnnlab_requests_total{path=\"/predict\",status=\"200\"} 2"),
              std::string::npos)
        << metrics->body;
    EXPECT_NE(metrics->body.find("cnnlab_connections 1"), std::string::npos) << metrics->body;
}

TEST_F(HttpTest, RefusesWithAStatusAndAReason) {
    auto http = client();
    const auto check = [](const httplib::Result& result, int status, const std::string& words) {
        ASSERT_TRUE(result);
        EXPECT_EQ(result->status, status) << result->body;
        EXPECT_NE(Json::parse(result->body)["error"].get<std::string>().find(words), std::string::npos)
            << result->body;
    };
    check(http.Get("/nothing"), 404, "/openapi.json");
    check(http.Post("/nothing", "body", "text/plain"), 404, "/openapi.json");
    check(http.Put("/predict", "body", "text/plain"), 405, "POST");
    check(http.Delete("/predict"), 405, "POST");
    check(http.Options("/healthz"), 405, "GET, HEAD");
    check(http.Post("/predict", "body", "text/plain"), 415, "image/png");
    check(http.Post("/predict", "body", "image/png"), 400, "no picture");
    check(http.Post("/predict", std::string(largest_body + 1, 'x'), "image/png"), 413, "20000 bytes");
    check(http.Post("/v2/models/net/infer", "{", "application/json"), 400, "JSON");
    check(http.Get("/" + std::string(2000, 'x')), 414, "1024");
    check(http.Post("/predict", httplib::Headers{{"Content-Encoding", "gzip"}}, "body", "image/png"), 415,
          "gzip");
    // In pieces, so that nobody says before how much there will be.
    size_t left = 3 * largest_body;
    check(http.Post(
              "/predict",
              [&](size_t /*offset*/, httplib::DataSink& sink) {
                  const std::string piece(std::min<size_t>(left, 1000), 'x');
                  left -= piece.size();
                  sink.write(piece.data(), piece.size());
                  if (left == 0) sink.done();
                  return true;
              },
              "image/png"),
          413, "20000 bytes");
}

TEST_F(HttpTest, RefusesWhatIsNoRequest) {
    const std::string get = "GET /healthz HTTP/1.1\r\n",
                      post = "POST /predict HTTP/1.1\r\nContent-Type: image/png\r\n";
    const std::pair<std::string, int> broken[] = {
        {"\r\n\r\n", 400},
        {"hello\n\r\n", 400},
        {std::string("\0\0\0\n\r\n", 6), 400},
        {"GET / HTTP/3\r\n\r\n", 400},
        {"BREW /pot HTTP/1.1\r\n\r\n", 400},
        {"GET\r\n\r\n", 400},
        {get + std::string(20000, 'x'), 431},
        {get + "A: " + std::string(9000, 'x') + "\r\n\r\n", 400},
        {std::string(20000, '\n'), 431},
        {post + "\r\n", 411},
        {post + "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello", 400},
        {post + "Content-Length: -5\r\n\r\nhello", 400},
        {post + "Content-Length: 1e3\r\n\r\nhello", 400},
        {post + "Content-Length: 99999999999999999999\r\n\r\nhello", 400},
        {post + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", 400},
        {post + "Transfer-Encoding: gzip, chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", 400},
        {post + "Transfer-Encoding: chunked\r\n\r\nxyz\r\n", 400},
        {post + "Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n", 400},
        {post + "Transfer-Encoding: chunked\r\n\r\nfffffffffffffff\r\n" + std::string(30000, 'x'), 413},
        {post + "Transfer-Encoding: chunked\r\n\r\n" + std::string(200000, '1'), 413},
        {post + "Content-Length: 1000000000000\r\n\r\n", 413},
        {post + "Content-Length: 1000000000000\r\nExpect: 100-continue\r\n\r\n", 413},
        {"POST /healthz HTTP/1.1\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n", 405},
    };
    for (const auto& [request, status] : broken) {
        Raw raw(server_->port());
        raw.send(request);
        raw.finish();
        const std::string answer = raw.all();
        EXPECT_EQ(status_of(answer), status) << request.substr(0, 100) << "\n" << answer;
        EXPECT_EQ(answers_in(answer), 1U) << request.substr(0, 100) << "\n" << answer;
        EXPECT_NE(answer.find("Connection: close\r\n"), std::string::npos) << answer;
        EXPECT_NE(answer.find("\r\n\r\n{\"error\":"), std::string::npos) << answer;
    }
    ASSERT_TRUE(client().Get("/healthz"));
}

// What cpp-httplib 0.11 hands to std::regex, or does as often as a header says.
TEST_F(HttpTest, HeadersDoNotMakeItWork) {
    std::string ranges = "bytes=0-0";
    while (ranges.size() < 7900) ranges += ",0-0";
    auto http = client();
    const auto ranged =
        http.Get("/healthz", httplib::Headers{{"Range", ranges}, {"Accept-Encoding", "gzip, br"}});
    ASSERT_TRUE(ranged);
    EXPECT_EQ(ranged->status, 200);
    EXPECT_FALSE(ranged->has_header("Content-Encoding"));
    EXPECT_TRUE(Json::parse(ranged->body).contains("status"));
    Raw raw(server_->port());
    raw.send("POST /predict HTTP/1.1\r\nrange: " + ranges +
             "\r\nContent-Length: 1\r\nContent-Type: multipart/form-data; boundary=X\r\nConnection: "
             "close\r\n\r\nx");
    EXPECT_EQ(status_of(raw.all()), 400);
}

TEST_F(HttpTest, WhatIsLeftUnreadIsNoRequest) {
    // The body of a GET, and of a POST that is refused, would be requests of their own.
    const std::string inner = "GET /healthz HTTP/1.1\r\n\r\n";
    const std::string length = "Content-Length: " + std::to_string(inner.size()) + "\r\n\r\n" + inner;
    for (const char* first :
         {"GET /healthz HTTP/1.1\r\n", "POST /nothing HTTP/1.1\r\n", "PUT /predict HTTP/1.1\r\n",
          "POST /predict HTTP/1.1\r\nContent-Type: text/plain\r\n"}) {
        Raw raw(server_->port());
        raw.send(first + length);
        raw.finish();
        EXPECT_EQ(answers_in(raw.all()), 1U) << first;
    }
    // Two requests at once are two answers.
    Raw two(server_->port());
    two.send(inner + "GET /v2 HTTP/1.1\r\nConnection: close\r\n\r\n");
    const std::string answers = two.all();
    EXPECT_EQ(answers_in(answers), 2U);
    EXPECT_NE(answers.find("extensions"), std::string::npos);
}

TEST_F(HttpTest, SlowClientsAreLetGo) {
    restart(8, 200ms);
    const std::string starts[] = {"GET /hea", "POST /predict HTTP/1.1\r\nContent-Length: 100\r\n\r\nabc",
                                  "POST /predict HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab"};
    for (const std::string& start : starts) {
        // Byte by byte, each in time: all together are late.
        Raw raw(server_->port());
        raw.send(start);
        const auto begin = std::chrono::steady_clock::now();
        std::thread drip([&] {
            for (int i = 0; i < 30 && raw.send("a"); ++i) std::this_thread::sleep_for(20ms);
        });
        const std::string answer = raw.all();
        const auto time = std::chrono::steady_clock::now() - begin;
        drip.join();
        EXPECT_EQ(status_of(answer), 408) << start << answer;
        EXPECT_GE(time, 190ms);
        EXPECT_LT(time, 10s);
    }
    // Who has left is no reason to stop.
    for (const std::string& start : starts) {
        Raw raw(server_->port());
        raw.send(start);
        raw.close();
    }
    const auto health = client().Get("/healthz");
    ASSERT_TRUE(health);
    EXPECT_EQ(health->status, 200);
}

TEST_F(HttpTest, MoreConnectionsThanItHasAreTold) {
    restart(2, 20s);
    const std::string get = "GET /healthz HTTP/1.1\r\n\r\n";
    Raw first(server_->port()), second(server_->port());
    first.send(get);
    second.send(get);
    while (service_->counters().requests() < 2) std::this_thread::sleep_for(1ms);
    Raw third(server_->port());
    third.send(get);
    const std::string answer = third.all();
    EXPECT_EQ(status_of(answer), 503) << answer;
    EXPECT_NE(answer.find("Retry-After: 1\r\n"), std::string::npos) << answer;
    first.close();
    // A place is free again.
    while (service_->counters().connections > 1) std::this_thread::sleep_for(1ms);
    const auto health = client().Get("/healthz");
    ASSERT_TRUE(health);
    EXPECT_EQ(health->status, 200);
}

TEST_F(HttpTest, WhoAsksForNothingMakesRoom) {
    restart(4, 20s);
    const std::string get = "GET /healthz HTTP/1.1\r\n\r\n";
    std::vector<std::unique_ptr<Raw>> idle;
    for (int i = 0; i < 4; ++i) {
        idle.push_back(std::make_unique<Raw>(server_->port()));
        idle.back()->send(get);
    }
    while (service_->counters().requests() < 4) std::this_thread::sleep_for(1ms);
    EXPECT_EQ(service_->counters().connections, 4);
    // Of four one leaves after a second; fewer are no crowd.
    while (service_->counters().connections == 4) std::this_thread::sleep_for(10ms);
    EXPECT_EQ(client().Get("/healthz")->status, 200);
}

TEST_F(HttpTest, AFullQueueSaysWhenToComeAgain) {
    hold(true);
    std::vector<std::thread> clients;
    std::atomic<int> answered{0};
    const auto ask = [&] {
        const auto result = client().Post("/predict", png_of(9, 0, 0), "image/png");
        if (result && result->status == 200) ++answered;
    };
    clients.emplace_back(ask);
    wait_until_it_runs();
    // A form of 16 fills the queue.
    clients.emplace_back([&] {
        httplib::MultipartFormDataItems items;
        for (int i = 0; i < 16; ++i) items.push_back({"image", png_of(9, 0, 0), "a.png", "image/png"});
        const auto result = client().Post("/predict", items);
        if (result && result->status == 200) ++answered;
    });
    std::string metrics;
    while (metrics.find("cnnlab_queue_images 16") == std::string::npos)
        metrics = client().Get("/metrics")->body;
    const auto full = client().Post("/predict", png_of(9, 0, 0), "image/png");
    ASSERT_TRUE(full);
    EXPECT_EQ(full->status, 503);
    EXPECT_EQ(full->get_header_value("Retry-After"), "1");
    hold(false);
    for (std::thread& one : clients) one.join();
    EXPECT_EQ(answered, 2);
}

TEST_F(HttpTest, RequestsThatRunAreAnsweredWhenItStops) {
    hold(true);
    std::atomic<int> answered{0};
    std::vector<std::thread> clients;
    for (int i = 0; i < 5; ++i)
        clients.emplace_back([&] {
            const auto result = client().Post("/predict", png_of(0, 0, 9), "image/png");
            if (result && result->status == 200 && first_class(result->body) == "blue" &&
                result->get_header_value("Connection") == "close")
                ++answered;
        });
    Raw idle(server_->port()), half(server_->port());
    idle.send("GET /healthz HTTP/1.1\r\n\r\n");
    half.send("GET /healthz HTTP/1.1\r\n");
    wait_until_it_runs();
    std::string metrics;
    while (metrics.find("cnnlab_connections 7") == std::string::npos) metrics = service_->counters().text(0);
    while (service_->counters().requests() < 1) std::this_thread::sleep_for(1ms);
    std::this_thread::sleep_for(50ms);  // so that all have sent what they have
    const int port = server_->port();
    server_->stop();
    // A connection without a request is closed at once; one whose request has begun may finish it.
    EXPECT_EQ(answers_in(idle.all()), 1U);
    half.send("\r\n");
    EXPECT_EQ(status_of(half.all()), 200);
    EXPECT_EQ(answered, 0);
    hold(false);
    for (std::thread& one : clients) one.join();
    EXPECT_EQ(answered, 5);
    thread_.join();
    EXPECT_FALSE(httplib::Client("127.0.0.1", port).Get("/healthz")) << "it listens no more";
}

TEST_F(HttpTest, ManyClientsAtOnce) {
    restart(16, 20s);
    std::atomic<int> wrong{0}, right{0};
    std::vector<std::thread> clients;
    for (int c = 0; c < 12; ++c)
        clients.emplace_back([&, c] {
            auto http = client();
            http.set_keep_alive(true);
            const char* names[] = {"red", "green", "blue"};
            for (int i = 0; i < 40; ++i) {
                const int wanted = (c + i) % 3;
                const auto on = [&](int channel) {
                    return static_cast<uint8_t>(wanted == channel ? 250 : 1);
                };
                const auto result = http.Post("/predict", png_of(on(0), on(1), on(2)), "image/png");
                if (result && result->status == 200 && first_class(result->body) == names[wanted])
                    ++right;
                else
                    ++wrong;
            }
        });
    for (std::thread& one : clients) one.join();
    EXPECT_EQ(wrong, 0);
    EXPECT_EQ(right, 12 * 40);
}

TEST_F(HttpTest, APortThatIsTakenIsNamed) {
    const std::string message = expect_error(
        ErrorCode::io,
        [&] {
            HttpServer(*service_, {"127.0.0.1", server_->port()}, 4);
        },
        "another program", "--port");
    EXPECT_NE(message.find("127.0.0.1:" + std::to_string(server_->port())), std::string::npos) << message;
    expect_error(
        ErrorCode::io,
        [&] {
            HttpServer(*service_, {"203.0.113.7", 0}, 4);
        },
        "203.0.113.7", "--host");
    expect_error(
        ErrorCode::io,
        [&] {
            HttpServer(*service_, {"no address", 0}, 4);
        },
        "no address", "--host");
    EXPECT_EQ(server_->url(), "http://127.0.0.1:" + std::to_string(server_->port()));
}

}  // namespace
}  // namespace cnnlab::test

#else

TEST(Http, NeedsALibrary) { GTEST_SKIP() << "this program was built without cpp-httplib"; }

#endif
