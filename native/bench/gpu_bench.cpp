#include "native/bench/gpu_bench.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>

#include "engine/train/trainer.hpp"
#include "native/report/text.hpp"
#if defined(CNNLAB_HAS_CUDA)
#include "native/cuda/ceilings.hpp"
#endif

namespace cnnlab {

namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

std::string fixed(double value, int decimals) {
    char text[48];
    std::snprintf(text, sizeof text, "%.*f", decimals, value);
    return text;
}

/// The values of all runs, and their statistics.
struct Series {
    std::vector<double> values;

    [[nodiscard]] double mean() const {
        double sum = 0;
        for (const double value : values) sum += value;
        return sum / static_cast<double>(values.size());
    }
    /// The sample's standard deviation; 0 of one value.
    [[nodiscard]] double stddev() const {
        double squares = 0;
        for (const double value : values) squares += (value - mean()) * (value - mean());
        return values.size() < 2 ? 0 : std::sqrt(squares / static_cast<double>(values.size() - 1));
    }
    [[nodiscard]] std::string text(int decimals) const {
        std::string all;
        for (const double value : values) all += " " + fixed(value, decimals);
        return fixed(mean(), decimals) + ", sd " + fixed(stddev(), decimals) + ":" + all;
    }
    [[nodiscard]] Json json() const { return {{"mean", mean()}, {"stddev", stddev()}, {"values", values}}; }
};

struct Runs {
    Series cold, warm, accuracy;
    bool repeatable = true;  ///< the same seed gave the same accuracy twice
};

/// The images as two data sets: without test images, a training does not evaluate after every epoch.
struct Images {
    Dataset train;
    Split test;
};

double train_and_evaluate(Trainer& trainer, const Images& images) {
    trainer.fit();
    return trainer.model().evaluate(SplitName::test, images.test.labels).accuracy;
}

void run_once(const ExperimentFile& file, const Images& images, Backend& backend, int seed, Runs& runs) {
    Experiment experiment = file.experiment;
    experiment.train.seed = seed;
    const auto cold = Clock::now();
    Trainer trainer(experiment, images.train, backend);
    backend.upload_split(SplitName::test, images.train.card.image, images.test);
    const std::vector<uint8_t> start = trainer.checkpoint();
    const double first = train_and_evaluate(trainer, images);
    runs.cold.values.push_back(seconds_since(cold));

    trainer.restore(start);
    backend.synchronize();
    const auto warm = Clock::now();
    trainer.model().initialise(static_cast<uint64_t>(seed), &images.train.train);
    const double second = train_and_evaluate(trainer, images);
    runs.warm.values.push_back(seconds_since(warm));
    runs.accuracy.values.push_back(100 * second);
    runs.repeatable = runs.repeatable && first == second;
}

// ---- ops ----

struct OpTime {
    std::string layer, op;
    double seconds = 0, flops = 0, bytes = 0;
};

/// The least bytes that an op reads and writes, with activations of `element_bytes`.
double bytes_of(const Program& program, const Op& op, int element_bytes) {
    double bytes = 0;
    const Operands operands = operands_of(op);
    for (const auto* list : {&operands.reads, &operands.writes})
        for (const ValueId id : *list) {
            const ValueInfo& info = program.info(id);
            const double size = static_cast<double>(info.bytes(program.batch));
            const bool narrow = info.role == Role::activation && info.dtype == DType::f32;
            bytes += narrow ? size * element_bytes / 4 : size;
        }
    return bytes;
}

std::vector<OpTime> measure_ops(const ExperimentFile& file, const Images& images, Backend& backend,
                                int element_bytes) {
    Trainer trainer(file.experiment, images.train, backend);
    constexpr int warm_up = 3, steps = 20;
    for (int i = 0; i < warm_up; ++i) (void)trainer.step();
    backend.set_profiling(trainer.executable(), true);
    int64_t done = 0;
    while (done < steps && trainer.step()) ++done;
    const std::vector<double> passed = backend.op_seconds(trainer.executable());
    const Program& program = trainer.program();
    std::vector<OpTime> ops;
    for (size_t i = 0; i < program.ops.size(); ++i) {
        if (passed.at(i) <= 0) continue;
        const int layer = program.layer_of_op[i];
        ops.push_back({layer < 0 ? "–" : trainer.model().layers().at(static_cast<size_t>(layer)).name,
                       std::string(op_name(program.ops[i])), passed[i] / static_cast<double>(done),
                       2.0 * static_cast<double>(multiply_adds(program.ops[i], program)) * program.batch,
                       bytes_of(program, program.ops[i], element_bytes)});
    }
    return ops;
}

struct Ceilings {
    double flops = 0, bytes = 0;
};
Ceilings ceilings() {
#if defined(CNNLAB_HAS_CUDA)
    const CudaCeilings measured = measure_cuda_ceilings();
    return {measured.half_flops, measured.memory_bytes};
#else
    return {};
#endif
}

std::string op_table(std::vector<OpTime> ops, const Ceilings& best) {
    std::stable_sort(ops.begin(), ops.end(),
                     [](const OpTime& a, const OpTime& b) { return a.seconds > b.seconds; });
    double all = 0;
    for (const OpTime& op : ops) all += op.seconds;
    constexpr auto right = Table::Align::right;
    Table table({{"layer"},
                 {"op"},
                 {"µs", right},
                 {"share", right},
                 {"TFLOP/s", right},
                 {"of best", right},
                 {"GB/s", right},
                 {"of best", right}});
    for (const OpTime& op : ops) {
        const double flops = op.flops / op.seconds, bytes = op.bytes / op.seconds;
        const bool product = op.flops > 0;
        table.add({op.layer, op.op, fixed(1e6 * op.seconds, 1), percent_text(op.seconds / all),
                   product ? fixed(1e-12 * flops, 1) : "",
                   product && best.flops > 0 ? percent_text(flops / best.flops) : "", fixed(1e-9 * bytes, 0),
                   best.bytes > 0 ? percent_text(bytes / best.bytes) : ""});
    }
    table.rule();
    table.add({"all", "", fixed(1e6 * all, 1), "", "", "", "", ""});
    return table.str();
}

Json op_json(const std::vector<OpTime>& ops) {
    Json list = Json::array();
    for (const OpTime& op : ops)
        list.push_back({{"layer", op.layer},
                        {"op", op.op},
                        {"seconds", op.seconds},
                        {"flops", op.flops},
                        {"bytes", op.bytes}});
    return list;
}

}  // namespace

