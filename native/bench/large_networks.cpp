#include "native/bench/large_networks.hpp"

#include <algorithm>

#include "engine/model/network_card.hpp"
#include "native/bench/network_bench.hpp"
#include "native/report/text.hpp"

namespace cnnlab {

namespace {

/// A classifier for large images, and what is promised of it beside ONNX Runtime.
struct LargeNetwork {
    Experiment experiment;
    OtherImages images;
    std::vector<int> batches;
};

Experiment experiment_of(const std::string& name, const Json& layers) {
    return Experiment::parse({{"name", name}, {"dataset", "cifar10"}, {"model", {{"layers", layers}}}});
}

LargeNetwork mobilenet_v2(int size, std::vector<int> batches) {
    LargeNetwork network{
        experiment_of("mobilenet-v2", {"relu"}), {{size, size, 3}, 1001}, std::move(batches)};
    network.experiment.model.layers = network_card("mobilenet-v2").layers;
    return network;
}

/// As it is trained: a batch norm behind each convolution, in place of its bias. M. Sandler, A. Howard, M. Zhu,
/// A. Zhmoginov, L.-C. Chen, MobileNetV2: Inverted Residuals and Linear Bottlenecks, 2018.
LargeNetwork mobilenet_v2_with_batch_norm(int size, int batch) {
    // PyTorch's modules have no dots in their names.
    const auto plain = [](std::string name) {
        std::replace(name.begin(), name.end(), '.', '_');
        return name;
    };
    const Json folded = mobilenet_v2(size, {}).experiment.to_json();
    Json layers = Json::array();
    for (Json layer : folded.at("model").at("layers")) {
        layer["name"] = plain(layer.at("name"));
        if (layer.contains("from"))
            for (Json& source : layer["from"]) source = plain(source);
        if (layer.at("type") != "conv2d") {
            layers.push_back(std::move(layer));
            continue;
        }
        // The batch norm takes the name, by which others know what comes out.
        const std::string name = layer.at("name");
        layer["bias"] = false;
        layer["name"] = name + "_conv";
        layers.push_back(std::move(layer));
        layers.push_back({{"type", "batch_norm"}, {"name", name}});
    }
    return {experiment_of("mobilenet-v2", layers), {{size, size, 3}, 1001}, {batch}};
}

/// K. He, X. Zhang, S. Ren, J. Sun, Deep Residual Learning for Image Recognition, 2016: 18 layers.
LargeNetwork resnet18(int size, std::vector<int> batches) {
    Json layers = Json::array();
    const auto convolution = [&](int channels, int kernel, int stride, const std::string& from) {
        Json layer{{"type", "conv2d"}, {"out_channels", channels}, {"kernel", kernel}, {"stride", stride}};
        layer.update({{"padding", kernel / 2}, {"bias", false}});
        if (!from.empty()) layer["from"] = {from};
        layers.push_back(std::move(layer));
    };
    const auto named = [&](const char* type, const std::string& name) {
        layers.push_back({{"type", type}, {"name", name}});
    };
    convolution(64, 7, 2, "");
    layers.insert(layers.end(), {"batch_norm", "relu"});
    layers.push_back(
        {{"type", "max_pool2d"}, {"kernel", 3}, {"stride", 2}, {"padding", 1}, {"name", "block_0"}});
    int channels = 64;
    for (int block = 0; block < 8; ++block) {
        const int filters = 64 << (block / 2), stride = block > 0 && block % 2 == 0 ? 2 : 1;
        const std::string before = "block_" + std::to_string(block), number = std::to_string(block + 1);
        std::string shortcut = before;
        convolution(filters, 3, stride, before);
        layers.insert(layers.end(), {"batch_norm", "relu"});
        convolution(filters, 3, 1, "");
        named("batch_norm", "norm_" + number);
        if (channels != filters) {
            convolution(filters, 1, stride, before);
            named("batch_norm", shortcut = "shortcut_" + number);
        }
        layers.push_back({{"type", "add"}, {"from", {"norm_" + number, shortcut}}});
        named("relu", "block_" + number);
        channels = filters;
    }
    layers.push_back("global_avg_pool");
    layers.push_back({{"type", "dense"}, {"out_features", 1000}});
    return {experiment_of("resnet-18", layers), {{size, size, 3}, 1000}, std::move(batches)};
}

const Entry* entry_of(const std::vector<Entry>& entries, int threads, bool ours) {
    return fastest(entries, [&](const Entry& e) { return e.is_ours() == ours && e.threads == threads; });
}

std::string name_of(const LargeNetwork& network) {
    return network.experiment.name + " at " + std::to_string(network.images.shape.height) + " pixels";
}

std::vector<int> threads_of(const SpeedTableOptions& options) {
    return options.threads > 1 ? std::vector<int>{1, options.threads} : std::vector<int>{1};
}

void add_peers(const NetworkBench& bench, SpeedTable& table) {
    for (const std::string& peer : bench.peers())
        if (std::find(table.peers.begin(), table.peers.end(), peer) == table.peers.end())
            table.peers.push_back(peer);
}

void measure_large(const LargeNetwork& network, const SpeedTableOptions& options, SpeedTable& table) {
    const std::string name = name_of(network);
    std::vector<Task> tasks;
    for (const int batch : network.batches) tasks.push_back({false, batch});
    const std::vector<int> all_threads = threads_of(options);
    ExperimentFile file;
    file.experiment = network.experiment;
    NetworkBench bench(file, {tasks, all_threads, options.backend, options.node_peer, options.rounds,
                              options.seconds, network.images});
    for (const Task& task : tasks) {
        const std::string what =
            name + ", " + (task.batch == 1 ? "one image" : "batches of " + std::to_string(task.batch));
        options.say(what);
        const std::vector<Entry> entries = bench.measure(task);
        for (const int threads : all_threads) {
            const Entry &ours = *entry_of(entries, threads, true),
                        *theirs = entry_of(entries, threads, false);
            SpeedTable::Line line{name, "inference", threads, {}, ours.timing.percentile(0.95), task.batch};
            for (const Entry* entry : {&ours, theirs})
                if (entry != nullptr)
                    line.seconds.emplace_back(entry->who, task.batch == 1 ? entry->timing.percentile(0.5)
                                                                          : entry->timing.median_round());
            table.lines.push_back(std::move(line));
            Figure figure{.what = what + ", against ONNX Runtime, " + count_text(threads, "thread"),
                          .value = {},
                          .must = task.batch == 1 ? 1.1 : 1.3,
                          .aim = task.batch == 1 ? 1.5 : 2};
            if (theirs == nullptr)
                figure.note = "not measured: ./lab setup peers";
            else
                figure.value = speed_ratio(ours.timing, theirs->timing);
            table.figures.push_back(std::move(figure));
        }
    }
    add_peers(bench, table);
}

/// Training steps beside PyTorch's, whichever memory format is the faster there.
void measure_large_training(const LargeNetwork& network, const SpeedTableOptions& options,
                            SpeedTable& table) {
    const std::string name = name_of(network);
    const std::vector<int> all_threads = threads_of(options);
    ExperimentFile file;
    file.experiment = network.experiment;
    for (const int batch : network.batches) {
        const Task task{true, batch};
        const std::string what = name + ", training, batches of " + std::to_string(batch);
        options.say(what);
        NetworkBench bench(file, {{task},
                                  all_threads,
                                  options.backend,
                                  options.peers,
                                  options.rounds,
                                  options.seconds,
                                  network.images});
        const std::vector<Entry> entries = bench.measure(task);
        for (const int threads : all_threads) {
            const Entry &ours = *entry_of(entries, threads, true),
                        *theirs = fastest(entries, [&](const Entry&e) {
                            return !e.is_ours() && !e.is_peak() && e.threads == threads;
                        });
            SpeedTable::Line line{name, "training", threads, {}, ours.timing.percentile(0.95), batch};
            for (const Entry* entry : {&ours, theirs})
                if (entry != nullptr)
                    line.seconds.emplace_back(
                        entry->who + (entry->variant.empty() ? "" : " ") + entry->variant,
                        entry->timing.median_round());
            table.lines.push_back(std::move(line));
            Figure figure{.what = what + ", against PyTorch, " + count_text(threads, "thread"),
                          .value = {},
                          .must = 3,
                          .aim = 5};
            if (theirs == nullptr)
                figure.note = "not measured: ./lab setup peers";
            else
                figure.value = speed_ratio(ours.timing, theirs->timing);
            table.figures.push_back(std::move(figure));
        }
        add_peers(bench, table);
    }
}

/// Activations, packed weights and scratch of one answer on one thread.
void measure_memory(const LargeNetwork& network, const SpeedTableOptions& options, SpeedTable& table) {
    ExperimentFile file;
    file.experiment = network.experiment;
    BackendChoice choice = options.backend;
    choice.threads = 1;
    InferenceLoad load(file, 1, choice, network.images);
    const Program program = load.model().compile_for(Phase::evaluate, 1).program;
    table.figures.push_back(
        {.what = network.experiment.name + " at " + std::to_string(network.images.shape.height) +
                 " pixels, memory of one answer, beyond the weights",
         .value = static_cast<double>(cpu_program_bytes(program, cpu_options(choice))) / (1 << 20),
         .unit = Figure::Unit::mebibytes,
         .must = 25,
         .aim = 12});
}

/// Whether the threads that nobody has chosen cost a small network anything.
void measure_small(const std::string& name, const SpeedTableOptions& options, SpeedTable& table) {
    options.say(name + ": default threads");
    BackendChoice one = options.backend, any = options.backend;
    one.threads = 1;
    any.threads = 0;
    TrainingLoad alone(read_experiment(name), one), by_work(read_experiment(name), any);
    const std::vector<Timing> timings =
        contest({by_work.contestant(), alone.contestant()}, options.rounds, options.seconds, Typical::mean);
    table.figures.push_back({.what = name + ": training, default threads against one thread",
                             .value = speed_ratio(timings[0], timings[1]),
                             .must = 1,
                             .aim = 1});
}

}  // namespace

void measure_large_networks(const SpeedTableOptions& options, SpeedTable& table) {
    measure_large(mobilenet_v2(224, {1, 8}), options, table);
    measure_large(mobilenet_v2(96, {1}), options, table);
    measure_large_training(mobilenet_v2_with_batch_norm(224, 8), options, table);
    measure_large(resnet18(224, {1, 8}), options, table);
    measure_memory(mobilenet_v2(224, {1}), options, table);
    measure_small("lines", options, table);
}

}  // namespace cnnlab
