#include <csignal>
#include <cstdio>
#include <memory>

#include "native/answer/http_server.hpp"
#include "native/answer/network.hpp"
#include "native/commands/commands.hpp"
#include "native/report/text.hpp"
#include "native/run/run_folder.hpp"
#include "native/system/interrupt.hpp"

namespace cnnlab {

namespace {

struct AnswerArguments {
    std::string run, name;
    HttpServer::Address address;
    BackendChoice backend;
    int batch = 16, queue = 256, connections = 64;
    double wait = 0, time = 10, limit = 8;
};

void tell(const std::string& line) { std::fprintf(stderr, "cnnlab: %s\n", line.c_str()); }

/// A signal that wants the program to end; that nobody reads its messages any more is no reason.
bool is_over() { return InterruptWatch::signal() != 0 && InterruptWatch::signal() != SIGPIPE; }

void run_answer(const AnswerArguments& options) {
    check_http();
    Network network(options.run, options.backend, options.batch);
    for (const std::string& note : network.notes()) tell("note: " + note);
    network.warm_up();
    const BatchQueue::Limits queue{
        .batch = options.batch,
        .wait = std::chrono::microseconds(static_cast<int64_t>(1000 * options.wait)),
        .images = static_cast<size_t>(options.queue)};
    const ServiceLimits limits{.body = static_cast<size_t>(options.limit * 1e6),
                               .time = std::chrono::milliseconds(static_cast<int64_t>(1000 * options.time))};
    const std::string name = folder_name(options.name.empty() ? network.name() : options.name);
    Service service({name, network.image(), network.classes()}, queue, limits,
                    [&](std::span<const Pixels> images) { return network.predict(images); });
    HttpServer server(service, options.address, options.connections);
    const InterruptWatch watch;
    tell(server.url() + " answers for " + name + ", images of " + network.image().str() + ", " +
         std::to_string(network.classes().size()) + " classes; Ctrl-C ends it");
    server.run(is_over);
    tell("stopped after " + count_text(service.counters().requests(), "answer"));
}

}  // namespace

void add_answer(CLI::App& app) {
    const auto options = std::make_shared<AnswerArguments>();
    CLI::App* verb =
        app.add_subcommand("answer", "A prediction service: classes of images over HTTP, until Ctrl-C");
    verb->add_option("run", options->run,
                     "Folder of the run, its name in runs/, a model.safetensors or FILE.onnx")
        ->type_name("")
        ->required();
    add_whole_number(*verb, "--port", options->address.port, "Where it listens; 0: any that is free")
        ->capture_default_str()
        ->check(CLI::Range(0, 65535));
    verb->add_option("--host", options->address.host,
                     "Address at which it listens; 0.0.0.0: all of this machine's")
        ->type_name("NAME")
        ->capture_default_str();
    verb->add_option("--name", options->name,
                     "The model's name in KServe's protocol; the network's unless given")
        ->type_name("NAME");
    add_whole_number(*verb, "--batch", options->batch, "Images of all requests that run together, at most")
        ->capture_default_str()
        ->check(CLI::Range(1, 1024));
    verb->add_option("--wait", options->wait,
                     "Milliseconds that an image waits for others; 0: only while others run")
        ->type_name("MS")
        ->capture_default_str()
        ->check(CLI::Range(0.0, 10000.0));
    add_whole_number(*verb, "--queue", options->queue, "Images that may wait; more get status 503")
        ->capture_default_str()
        ->check(CLI::Range(1, 1000000));
    add_whole_number(*verb, "--connections", options->connections, "Connections at once; more get status 503")
        ->capture_default_str()
        ->check(CLI::Range(1, 900));
    verb->add_option("--limit", options->limit, "Largest request, in MB")
        ->type_name("MB")
        ->capture_default_str()
        ->check(CLI::Range(0.001, 64.0));
    verb->add_option("--time", options->time, "Seconds in which a request must arrive, and have its turn")
        ->type_name("S")
        ->capture_default_str()
        ->check(CLI::Range(0.1, 3600.0));
    add_backend_options(*verb, options->backend);
    verb->callback([options] { run_answer(*options); });
}

}  // namespace cnnlab
