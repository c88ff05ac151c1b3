#include "native/answer/service.hpp"

#include <algorithm>
#include <memory>
#include <new>
#include <thread>

#include "engine/core/lower_case.hpp"
#include "engine/core/parse_json.hpp"
#include "native/answer/multipart.hpp"
#include "native/answer/records.hpp"
#include "native/answer/routes.hpp"
#include "native/pictures/picture_file.hpp"
#include "native/system/version.hpp"

namespace cnnlab {

namespace {

constexpr std::string_view retry_after_seconds = "1";

/// A request that is refused; field and words are the error's.
struct Refused {
    Reply reply;
};

std::string dump(const Json& json) {
    return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

template <class T>
Reply reply_of(const T& record) {
    Reply reply;
    reply.body = dump(write_json(record));
    return reply;
}

/// Whether a path is one of a route's: "{model}" stands for any word.
bool fits(std::string_view route, std::string_view path) {
    while (!route.empty() && !path.empty()) {
        const std::string_view wanted = route.substr(0, route.find('/', 1)),
                               word = path.substr(0, path.find('/', 1));
        if (wanted != word && !(wanted.starts_with("/{") && word.size() > 1)) return false;
        route.remove_prefix(wanted.size());
        path.remove_prefix(word.size());
    }
    return route.empty() && path.empty();
}

/// The path without a model's version: there is one.
std::string plain_path(std::string path) {
    const std::string version = std::string("/versions/") + model_version;
    const size_t at = path.find(version);
    if (path.starts_with("/v2/models/") && at != std::string::npos &&
        (at + version.size() == path.size() || path[at + version.size()] == '/'))
        path.erase(at, version.size());
    return path;
}

const Route* find_route(const std::string& path, std::string_view method) {
    for (const Route& route : Routes::all)
        if (route.method == method && fits(route.path, path)) return &route;
    return nullptr;
}

/// HEAD is a GET of which the body stays here.
std::string_view plain_method(std::string_view method) { return method == "HEAD" ? "GET" : method; }

std::string media_type(const std::string& content_type) {
    std::string type = content_type.substr(0, content_type.find(';'));
    type.erase(type.find_last_not_of(" \t") + 1);
    return lower_case(type);
}

/// What a route's body is not, or nothing.
std::optional<Reply> refuse_type(const Route& route, const RequestHead& head) {
    const std::string type = media_type(head.content_type);
    if (!head.content_encoding.empty() && head.content_encoding != "identity")
        return refusal(415, "is \"" + head.content_encoding + "\"; send the body as it is",
                       "Content-Encoding");
    if (route.path == Routes::infer) {
        if (type.empty() || type == "application/json" || type == "application/octet-stream") return {};
        return refusal(415, "is \"" + type + "\"; send application/json", "Content-Type");
    }
    if (type.empty() || type.starts_with("image/") || type == "application/octet-stream" || is_form(type))
        return {};
    return refusal(415,
                   "is \"" + type +
                       "\"; send a picture as image/png and the like, or several as multipart/form-data: "
                       "curl -F image=@FILE ADDRESS",
                   "Content-Type");
}

std::optional<Reply> refuse_body(const Route& route, const RequestHead& head, const ServiceLimits& limits) {
    if (!head.content_length && !head.has_pieces)
        return refusal(411, "is missing; say how long the body is", "Content-Length");
    if (head.content_length.value_or(0) > limits.body)
        return refusal(413,
                       "is " + std::to_string(*head.content_length) + ", more than " +
                           std::to_string(limits.body) + " bytes; send less (or start with a larger --limit)",
                       "Content-Length");
    return refuse_type(route, head);
}

size_t whole_number(const std::string& text, size_t least, size_t most, const std::string& place) {
    size_t value = 0;
    const Json number = parse_number(text);
    read_json(number.is_number_unsigned() ? number : Json(text), value, place, static_cast<double>(least),
              static_cast<double>(most));
    return value;
}

}  // namespace

Reply refusal(int status, const std::string& error, const std::string& field) {
    Reply reply;
    reply.status = status;
    reply.body = dump(write_json(Failure{(field.empty() ? "" : field + " ") + error, field}));
    if (status == 503) reply.headers.emplace_back("Retry-After", retry_after_seconds);
    return reply;
}

Service::Service(Facts facts, const BatchQueue::Limits& queue, const ServiceLimits& limits,
                 BatchQueue::Work work)
    : facts_(std::move(facts)),
      limits_(limits),
      model_(model_facts(facts_.name, facts_.image, facts_.classes.size())),
      unpacking_(std::max(1, static_cast<int>(std::thread::hardware_concurrency()))),
      queue_(queue, std::move(work)) {
    queue_.on_batch = [this](size_t images) { counters_.add_batch(images); };
}

std::string Service::route_of(const std::string& path) {
    for (const Route& route : Routes::all)
        if (fits(route.path, plain_path(path))) return std::string(route.path);
    return "other";
}

std::optional<Reply> Service::refuse(const RequestHead& head) const {
    const std::string path = plain_path(head.path);
    if (const Route* route = find_route(path, plain_method(head.method))) {
        if (route->method == "POST") return refuse_body(*route, head, limits_);
        return {};
    }
    std::string allowed;
    for (const Route& route : Routes::all) {
        if (!fits(route.path, path)) continue;
        if (!allowed.empty()) allowed += ", ";
        allowed += route.method == "GET" ? "GET, HEAD" : std::string(route.method);
    }
    if (allowed.empty())
        return refusal(404, "there is nothing at this path; GET /openapi.json has all that is there");
    Reply reply = refusal(405, "this path takes " + allowed);
    reply.headers.emplace_back("Allow", allowed);
    return reply;
}

Reply Service::answer(const RequestHead& head, std::string_view body, Clock::time_point deadline) {
    const Route* route = find_route(plain_path(head.path), plain_method(head.method));
    if (route == nullptr) return *refuse(head);
    try {
        return (this->*route->answer)({head, body, deadline});
    } catch (const Refused& refused) {
        return refused.reply;
    } catch (const TimeIsOver&) {
        return refusal(503, "the network has had no time for this within " +
                                std::to_string(limits_.time.count()) + " ms");
    } catch (const Error& error) {
        Failure failure{error.what(), error.place()};
        Reply reply;
        reply.status = 400;
        reply.body = dump(write_json(failure));
        return reply;
    } catch (const std::bad_alloc&) {
        return refusal(503, "there is not enough memory for this now");
    } catch (const std::exception& error) {
        return refusal(500, std::string("internal: ") + error.what());
    }
}

std::vector<Pixels> Service::unpacked(Clock::time_point deadline,
                                      const std::function<std::vector<Pixels>()>& unpack) {
    if (!unpacking_.take(deadline)) throw TimeIsOver();
    const std::unique_ptr<Turns, void (*)(Turns*)> held(&unpacking_,
                                                        [](Turns* turns) { turns->give_back(); });
    return unpack();
}

std::vector<Row> Service::rows_of(std::vector<Pixels> images, Clock::time_point deadline) {
    auto rows = queue_.add(std::move(images), deadline);
    if (!rows)
        throw Refused{
            refusal(503, "the queue is full (" + std::to_string(queue_.limits().images) + " images)")};
    return rows->get();
}

Reply Service::page(const Call& /*call*/) {
    Reply reply;
    reply.body = try_page(facts_);
    reply.content_type = "text/html; charset=utf-8";
    return reply;
}

Reply Service::health(const Call& /*call*/) {
    return reply_of(Health{"ok", facts_.name, facts_.image, facts_.classes});
}

Reply Service::metrics(const Call& /*call*/) {
    Reply reply;
    reply.body = counters_.text(queue_.size());
    reply.content_type = "text/plain; version=0.0.4; charset=utf-8";
    return reply;
}

Reply Service::openapi(const Call& /*call*/) {
    Reply reply;
    reply.body = openapi_description(facts_, limits_).dump(2) + "\n";
    return reply;
}

Reply Service::predict(const Call& call) {
    size_t top = shown_classes;
    if (const auto given = call.head.query.find("top"); given != call.head.query.end())
        top = whole_number(given->second, 1, facts_.classes.size(), "top");
    std::vector<FormPart> parts;
    if (is_form(call.head.content_type)) {
        parts = read_form(call.head.content_type, call.body, queue_.limits().images);
        if (parts.empty()) throw Error(ErrorCode::missing_data, "body", "has no picture", "send one");
    } else {
        parts.push_back({"body", "", call.body});
    }
    const auto name_of = [](const FormPart& part) {
        return !part.filename.empty() ? part.filename : part.name.empty() ? "picture" : part.name;
    };
    std::vector<Pixels> images = unpacked(call.deadline, [&] {
        std::vector<Pixels> found;
        for (const FormPart& part : parts) {
            const std::span bytes(reinterpret_cast<const uint8_t*>(part.content.data()), part.content.size());
            found.push_back(decode_picture(bytes, name_of(part), facts_.image).pixels);
        }
        return found;
    });
    const std::vector<Row> rows = rows_of(std::move(images), call.deadline);
    Predictions answer{facts_.name, {}};
    for (size_t i = 0; i < rows.size(); ++i)
        answer.predictions.push_back({name_of(parts[i]), top_classes(rows[i], facts_.classes, top)});
    return reply_of(answer);
}

Reply Service::server(const Call& /*call*/) { return reply_of(ServerFacts{"cnnlab", program_version(), {}}); }
Reply Service::live(const Call& /*call*/) { return reply_of(Live{}); }
Reply Service::ready(const Call& /*call*/) { return reply_of(Ready{}); }

void Service::check_model(const Call& call) const {
    constexpr std::string_view before = "/v2/models/";
    const std::string given = call.head.path.substr(before.size());
    const std::string name = given.substr(0, given.find('/'));
    if (name != facts_.name)
        throw Refused{
            refusal(404, "there is no model \"" + name + "\"; the one here is \"" + facts_.name + "\"")};
}

Reply Service::model(const Call& call) {
    check_model(call);
    return reply_of(model_);
}

Reply Service::model_ready(const Call& call) {
    check_model(call);
    return reply_of(ModelReady{facts_.name, true});
}

Reply Service::infer(const Call& call) {
    check_model(call);
    std::optional<size_t> json_bytes;
    if (const std::string& length = call.head.json_length; !length.empty())
        json_bytes = whole_number(length, 0, limits_.body, "Inference-Header-Content-Length");
    InferRequest request;
    std::vector<Pixels> images = unpacked(call.deadline, [&] {
        request = read_infer(call.body, json_bytes, model_, queue_.limits().images);
        return std::move(request.images);
    });
    const std::vector<Row> rows = rows_of(std::move(images), call.deadline);
    Reply reply;
    reply.body = dump(infer_answer(request, model_, facts_.classes, rows));
    return reply;
}

}  // namespace cnnlab
