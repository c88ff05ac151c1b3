// The time of single ops: cnnlab_op_timing [FILTER] times the rows of tests/cases.json that have a "timing" size.

#include <CLI/CLI.hpp>
#include <iostream>
#include <regex>

#include "engine/cpu/peak.hpp"
#include "native/bench/memory_rate.hpp"
#include "native/bench/op_profile.hpp"
#include "native/bench/workload.hpp"
#include "native/report/text.hpp"
#include "tests/cases.hpp"

namespace cnnlab::test {

namespace {

struct Options {
    std::string filter = ".*";
    double seconds = 0.5;
    BackendChoice backend{.device = "cpu", .threads = 1, .arch = {}, .precision = {}};
    bool as_json = false;
};

/// A training of the row's layers on noise, between what its place asks for.
ExperimentFile experiment_of(const LayerCase& row, const CaseSize& size) {
    Json layers = Json::parse("[" + row.layers + "]");
    if (row.place == CasePlace::middle)
        layers.insert(layers.begin(), Json{{"type", "conv2d"},
                                           {"kernel", 1},
                                           {"bias", false},
                                           {"out_channels", size.channels},
                                           {"name", "front"}});
    if (row.place != CasePlace::whole)
        layers.push_back(Json{{"type", "dense"}, {"out_features", 10}, {"name", "head"}});
    ExperimentFile file;
    file.experiment = Experiment::parse(Json{{"name", row.family + "_" + row.name},
                                             {"dataset", "cifar10"},
                                             {"model", {{"layers", layers}}},
                                             {"loss", "cross_entropy"},
                                             {"optimizer", "sgd"},
                                             {"train", {{"batch", size.batch}}}});
    return file;
}

/// Costs of the ops of the layers under test.
std::vector<OpCost> measure(const LayerCase& row, const CaseSize& size, const Options& options) {
    const int channels = row.place == CasePlace::middle ? 3 : size.channels;
    TrainingLoad load(experiment_of(row, size), options.backend,
                      ImageShape{size.height, size.width, channels});
    Trainer& trainer = load.trainer();
    trainer.step();  // memory is touched for the first time
    Backend& backend = load.backend();
    backend.set_profiling(trainer.executable(), true);
    const auto steps = static_cast<int64_t>(timed_repeats(options.seconds, [&] { trainer.step(); }).size());
    std::vector<OpCost> costs = op_costs(trainer.program(), trainer.executable(), trainer.model().layers(),
                                         backend.op_seconds(trainer.executable()), steps);
    std::erase_if(costs, [](const OpCost& cost) {
        return cost.layer == "front" || cost.layer == "head" || cost.layer == "–";
    });
    return costs;
}

int run(const Options& options) {
    const int threads = thread_count(options.backend);
    const MachineRates rates{1e9 * cpu_peak_gflops(options.backend.arch, 1), memory_rate(threads) / threads};
    const std::regex filter(options.filter);
    bool found = false;
    Json all = Json::array();
    for (const LayerCase& row : case_table().layers)
        for (const CaseSize& size : row.timing) {
            const std::string name = row.family + "." + row.name;
            if (!std::regex_search(name, filter)) continue;
            found = true;
            const std::vector<OpCost> costs = measure(row, size, options);
            const Json numbers{size.height, size.width, size.channels, size.batch};
            if (options.as_json)
                all.push_back({{"case", name}, {"size", numbers}, {"ops", cost_json(costs, rates)}});
            else
                std::cout << name << ", " << size.height << "×" << size.width << "×" << size.channels
                          << ", batch " << size.batch << "\n"
                          << cost_table(costs, rates) << "\n";
        }
    if (!found) {
        std::cerr << "op_timing: no row with a timing size matches \"" << options.filter
                  << "\"; tests/cases.json has the rows\n";
        return 2;
    }
    if (options.as_json) std::cout << all.dump(2) << "\n";
    return 0;
}

}  // namespace

}  // namespace cnnlab::test

int main(int count, char** arguments) {
    cnnlab::test::Options options;
    CLI::App app("times the ops of the rows of tests/cases.json that have a timing size", "op_timing");
    app.add_option("filter", options.filter, "regular expression over FAMILY.NAME");
    app.add_option("--seconds", options.seconds, "time for each row")->check(CLI::PositiveNumber);
    app.add_option("--device", options.backend.device, "cpu or cuda");
    app.add_option("--threads", options.backend.threads, "0: one a processor core");
    app.add_option("--arch", options.backend.arch, "instruction set of the CPU backend");
    app.add_flag("--json", options.as_json, "figures as JSON");
    CLI11_PARSE(app, count, arguments);
    try {
        return cnnlab::test::run(options);
    } catch (const std::exception& error) {
        std::cerr << "op_timing: " << error.what() << "\n";
        return 1;
    }
}
