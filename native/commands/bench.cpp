#include <algorithm>
#include <chrono>
#include <memory>

#include "engine/core/philox.hpp"
#include "engine/cpu/peak.hpp"
#include "engine/train/trainer.hpp"
#include "native/commands/commands.hpp"
#include "native/experiment_file.hpp"
#include "native/op_profile.hpp"
#include "native/pytorch_peer.hpp"
#include "native/text.hpp"

namespace cnnlab {

namespace {

constexpr int repeats = 5;
constexpr int batches = 16;  ///< of images that there are; the training goes round and round

struct Options {
    std::string experiment = "cifar10-simple";
    std::vector<std::string> settings;
    std::optional<int64_t> batch;
    double seconds = 1;
    bool without_peer = false, as_json = false, profile = false;
    BackendChoice backend;
};

/// Images of noise in the data set's shape: speed does not depend on what they show.
Dataset noise(const ExperimentFile& file) {
    Dataset data;
    data.card = card_without_images(file);
    if (data.card.classes.empty()) data.card.classes = {"one", "other"};
    const auto count = static_cast<size_t>(file.experiment.train.batch) * batches;
    const Philox random{1, stream_of("bench")};
    data.train.images.resize(count * static_cast<size_t>(data.card.image.count()));
    for (size_t i = 0; i < data.train.images.size(); ++i)
        data.train.images[i] = static_cast<uint8_t>(random.word(i));
    for (size_t i = 0; i < count; ++i)
        data.train.labels.push_back(static_cast<int32_t>(i % data.card.classes.size()));
    return data;
}

/// Images a second over steps that take `seconds` together.
double measure(Trainer& trainer, double seconds) {
    const auto start = std::chrono::steady_clock::now();
    const int batch = trainer.program().batch;
    int64_t images = 0;
    double passed = 0;
    while (images == 0 || passed < seconds) {
        trainer.step();
        images += batch;
        passed = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    }
    return static_cast<double>(images) / passed;
}

struct Result {
    double images_per_second = 0, slowest = 0, fastest = 0, gflops = 0, peak_gflops = 0;
    int64_t multiply_adds = 0;  ///< of one image in one training step
};

Result run(Trainer& trainer, const Options& options) {
    Result result;
    for (const Op& op : trainer.program().ops) result.multiply_adds += multiply_adds(op, trainer.program());
    measure(trainer, 0.3);  // caches, page tables and the processor's clock settle
    const int threads = thread_count(options.backend);
    const double peak_before = cpu_peak_gflops(options.backend.arch, threads);
    std::vector<double> rates;
    for (int i = 0; i < repeats; ++i) rates.push_back(measure(trainer, options.seconds));
    std::sort(rates.begin(), rates.end());
    result.images_per_second = rates[repeats / 2];
    result.slowest = rates.front();
    result.fastest = rates.back();
    result.gflops = 2e-9 * static_cast<double>(result.multiply_adds) * result.images_per_second;
    // Somebody else's work can only make it look lower than it is.
    result.peak_gflops = std::max(peak_before, cpu_peak_gflops(options.backend.arch, threads));
    return result;
}

/// Steps with a clock around every op. Empty where the backend cannot tell.
std::vector<OpCost> profile(Trainer& trainer, Backend& backend, double seconds) {
    const int64_t before = trainer.steps_done();
    backend.set_profiling(trainer.executable(), true);
    measure(trainer, seconds);
    const std::vector<double> passed = backend.op_seconds(trainer.executable());
    backend.set_profiling(trainer.executable(), false);
    if (passed.empty())
        throw Error(ErrorCode::unsupported, "--profile", "this backend does not measure single ops",
                    "use --device cpu");
    return op_costs(trainer.program(), trainer.model().layers(), passed, trainer.steps_done() - before);
}

void print(const Result& r, const Experiment& experiment, const Backend& backend,
           const std::optional<PytorchFigure>& peer) {
    const BackendInfo info = backend.info();
    std::string text = experiment.name + ", training, batches of " + std::to_string(experiment.train.batch) +
                       ", on " + info.name + (info.detail.empty() ? "" : " (" + info.detail + ")") + "\n";
    text += "  " + rate_text(r.images_per_second) + " img/s  (median of " + std::to_string(repeats) +
            " runs, " + rate_text(r.slowest) + " to " + rate_text(r.fastest) + ")\n";
    text += "  " + rate_text(r.gflops) + " GFLOP/s, " + percent_text(r.gflops / r.peak_gflops) + " of the " +
            rate_text(r.peak_gflops) + " that this machine's multiply-adds reach\n";
    if (peer) {
        text += "  " + rate_text(peer->images_per_second) + " img/s by PyTorch " + peer->version +
                (peer->blas.empty() ? "" : " (BLAS: " + peer->blas + ")") + ": cnnlab is " +
                rate_text(r.images_per_second / peer->images_per_second) + " times as fast\n";
    }
    print_text(text);
}

void bench(const Options& options) {
    check_range(options.seconds, 0.001, 3600, "--seconds");
    ExperimentChanges changes{options.settings, {}};
    if (options.batch) changes.settings.push_back("train.batch=" + std::to_string(*options.batch));
    ExperimentFile file = read_experiment(options.experiment, changes);
    // Without an end, and without limits that the noise does not have.
    file.experiment.train.epochs = 1000000;
    file.experiment.dataset.train_limit = 0;
    const auto backend = make_backend(options.backend);
    const Dataset images = noise(file);
    Trainer trainer(file.experiment, images, *backend);
    const Result result = run(trainer, options);
    std::optional<PytorchFigure> peer;
    // The script knows networks by name; a file or a changed one may be another.
    if (!options.without_peer && options.settings.empty() && options.experiment == file.experiment.name) {
        peer =
            pytorch_figure(file.experiment.name, file.experiment.train.batch, thread_count(options.backend));
    }
    std::vector<OpCost> costs;
    if (options.profile) costs = profile(trainer, *backend, 2 * options.seconds);
    if (!options.as_json) {
        print(result, file.experiment, *backend, peer);
        if (options.profile)
            print_text("\n" + cost_table(costs, result.peak_gflops / thread_count(options.backend)));
        return;
    }
    Json json{{"name", file.experiment.name},
              {"batch", file.experiment.train.batch},
              {"threads", thread_count(options.backend)},
              {"device", backend->info().name},
              {"detail", backend->info().detail},
              {"images_per_second", result.images_per_second},
              {"slowest", result.slowest},
              {"fastest", result.fastest},
              {"gflops", result.gflops},
              {"peak_gflops", result.peak_gflops},
              {"multiply_adds", result.multiply_adds}};
    if (peer) {
        json["pytorch"] = {
            {"images_per_second", peer->images_per_second}, {"version", peer->version}, {"blas", peer->blas}};
        json["ratio"] = result.images_per_second / peer->images_per_second;
    }
    if (options.profile) json["ops"] = cost_json(costs);
    print_json(json);
}

}  // namespace

void add_bench(CLI::App& app) {
    const auto o = std::make_shared<Options>();
    CLI::App* verb = app.add_subcommand(
        "bench",
        "Speed of training in images and GFLOP a second, beside the machine's peak and PyTorch's speed");
    verb->add_option("experiment", o->experiment, "NAME or FILE.json; its data set need not be here")
        ->type_name("NAME")
        ->capture_default_str();
    verb->add_option("--batch", o->batch, "Images a step")->type_name("N");
    verb->add_option("--set", o->settings, "Change any field; can be repeated")
        ->type_name("PATH=VALUE")
        ->allow_extra_args(false);
    verb->add_option("--seconds", o->seconds, "Length of each of the five runs")
        ->type_name("S")
        ->capture_default_str();
    verb->add_flag("--profile", o->profile, "Also the time of each op, costliest first");
    verb->add_flag("--no-pytorch", o->without_peer, "Leave PyTorch out of it");
    add_backend_options(*verb, o->backend);
    verb->add_flag("--json", o->as_json, "One line of JSON");
    verb->callback([o] { bench(*o); });
}

}  // namespace cnnlab
