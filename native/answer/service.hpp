#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/core/spec.hpp"
#include "native/answer/batch_queue.hpp"
#include "native/answer/counters.hpp"
#include "native/answer/infer.hpp"
#include "native/answer/turns.hpp"

namespace cnnlab {

/// What a service takes from one client.
struct ServiceLimits {
    size_t body = size_t{8} << 20U;         ///< bytes of a request
    std::chrono::milliseconds time{10000};  ///< for a request to arrive, and to wait for its turn
};

/// A request without its body.
struct RequestHead {
    std::string method, path;
    std::map<std::string, std::string> query;
    std::string content_type, content_encoding;
    std::string json_length;                 ///< Inference-Header-Content-Length; empty: not given
    std::optional<uint64_t> content_length;  ///< none: not given
    bool has_pieces = false;                 ///< the body comes in pieces (Transfer-Encoding: chunked)
};

struct Reply {
    int status = 200;
    std::string body, content_type = "application/json";
    std::vector<std::pair<std::string, std::string>> headers;
};

/// {"error": …, "field": …}: what is wrong, and where. One with status 503 says when to come again (Retry-After).
[[nodiscard]] Reply refusal(int status, const std::string& error, const std::string& field = "");

/// What the service answers for a network, without a word about sockets: a Reply for a request.
class Service {
  public:
    using Clock = BatchQueue::Clock;
    struct Call {
        const RequestHead& head;
        std::string_view body;
        Clock::time_point deadline;
    };
    struct Facts {
        std::string name;  ///< of the model
        ImageShape image;
        std::vector<std::string> classes;
    };
    Service(Facts facts, const BatchQueue::Limits& queue, const ServiceLimits& limits, BatchQueue::Work work);

    /// What is wrong with a request whatever its body holds: a path that nobody knows, a wrong method, a body that is
    /// too long. None: answer() is to be asked.
    [[nodiscard]] std::optional<Reply> refuse(const RequestHead& head) const;
    /// The answer to a request that was not refused. Waits for its turn until `deadline`.
    [[nodiscard]] Reply answer(const RequestHead& head, std::string_view body, Clock::time_point deadline);
    /// The path of a request as counters and the description name it; "other" for what nobody knows.
    [[nodiscard]] static std::string route_of(const std::string& path);

    [[nodiscard]] const ServiceLimits& limits() const { return limits_; }
    [[nodiscard]] const Facts& facts() const { return facts_; }
    [[nodiscard]] Counters& counters() { return counters_; }

  private:
    friend struct Routes;
    Reply page(const Call& call);
    Reply health(const Call& call);
    Reply metrics(const Call& call);
    Reply openapi(const Call& call);
    Reply predict(const Call& call);
    Reply server(const Call& call);
    Reply live(const Call& call);
    Reply ready(const Call& call);
    Reply model(const Call& call);
    Reply model_ready(const Call& call);
    Reply infer(const Call& call);

    /// Runs `unpack` when it is its turn: a small body may hold a large picture.
    std::vector<Pixels> unpacked(Clock::time_point deadline,
                                 const std::function<std::vector<Pixels>()>& unpack);
    std::vector<Row> rows_of(std::vector<Pixels> images, Clock::time_point deadline);
    /// Refuses a path that names another model.
    void check_model(const Call& call) const;

    Facts facts_;
    ServiceLimits limits_;
    ModelFacts model_;
    Counters counters_;
    Turns unpacking_;  ///< as many at once as there are cores
    BatchQueue queue_;
};

}  // namespace cnnlab
