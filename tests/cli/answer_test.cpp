// The prediction service as a program: its answers are those of `predict`, and it ends well.

#include <csignal>

#include "tests/cli/program.hpp"

#if defined(CNNLAB_HAS_HTTP)

#include <httplib.h>

#include "native/answer/listener.hpp"
#include "native/pictures/picture_file.hpp"

namespace cnnlab::test {
namespace {

class Answer : public CommandLine {
  protected:
    void SetUp() override {
        CommandLine::SetUp();
        for (const auto& [name, value] : {std::pair{"dark", 20}, std::pair{"light", 200}}) {
            std::filesystem::create_directories(folder_ / "pictures" / name);
            for (int i = 0; i < 3; ++i) {
                Image image(11, 13, 3, static_cast<uint8_t>(value + 7 * i));
                write_png(folder_ / "pictures" / name / (std::to_string(i) + ".png"), image);
            }
        }
        write("own.json", R"({"name": "own net", "dataset": {"name": "folder", "size": 8},
            "model": {"layers": [{"type": "conv2d", "out_channels": 8, "kernel": 3}, "relu", "flatten",
                {"type": "dense", "out_features": 2}]}, "train": {"epochs": 2, "batch": 2}})");
        succeed({"train", "own.json", "--data", "pictures", "--run", "run"});
    }
    static int free_port() { return port_of(listen_at("127.0.0.1", 0)); }

    /// The service of the arguments, answering.
    std::unique_ptr<Program> serve(std::vector<std::string> arguments, int port) {
        arguments.insert(arguments.begin(), "answer");
        arguments.insert(arguments.end(), {"--port", std::to_string(port), "--threads", "1"});
        auto program = std::make_unique<Program>(folder_, arguments);
        EXPECT_TRUE(wait_until([&] {
            const auto health = httplib::Client("127.0.0.1", port).Get("/healthz");
            return !program->is_running() || (health && health->status == 200);
        }));
        EXPECT_TRUE(program->is_running()) << program->wait().err;
        return program;
    }
};

TEST_F(Answer, SaysWhatPredictSays) {
    const std::string picture = "pictures/light/1.png";
    const Json wanted =
        succeed({"predict", "run", picture, "--json", "--threads", "1"}).json()["predictions"][0]["top"];
    succeed({"export", "run", "--out", "net.onnx"});
    for (const std::string network : {"run", "run/model.safetensors", "net.onnx"}) {
        const int port = free_port();
        const auto program = serve({network}, port);
        httplib::Client client("127.0.0.1", port);
        const auto answer = client.Post("/predict", read(picture), "image/png");
        ASSERT_TRUE(answer);
        EXPECT_EQ(answer->status, 200) << answer->body;
        EXPECT_EQ(Json::parse(answer->body)["predictions"][0]["top"], wanted) << network;
        EXPECT_EQ(Json::parse(answer->body)["network"], "own-net");
        EXPECT_EQ(client.Get("/v2/models/own-net/ready")->status, 200);
        program->send(network == "run" ? SIGTERM : SIGINT);
        const Outcome outcome = program->wait();
        EXPECT_EQ(outcome.code, 0) << outcome.err;
        for (const std::string& words : {"http://127.0.0.1:" + std::to_string(port) + " answers for own-net",
                                         std::string("8×8×3, 2 classes"), std::string("stopped after ")})
            EXPECT_TRUE(contains(outcome.err, words)) << outcome.err;
    }
}

TEST_F(Answer, OptionsAreHeeded) {
    const int port = free_port();
    const auto program = serve({"run", "--name", "pets", "--limit", "0.001", "--time", "0.5", "--batch", "3",
                                "--wait", "1", "--queue", "2"},
                               port);
    httplib::Client client("127.0.0.1", port);
    EXPECT_EQ(client.Get("/v2/models/pets")->status, 200);
    EXPECT_EQ(client.Post("/predict", std::string(1001, 'x'), "image/png")->status, 413);
    // --queue 2: three images never fit.
    const std::string png = read("pictures/dark/0.png");
    httplib::MultipartFormDataItems items(2, {"image", png, "a.png", "image/png"});
    EXPECT_EQ(client.Post("/predict", items)->status, 200);
    items.push_back(items.front());
    EXPECT_EQ(client.Post("/predict", items)->status, 400);
    // Another one cannot have its port.
    fail(1, {"answer", "run", "--port", std::to_string(port)},
         {"127.0.0.1:" + std::to_string(port), "--port"});
}

TEST_F(Answer, MistakesAreNamed) {
    fail(1, {"answer", "nothing"}, {"nothing"});
    fail(1, {"answer", "none.onnx"}, {"none.onnx"});
    fail(2, {"answer"}, {"run"});
    fail(2, {"answer", "run", "--port", "70000"}, {"--port"});
    fail(2, {"answer", "run", "--batch", "0"}, {"--batch"});
    fail(2, {"answer", "run", "--time", "0"}, {"--time"});
    fail(1, {"answer", "run", "--port", "0", "--host", "203.0.113.7"}, {"203.0.113.7", "--host"});
}

}  // namespace
}  // namespace cnnlab::test

#else

namespace cnnlab::test {
namespace {

using Answer = CommandLine;

TEST_F(Answer, WithoutTheLibraryItSaysSo) {
    fail(1, {"answer", "run"}, {"cpp-httplib", "libcpp-httplib-dev"});
}

}  // namespace
}  // namespace cnnlab::test

#endif
