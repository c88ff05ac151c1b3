#include <algorithm>
#include <memory>

#include "engine/drawing/svg.hpp"
#include "native/bench/gpu_bench.hpp"
#include "native/bench/memory_rate.hpp"
#include "native/bench/network_bench.hpp"
#include "native/bench/nodes.hpp"
#include "native/bench/op_profile.hpp"
#include "native/bench/scaling.hpp"
#include "native/bench/speed_table.hpp"
#include "native/commands/commands.hpp"
#include "native/distributed/launch.hpp"
#include "native/report/text.hpp"
#include "native/run/experiment_file.hpp"
#include "native/system/file_bytes.hpp"

namespace cnnlab {

namespace {

struct BenchArguments {
    std::string experiment, data, out = ".";
    std::vector<std::string> settings;
    std::optional<int64_t> batch;
    std::optional<double> seconds;
    int rounds = 5;
    bool table = false, large = false, scaling = false, nodes = false, inference = false, profile = false,
         without_peers = false, as_json = false;
    BackendChoice backend;
};

// ---- one network ----

std::string line_of(const Entry& entry, int batch, const Entry& mine) {
    const Timing& t = entry.timing;
    std::string text = "  " + entry.who + (entry.variant.empty() ? "" : " (" + entry.variant + ")") + ": ";
    if (batch == 1) {
        text +=
            milliseconds_text(t.percentile(0.5)) + ", 95 % within " + milliseconds_text(t.percentile(0.95));
    } else {
        const auto [fast, slow] = std::minmax_element(t.rounds.begin(), t.rounds.end());
        text += rate_text(batch / t.median_round()) + " img/s  (median of " +
                std::to_string(t.rounds.size()) + " runs, " + rate_text(batch / *slow) + " to " +
                rate_text(batch / *fast) + ")";
    }
    if (!entry.is_ours()) text += ": cnnlab is " + rate_text(speed_ratio(mine.timing, t)) + " times as fast";
    return text + "\n";
}

Json json_of(const Entry& entry, int batch) {
    const Timing& t = entry.timing;
    return {{"who", entry.who},
            {"variant", entry.variant},
            {"threads", entry.threads},
            {"batch", batch},
            {"images_per_second", batch / t.median_round()},
            {"median_seconds", t.percentile(0.5)},
            {"p95_seconds", t.percentile(0.95)}};
}

struct Profile {
    MachineRates rates;
    std::vector<OpCost> ops, segments;
};

/// Repeats `step` with a clock around every op of its Program.
Profile profile_of(const Program& program, Executable& executable, const Model& model,
                   const MachineRates& rates, double seconds, const std::function<void()>& step) {
    (void)timed_repeats(seconds / 4, step);
    Backend& backend = model.backend();
    backend.set_profiling(executable, true);
    const auto steps = static_cast<int64_t>(timed_repeats(seconds, step).size());
    const std::vector<double> passed = backend.op_seconds(executable);
    if (passed.empty())
        throw Error(ErrorCode::unsupported, "--profile", "this backend does not measure single ops",
                    "use --device cpu");
    Profile result{rates, op_costs(program, executable, model.layers(), passed, steps), {}};
    result.segments = segment_costs(program, executable, result.ops);
    return result;
}

/// `peak_flops`: the rate of multiply-adds on all threads.
Profile profile(const ExperimentFile& file, const BackendChoice& choice, bool trains, double peak_flops,
                double seconds) {
    const int threads = thread_count(choice), batch = file.experiment.train.batch;
    const MachineRates rates{peak_flops / threads, memory_rate(threads) / threads};
    if (trains) {
        TrainingLoad load(file, choice);
        Trainer& trainer = load.trainer();
        return profile_of(trainer.program(), trainer.executable(), trainer.model(), rates, seconds,
                          [&] { trainer.step(); });
    }
    const std::unique_ptr<Backend> backend = make_backend(choice);
    const Dataset images = noise_images(file, batch);
    const Model model(file.experiment, images.card, *backend);
    const Program program = model.compile_for(Phase::evaluate, batch).program;
    const std::unique_ptr<Executable> executable = backend->prepare(program);
    backend->upload_split(SplitName::input, images.card.image, images.train);
    return profile_of(executable->program(), *executable, model, rates, seconds, [&] {
        (void)backend->run(*executable, {SplitName::input, 0, batch});
    });
}

std::string text_of(const Profile& profile, int threads) {
    return "\nThe ops, milliseconds summed over threads. The floor: multiply-adds at " +
           rate_text(1e-9 * profile.rates.flops) + " GFLOP/s and memory at " +
           rate_text(1e-9 * profile.rates.bytes) + " GB/s a thread (" + count_text(threads, "thread") +
           "); what stays in a thread's cache costs no memory\n\n" + cost_table(profile.ops, profile.rates) +
           "\nThe segments, from their first to their last op\n\n" +
           cost_table(profile.segments, profile.rates);
}

void bench_network(const BenchArguments& options) {
    ExperimentChanges changes{options.settings, {}};
    if (options.batch) changes.settings.push_back("train.batch=" + std::to_string(*options.batch));
    const ExperimentFile file = read_experiment(options.experiment, changes);
    const int threads = thread_count(options.backend), batch = file.experiment.train.batch;
    // The peers' scripts know networks by name only: a file or a changed experiment may be another network.
    const bool known = options.settings.empty() && options.experiment == file.experiment.name;
    const bool with_peers = known && !options.without_peers && peers_are_there();
    std::vector<Task> tasks{{true, batch}};
    if (options.inference) tasks = {{false, batch}, {false, 1}};
    NetworkBench bench(
        file, {tasks, {threads}, options.backend, with_peers, options.rounds, options.seconds.value_or(1)});

    const BackendInfo info = make_backend(options.backend)->info();
    std::string text;
    Json json{{"name", file.experiment.name},
              {"batch", batch},
              {"threads", threads},
              {"device", info.name},
              {"detail", info.detail}};
    double peak_gflops = 0;
    for (const Task& task : tasks) {
        const std::vector<Entry> entries = bench.measure(task);
        const Entry& mine = *fastest(entries, [](const Entry& e) { return e.is_ours(); });
        const Entry* peak = fastest(entries, [](const Entry& e) { return e.is_peak(); });
        text += file.experiment.name + ", " + (task.trains ? "training" : "inference") + ", batches of " +
                std::to_string(task.batch) + ", on " + info.name +
                (info.detail.empty() ? "" : " (" + info.detail + ")") + "\n" +
                line_of(mine, task.batch, mine);
        Json list = Json::array();
        if (task.trains) json["images_per_second"] = batch / mine.timing.median_round();
        if (peak != nullptr) {
            peak_gflops = 1 / peak->timing.median_round();
            const double gflops = 1e-9 * bench.step_flops() / mine.timing.median_round();
            // of the peak in the same round
            const double share = 1e-9 * bench.step_flops() * speed_ratio(mine.timing, peak->timing);
            text += "  " + rate_text(gflops) + " GFLOP/s, " + percent_text(share) + " of the " +
                    rate_text(peak_gflops) + " that this machine's multiply-adds reach\n";
            if (share > 1)
                text +=
                    "  More than all: 3x3 convolutions take fewer multiplications than they count for "
                    "(Winograd's products)\n";
            json.update({{"gflops", gflops}, {"peak_gflops", peak_gflops}, {"share_of_peak", share}});
        }
        for (const Entry& entry : entries) {
            if (entry.is_peak()) continue;
            list.push_back(json_of(entry, task.batch));
            if (!entry.is_ours()) text += line_of(entry, task.batch, mine);
        }
        Json& all = json[task.trains ? "training" : "inference"];
        if (all.is_null()) all = Json::array();
        all.insert(all.end(), list.begin(), list.end());
    }
    for (const std::string& peer : bench.peers()) text += "  beside " + peer + "\n";
    if (known && !options.without_peers && !with_peers)
        text += "  PyTorch and ONNX Runtime are not here to compare with: ./lab setup peers\n";
    json["peers"] = bench.peers();
    if (options.profile) {
        if (peak_gflops == 0) peak_gflops = 1 / peak_contestant(options.backend).repeat(0.2).front();
        const Profile measured = profile(file, options.backend, !options.inference, 1e9 * peak_gflops,
                                         2 * options.seconds.value_or(1));
        text += text_of(measured, threads);
        json["ops"] = cost_json(measured.ops, measured.rates);
        json["segments"] = cost_json(measured.segments, measured.rates);
    }
    if (options.as_json)
        print_json(json);
    else
        print_text(text);
}

// ---- the whole table ----

void bench_table(const BenchArguments& options) {
    SpeedTableOptions table;
    table.backend = options.backend;
    table.threads = thread_count(options.backend);
    table.peers = !options.without_peers && peers_are_there();
    table.node_peer = !options.without_peers && node_peer_is_there();
    table.only_large = options.large;
    table.rounds = options.rounds;
    table.seconds = options.seconds.value_or(0.5);
    table.data = options.data;
    table.say = [](const std::string& what) { std::fprintf(stderr, "measuring %s\n", what.c_str()); };
    const SpeedTable measured = measure_speed_table(table);
    if (options.as_json)
        print_json(measured.to_json());
    else
        print_text(measured.text());
}

// ---- scaling ----

void bench_scaling(const BenchArguments& options) {
    ScalingOptions scaling;
    scaling.backend = options.backend;
    scaling.threads = {1};
    if (thread_count(options.backend) > 1) scaling.threads.push_back(thread_count(options.backend));
    scaling.seconds = options.seconds.value_or(0.25);
    scaling.say = [](const ScalingPoint& p) {
        std::fprintf(stderr, "%s %d, %d threads: %s img/s, %s GFLOP/s\n", p.axis.c_str(), p.at(), p.threads,
                     rate_text(p.images_per_second).c_str(), rate_text(p.gflops).c_str());
    };
    const std::vector<ScalingPoint> points = measure_scaling(scaling);
    const std::filesystem::path folder = options.out;
    write_file(folder / "scaling.csv", scaling_csv(points));
    write_file(folder / "scaling.svg", scaling_svg(points, "Two convolutions and a dense layer in training"));
    if (options.as_json)
        print_json({{"csv", (folder / "scaling.csv").string()}, {"svg", (folder / "scaling.svg").string()}});
    else
        print_text(scaling_csv(points) + "\nin " + (folder / "scaling.csv").string() + " and " +
                   (folder / "scaling.svg").string() + "\n");
}

// ---- many nodes ----

void bench_nodes(BenchArguments options) {
    const std::shared_ptr<ProcessGroup> group = join_processes();
    if (!group)
        throw Error(ErrorCode::unsupported, "--nodes",
                    "measures how long a message takes, and there is one process",
                    "put `mpirun -np 2` before the command");
    const double latency = message_latency(*group);
    if (group->rank() > 0) return;
    ExperimentChanges changes{options.settings, {}};
    if (options.batch) changes.settings.push_back("train.batch=" + std::to_string(*options.batch));
    const ExperimentFile file = read_experiment(options.experiment, changes);
    const int threads = std::max(1, options.backend.threads), batch = file.experiment.train.batch;
    const std::vector<NodePoint> points = measure_nodes(file, options.backend, {1, 2, 4, 8, 16, 32, 64},
                                                        options.rounds, options.seconds.value_or(0.5));
    if (options.as_json) {
        Json list = Json::array();
        for (const NodePoint& p : points)
            list.push_back({{"nodes", p.nodes},
                            {"compute_seconds", p.compute},
                            {"received_bytes", p.received()},
                            {"ring_bytes", p.ring()},
                            {"gathers", p.gathers},
                            {"chains", p.chains}});
        print_json({{"name", file.experiment.name},
                    {"batch", batch},
                    {"latency_seconds", latency},
                    {"nodes", list}});
        return;
    }
    print_text(
        file.experiment.name + ", training, batches of " + std::to_string(batch) +
        ": A MODEL of a step on many nodes, no measurement of them.\nMeasured here: compute of one of n "
        "members (" +
        count_text(threads, "thread") + "), and a short message between two processes, " +
        short_number(1e6 * latency, 1) +
        " us.\nAssumed: 10 and 100 Gbit/s in each direction; nothing overlaps with compute.\nA batch of " +
        std::to_string(batch) + " has " + count_text(shards_of_batch(batch), "shard") +
        ": more nodes have nothing to do.\n\n" + nodes_text(points, latency));
}

// ---- on the GPU ----

/// Whole trainings: a GPU finishes one in seconds.
void bench_gpu(const BenchArguments& options) {
    ExperimentChanges changes{options.settings, options.data};
    if (options.batch) changes.settings.push_back("train.batch=" + std::to_string(*options.batch));
    const GpuBenchOptions gpu{options.rounds, options.profile, options.as_json, options.backend};
    print_text(bench_on_gpu(read_experiment(options.experiment, changes), gpu));
}

void bench(const BenchArguments& options) {
    check_range(options.seconds.value_or(1), 0.001, 3600, "--seconds");
    check_range(options.rounds, 1, 1000, "--rounds");
    const bool on_gpu = device_of(options.backend) == "cuda" && !options.experiment.empty();
    if (!options.data.empty() && !options.experiment.empty() && !on_gpu)
        throw Error(ErrorCode::unsupported, "--data", "is for the table and for --device cuda",
                    "leave it out: on the CPU one network is measured with noise for images");
    if (const Launch launch = read_launch(); launch.processes > 1 && !options.nodes)
        throw Error(ErrorCode::unsupported, "bench",
                    launch.launcher + " has started " + std::to_string(launch.processes) +
                        " processes, which would disturb each other",
                    "start one: several are for bench NAME --nodes");
    if (options.nodes)
        bench_nodes(options);
    else if (on_gpu)
        bench_gpu(options);
    else if (options.scaling)
        bench_scaling(options);
    else if (options.table || options.experiment.empty())
        bench_table(options);
    else
        bench_network(options);
}

}  // namespace

void add_bench(CLI::App& app) {
    const auto o = std::make_shared<BenchArguments>();
    CLI::App* verb = app.add_subcommand(
        "bench",
        "Speed beside the machine's peak, PyTorch and ONNX Runtime, measured in turn: of one "
        "experiment, or everything that is promised");
    CLI::Option* name =
        verb->add_option("experiment", o->experiment,
                         "NAME or FILE.json; its data set need not be here. Without it: the table")
            ->type_name("");
    verb->add_flag("--table", o->table, "What must hold, and whether it does (some minutes)")->excludes(name);
    verb->add_flag("--large", o->large, "Of the table only MobileNetV2 and ResNet-18, at 96 and 224 pixels")
        ->excludes(name);
    verb->add_option("--batch", o->batch, "Images a step")->type_name("N")->needs(name);
    verb->add_option("--set", o->settings, "Change any field; can be repeated")
        ->type_name("PATH=VALUE")
        ->allow_extra_args(false)
        ->needs(name);
    verb->add_flag("--inference", o->inference,
                   "Classification instead of training: whole batches, and the latency of one image")
        ->needs(name);
    verb->add_flag(
            "--profile", o->profile,
            "Also the time of each op of a training step (with --inference: of a batch), costliest first")
        ->needs(name);
    verb->add_option("--data", o->data,
                     "With the table: the folder with CIFAR-10; on the GPU: with the experiment's images")
        ->type_name("DIR");
    CLI::Option* scaling =
        verb->add_flag(
                "--scaling", o->scaling,
                "Training speed against batch, image size, width and threads: scaling.csv and scaling.svg")
            ->excludes(name);
    verb->add_flag(
            "--nodes", o->nodes,
            "A model of training on 1 to 64 nodes; start it as `mpirun -np 2 cnnlab bench NAME --nodes`")
        ->needs(name);
    verb->add_option("--out", o->out, "With --scaling: the folder for them")
        ->type_name("DIR")
        ->needs(scaling);
    verb->add_option("--seconds", o->seconds, "Length of each turn (1; in the table .5, with --scaling .25)")
        ->type_name("S");
    verb->add_option("--rounds", o->rounds, "Turns of each; the median counts")
        ->type_name("N")
        ->capture_default_str();
    verb->add_flag("--no-peers", o->without_peers, "Leave PyTorch and ONNX Runtime out of it");
    add_backend_options(*verb, o->backend);
    verb->add_flag("--json", o->as_json, "One line of JSON");
    verb->callback([o] { bench(*o); });
}

}  // namespace cnnlab
