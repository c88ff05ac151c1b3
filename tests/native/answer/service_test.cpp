// What the service answers, without sockets: every path, every refusal, and that its description is true.

#include "native/answer/service.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <regex>

#include "native/answer/routes.hpp"
#include "native/pictures/picture_file.hpp"

namespace cnnlab::test {
namespace {

constexpr ImageShape shape{4, 5, 3};

/// Three classes by the first pixel's colours.
std::vector<Row> by_colour(std::span<const Pixels> images) {
    std::vector<Row> rows;
    for (const Pixels& image : images) {
        const double sum = image[0] + image[1] + image[2] + 1e-9;
        rows.push_back({image[0] / sum, image[1] / sum, image[2] / sum});
    }
    return rows;
}

class ServiceTest : public ::testing::Test {
  protected:
    Reply ask(const std::string& method, const std::string& path, const std::string& body = "",
              const std::string& type = "", const std::map<std::string, std::string>& query = {}) {
        RequestHead head;
        head.method = method;
        head.path = path;
        head.query = query;
        head.content_type = type;
        if (method == "POST") head.content_length = body.size();
        if (auto reply = service_.refuse(head)) return *reply;
        return service_.answer(head, body, Service::Clock::now() + std::chrono::seconds(20));
    }
    Json json_of(const Reply& reply) { return Json::parse(reply.body); }
    /// A refusal with this status whose error has all these words.
    Json refused(int status, const Reply& reply, const std::string& words) {
        EXPECT_EQ(reply.status, status) << reply.body;
        const Json json = json_of(reply);
        EXPECT_NE(json["error"].get<std::string>().find(words), std::string::npos) << reply.body;
        return json;
    }