std::string bench_on_gpu(const ExperimentFile& file, const GpuBenchOptions& options) {
    const auto backend = make_backend(options.backend);
    Images images{load_images(file), {}};
    std::swap(images.test, images.train.test);
    if (images.test.count() == 0)
        throw Error(ErrorCode::missing_data, images.train.origin, "has no test images",
                    "keep some with dataset.test_share");
    Runs runs;
    for (int i = 0; i < options.runs; ++i) run_once(file, images, *backend, i + 1, runs);
    const Ceilings best = ceilings();
    std::vector<OpTime> ops;
    const int element_bytes =
        options.backend.precision.empty() || options.backend.precision == "fp32" ? 4 : 2;
    if (options.profile) ops = measure_ops(file, images, *backend, element_bytes);

    const BackendInfo info = backend->info();
    if (options.as_json) {
        Json json{{"name", file.experiment.name},
                  {"device", info.name},
                  {"detail", info.detail},
                  {"prepare_and_train_seconds", runs.cold.json()},
                  {"train_seconds", runs.warm.json()},
                  {"accuracy_percent", runs.accuracy.json()},
                  {"repeatable", runs.repeatable},
                  {"best_half_flops", best.flops},
                  {"best_memory_bytes", best.bytes}};
        if (options.profile) json["ops"] = op_json(ops);
        return json.dump() + "\n";
    }
    std::string text = file.experiment.name + " on " + info.name + " (" + info.detail + "), " +
                       count_text(options.runs, "run") + "\n";
    text += "  accuracy, %              " + runs.accuracy.text(2) + "\n";
    text += "  train and evaluate, s    " + runs.warm.text(3) + "\n";
    text += "  the same with preparing  " + runs.cold.text(3) + "\n";
    if (!runs.repeatable) text += "  a seed gave two accuracies: something here depends on chance\n";
    text += "  this GPU at its best: " + fixed(1e-12 * best.flops, 0) + " TFLOP/s in half precision, " +
            fixed(1e-9 * best.bytes, 0) + " GB/s\n";
    if (options.profile)
        text += "\nA step, op by op, launched singly with a clock around each\n\n" + op_table(ops, best);
    return text;
}

}  // namespace cnnlab