    Service service_{{"net", shape, {"red", "green", "blue"}}, {.images = 4}, {.body = 20000}, by_colour};
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

TEST_F(ServiceTest, SaysHowItIs) {
    const Json health = json_of(ask("GET", "/healthz"));
    EXPECT_EQ(health["status"], "ok");
    EXPECT_EQ(health["image"]["width"], 5);
    EXPECT_EQ(health["classes"], (Json{"red", "green", "blue"}));
    EXPECT_EQ(json_of(ask("GET", "/v2"))["name"], "cnnlab");
    EXPECT_EQ(json_of(ask("GET", "/v2/health/live")), (Json{{"live", true}}));
    EXPECT_EQ(json_of(ask("GET", "/v2/health/ready")), (Json{{"ready", true}}));
    EXPECT_EQ(json_of(ask("HEAD", "/v2/models/net/ready"))["ready"], true);
    const Json model = json_of(ask("GET", "/v2/models/net"));
    EXPECT_EQ(model["inputs"][0]["shape"], (Json{-1, 4, 5, 3}));
    EXPECT_EQ(model["outputs"][0]["shape"], (Json{-1, 3}));
    EXPECT_EQ(json_of(ask("GET", "/v2/models/net/versions/1")), model);
    const Reply page = ask("GET", "/");
    EXPECT_EQ(page.content_type, "text/html; charset=utf-8");
    EXPECT_NE(page.body.find("cnnlab: net"), std::string::npos);
}

TEST_F(ServiceTest, AnswersForAPicture) {
    const Reply reply = ask("POST", "/predict", png_of(10, 30, 60), "image/png");
    ASSERT_EQ(reply.status, 200) << reply.body;
    const Json top = json_of(reply)["predictions"][0]["top"];
    ASSERT_EQ(top.size(), 3U);
    EXPECT_EQ(top[0]["class"], "blue");
    EXPECT_EQ(top[0]["index"], 2);
    EXPECT_NEAR(top[0]["probability"].get<double>(), .6, 1e-6);
    EXPECT_EQ(top[2]["class"], "red");
    EXPECT_EQ(
        json_of(ask("POST", "/predict", png_of(1, 2, 3), "", {{"top", "1"}}))["predictions"][0]["top"].size(),
        1U);
}

TEST_F(ServiceTest, AnswersForAForm) {
    std::string form;
    for (const auto& [name, png] : {std::pair{"a.png", png_of(9, 0, 0)}, std::pair{"b.png", png_of(0, 9, 0)}})
        form += std::string("--X\r\nContent-Disposition: form-data; name=\"image\"; filename=\"") + name +
                "\"\r\n\r\n" + png + "\r\n";
    const Reply reply = ask("POST", "/predict", form + "--X--\r\n", "multipart/form-data; boundary=X");
    ASSERT_EQ(reply.status, 200) << reply.body;
    const Json predictions = json_of(reply)["predictions"];
    ASSERT_EQ(predictions.size(), 2U);
    EXPECT_EQ(predictions[0]["image"], "a.png");
    EXPECT_EQ(predictions[0]["top"][0]["class"], "red");
    EXPECT_EQ(predictions[1]["image"], "b.png");
    EXPECT_EQ(predictions[1]["top"][0]["class"], "green");

    const Reply bad =
        ask("POST", "/predict",
            "--X\r\nContent-Disposition: form-data; name=\"image\"; filename=\"bad.png\"\r\n\r\n"
            "text\r\n--X--\r\n",
            "multipart/form-data; boundary=X");
    EXPECT_EQ(refused(400, bad, "is no picture")["field"], "bad.png");
    refused(400, ask("POST", "/predict", "--X--", "multipart/form-data; boundary=X"), "no picture");
    refused(400, ask("POST", "/predict", "--X--", "multipart/form-data"), "boundary");
}

TEST_F(ServiceTest, AnswersForTensors) {
    Json data = Json::array();
    for (int64_t i = 0; i < 2 * shape.count(); ++i) data.push_back(i < shape.count() ? 0 : 7);
    data[0] = 200;
    const Json body{
        {"inputs", {{{"name", "image"}, {"shape", {2, 4, 5, 3}}, {"datatype", "UINT8"}, {"data", data}}}}};
    const Reply reply = ask("POST", "/v2/models/net/infer", body.dump(), "application/json");
    ASSERT_EQ(reply.status, 200) << reply.body;
    const Json outputs = json_of(reply)["outputs"];
    EXPECT_EQ(outputs[1]["data"], (Json{"red", "red"}));
    EXPECT_NEAR(outputs[0]["data"][3].get<double>(), 1. / 3, 1e-6);
    EXPECT_EQ(ask("POST", "/v2/models/net/versions/1/infer", body.dump()).body, reply.body);
    refused(404, ask("POST", "/v2/models/other/infer", body.dump()), "\"net\"");
    EXPECT_EQ(refused(400, ask("POST", "/v2/models/net/infer", "{"), "JSON")["field"], "body");
    EXPECT_EQ(refused(400, ask("POST", "/v2/models/net/infer", "{}"), "missing")["field"], "inputs");
}

TEST_F(ServiceTest, RefusesBeforeItReadsABody) {
    refused(404, ask("GET", "/nothing"), "/openapi.json");
    refused(404, ask("GET", "/healthz/"), "/openapi.json");
    refused(404, ask("GET", "/v2/models//ready"), "/openapi.json");
    refused(404, ask("GET", "/v2/models/other"), "\"net\"");
    refused(404, ask("GET", "/v2/models/net/versions/2"), "/openapi.json");
    const Reply wrong = ask("POST", "/healthz", "x");
    refused(405, wrong, "GET");
    EXPECT_EQ(wrong.headers.at(0), (std::pair<std::string, std::string>("Allow", "GET, HEAD")));
    refused(405, ask("GET", "/predict"), "POST");
    refused(405, ask("DELETE", "/v2/models/net"), "GET");
    EXPECT_EQ(refused(415, ask("POST", "/predict", "{}", "application/json"), "image/png")["field"],
              "Content-Type");
    refused(415, ask("POST", "/predict", "x", "application/x-www-form-urlencoded"), "curl -F");
    refused(415, ask("POST", "/v2/models/net/infer", "x", "text/plain"), "application/json");
    refused(413, ask("POST", "/predict", std::string(20001, 'x')), "20000");
    RequestHead head{.method = "POST", .path = "/predict"};
    EXPECT_EQ(service_.refuse(head)->status, 411);
    head.content_length = 10;
    EXPECT_FALSE(service_.refuse(head));
    head.content_encoding = "gzip";
    EXPECT_EQ(service_.refuse(head)->status, 415);
    EXPECT_EQ(refused(400, ask("POST", "/predict", png_of(1, 2, 3), "", {{"top", "4"}}), "4")["field"],
              "top");
    EXPECT_EQ(refused(400, ask("POST", "/predict", png_of(1, 2, 3), "", {{"top", "x"}}), "x")["field"],
              "top");
}

TEST(ServiceQueue, IsBusyWhenItIsFullOrLate) {
    std::mutex mutex;
    std::unique_lock lock(mutex);
    std::atomic<bool> runs{false};
    Service service({"net", shape, {"a", "b"}}, {.batch = 1, .images = 1}, {},
                    [&](std::span<const Pixels> images) {
                        runs = true;
                        const std::lock_guard wait(mutex);
                        return std::vector<Row>(images.size(), Row{.5, .5});
                    });
    const std::string png = png_of(1, 2, 3);
    const RequestHead head{.method = "POST", .path = "/predict", .content_length = png.size()};
    const auto ask = [&](int milliseconds) {
        return std::async(std::launch::async, [&, milliseconds] {
            return service.answer(head, png, Service::Clock::now() + std::chrono::milliseconds(milliseconds));
        });
    };
    auto first = ask(20000);
    while (!runs) std::this_thread::yield();
    // This one takes the place that waits, and its time is over when the first is done.
    auto late = ask(50);
    while (service.answer({.method = "GET", .path = "/metrics"}, "", {}).body.find("cnnlab_queue_images 1") ==
           std::string::npos)
        std::this_thread::yield();
    const Reply full = ask(20000).get();
    EXPECT_EQ(full.status, 503);
    EXPECT_NE(full.body.find("the queue is full (1 images)"), std::string::npos) << full.body;
    EXPECT_EQ(full.headers.at(0).first, "Retry-After");
    std::this_thread::sleep_for(std::chrono::milliseconds(60));
    lock.unlock();
    EXPECT_EQ(first.get().status, 200);
    const Reply over = late.get();
    EXPECT_EQ(over.status, 503);
    EXPECT_NE(over.body.find("no time"), std::string::npos) << over.body;
}

TEST(ServiceQueue, AFailureOfTheNetworkIsAnAnswer) {
    Service service({"net", shape, {"a", "b"}}, {}, {}, [](std::span<const Pixels>) -> std::vector<Row> {
        throw std::runtime_error("the GPU is gone");
    });
    const std::string png = png_of(1, 2, 3);
    const Reply reply = service.answer({.method = "POST", .path = "/predict", .content_length = png.size()},
                                       png, Service::Clock::now() + std::chrono::seconds(20));
    EXPECT_EQ(reply.status, 500);
    EXPECT_NE(reply.body.find("the GPU is gone"), std::string::npos);
}

TEST_F(ServiceTest, DescribesWhatItAnswers) {
    const Json description = json_of(ask("GET", "/openapi.json"));
    EXPECT_EQ(description["openapi"], "3.0.3");
    size_t operations = 0;
    for (const auto& [path, methods] : description["paths"].items())
        for (const auto& [method, operation] : methods.items()) {
            ++operations;
            EXPECT_TRUE(operation["responses"].contains("200")) << path;
            const std::string plain = std::regex_replace(path, std::regex("\\{model\\}"), "net");
            const Reply reply = ask(method == "get" ? "GET" : "POST", plain, "");
            EXPECT_TRUE(reply.status == 200 || method == "post") << path;
            EXPECT_NE(reply.status, 404) << path;
        }
    EXPECT_EQ(operations, Routes::all.size());
    // Every reference leads somewhere.
    const std::string text = description.dump();
    const std::regex reference("#/components/schemas/([A-Za-z]+)");
    size_t found = 0;
    for (std::sregex_iterator i(text.begin(), text.end(), reference), end; i != end; ++i, ++found)
        EXPECT_TRUE(description["components"]["schemas"].contains((*i)[1].str())) << (*i)[1];
    EXPECT_GT(found, 10U);
    // An answer has the fields that its schema requires, and no others.
    const auto matches = [&](const std::string& path, const std::string& schema) {
        const Json& properties = description["components"]["schemas"][schema]["properties"];
        const Json answer = json_of(ask("GET", path));
        EXPECT_EQ(answer.size(), properties.size()) << path;
        for (const auto& [name, value] : answer.items())
            EXPECT_TRUE(properties.contains(name)) << path << name;
    };
    matches("/healthz", "Health");
    matches("/v2", "Server");
    matches("/v2/models/net", "Model");
    matches("/v2/models/net/ready", "ModelReady");
}

TEST_F(ServiceTest, CountsForPrometheus) {
    service_.counters().add_request("/predict", 200, .003);
    service_.counters().add_request("/predict", 200, 20);
    service_.counters().add_request("other", 404, 0);
    ASSERT_EQ(ask("POST", "/predict", png_of(1, 2, 3)).status, 200);
    const std::string text = ask("GET", "/metrics").body;
    for (const char* line : {"cnnlab_requests_total{path=\"/predict\",status=\"200\"} 2\n",
                             "cnnlab_requests_total{path=\"other\",status=\"404\"} 1\n",
                             "cnnlab_request_seconds_bucket{path=\"/predict\",le=\"0.0025\"} 0\n",
                             "cnnlab_request_seconds_bucket{path=\"/predict\",le=\"0.005\"} 1\n",
                             "cnnlab_request_seconds_bucket{path=\"/predict\",le=\"10\"} 1\n",
                             "cnnlab_request_seconds_bucket{path=\"/predict\",le=\"+Inf\"} 2\n",
                             "cnnlab_request_seconds_sum{path=\"/predict\"} 20.003\n",
                             "cnnlab_request_seconds_count{path=\"/predict\"} 2\n", "cnnlab_images_total 1\n",
                             "cnnlab_batch_images_bucket{le=\"1\"} 1\n", "cnnlab_queue_images 0\n",
                             "# TYPE cnnlab_batch_images histogram\n", "cnnlab_connections 0\n"})
        EXPECT_NE(text.find(line), std::string::npos) << line << text;
    // Each line is a comment or "name{labels} number".
    const std::regex form("(# (HELP|TYPE) [a-z_]+ .+|[a-z_]+(\\{[^{}]*\\})? [0-9.e+-]+)");
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) EXPECT_TRUE(std::regex_match(line, form)) << line;
    EXPECT_EQ(service_.counters().requests(), 3);
    EXPECT_EQ(Service::route_of("/v2/models/x/infer"), "/v2/models/{model}/infer");
    EXPECT_EQ(Service::route_of("/v2/models/x/versions/1/infer"), "/v2/models/{model}/infer");
    EXPECT_EQ(Service::route_of("/anything"), "other");
}

}  // namespace
}  // namespace cnnlab::test
