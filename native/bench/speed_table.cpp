#include "native/bench/speed_table.hpp"

#include <array>

#include "engine/data/card.hpp"
#include "engine/drawing/svg.hpp"
#include "native/bench/first_step.hpp"
#include "native/bench/large_networks.hpp"
#include "native/bench/network_bench.hpp"
#include "native/report/text.hpp"

namespace cnnlab {

namespace {

constexpr int batch = 64;
constexpr int starts = 5;  ///< processes of which the median counts

struct Network {
    const char* name;
    double must, aim;  ///< times PyTorch's speed of training
};
constexpr std::array<Network, 3> networks{
    {{"cifar10-simple", 8, 12}, {"fashion-cnn", 5, 10}, {"cifar10-resnet", 4, 8}}};

const Entry* ours(const std::vector<Entry>& entries, int threads) {
    return fastest(entries, [&](const Entry& e) { return e.is_ours() && e.threads == threads; });
}

std::string with_threads(const std::string& what, int threads) {
    return what + ", " + count_text(threads, "thread");
}

/// Measures, and collects the lines of the table.
class Gatherer {
  public:
    explicit Gatherer(const SpeedTableOptions& options) : options_(options) {
        threads_ = {1};
        if (options.threads > 1) threads_.push_back(options.threads);
    }

    SpeedTable gather() {
        if (!options_.only_large) {
            for (const char* name : {"cifar10-simple", "fashion-cnn"}) first_step(name);
            for (const Network& network : networks) measure(network);
        }
        measure_large_networks(options_, table_);
        return std::move(table_);
    }

  private:
    void first_step(const std::string& name) {
        options_.say(name + ": start and memory");
        Figure start{.what = name + ": from `train` to the first step done, data on disk",
                     .value = {},
                     .unit = Figure::Unit::seconds,
                     .must = 0.5,
                     .aim = 0.2},
            memory{.what = name + ": peak memory of an epoch, beyond the data",
                   .value = {},
                   .unit = Figure::Unit::mebibytes,
                   .must = 64,
                   .aim = 32};
        const bool is_cifar = name.starts_with("cifar10");
        const std::filesystem::path data = is_cifar ? options_.data : std::filesystem::path();
        try {
            std::vector<double> seconds;
            for (int i = 0; i < starts; ++i)
                seconds.push_back(run_train_process(name, 1, options_.threads, data).first_step);
            start.value = median(seconds);
            if (is_cifar) {
                const TrainProcess process = run_train_process(name, 0, options_.threads, data);
                const DatasetCard& card = find_card("cifar10");
                const int64_t bytes = (card.train_count + card.test_count) *
                                      (card.image.count() + static_cast<int64_t>(sizeof(int32_t)));
                memory.value = static_cast<double>(process.peak_memory - bytes) / (1 << 20);
            }
        } catch (const Error& error) {
            start.note = memory.note = error.problem().english();
        }
        table_.figures.push_back(start);
        if (is_cifar) table_.figures.push_back(memory);
    }

    void measure(const Network& network) {
        const ExperimentFile file = read_experiment(network.name);
        const std::vector<Task> tasks{{true, batch}, {false, batch}, {false, 1}};
        NetworkBench bench(
            file, {tasks, threads_, options_.backend, options_.peers, options_.rounds, options_.seconds});
        for (const Task& task : tasks) {
            options_.say(std::string(network.name) + ": " + (task.trains ? "training" : "inference") +
                         ", batches of " + std::to_string(task.batch));
            const std::vector<Entry> entries = bench.measure(task);
            add_lines(network, task, entries, bench.step_flops());
            if (task.trains)
                add_training(network, entries, bench.step_flops());
            else
                add_inference(network, task, entries);
        }
        table_.peers = bench.peers();
    }

    void add_lines(const Network& network, const Task& task, const std::vector<Entry>& entries,
                   double flops) {
        for (const int threads : threads_) {
            SpeedTable::Line line{network.name, task.trains ? "training" : "inference", threads, {}, 0,
                                  task.batch};
            for (const Entry& entry : entries) {
                if (entry.threads != threads) continue;
                if (entry.is_peak()) {
                    line.share_of_peak = share_of_peak(*ours(entries, threads), entry, flops);
                    continue;
                }
                const double seconds =
                    task.batch == 1 ? entry.timing.percentile(0.5) : entry.timing.median_round();
                line.seconds.emplace_back(entry.who + (entry.variant.empty() ? "" : " " + entry.variant),
                                          seconds);
                if (entry.is_ours()) line.p95 = entry.timing.percentile(0.95);
            }
            table_.lines.push_back(std::move(line));
        }
    }

    /// A repeat of the peak is 1 GFLOP, one of ours a step: the share is the time at peak over our time.
    static double share_of_peak(const Entry& entry, const Entry& peak, double flops) {
        return 1e-9 * flops * speed_ratio(entry.timing, peak.timing);
    }

    void add_training(const Network& network, const std::vector<Entry>& entries, double flops) {
        const std::string name = network.name;
        add_ratio(with_threads(name + ": training against PyTorch", options_.threads), entries, "PyTorch",
                  options_.threads, network.must, network.aim);
        for (const int threads : threads_) {
            const Entry* peak =
                fastest(entries, [&](const Entry& e) { return e.is_peak() && e.threads == threads; });
            if (peak == nullptr || name != networks[0].name) continue;
            table_.figures.push_back(
                {.what = with_threads(name + ": training step, share of the multiply-add peak", threads),
                 .value = share_of_peak(*ours(entries, threads), *peak, flops),
                 .unit = Figure::Unit::share,
                 .must = threads == 1 ? 0.75 : 0.65,
                 .aim = threads == 1 ? 0.92 : 0.88});
        }
        if (threads_.size() > 1)
            table_.figures.push_back(
                {.what = name + ": training, " + std::to_string(options_.threads) + " threads over one",
                 .value = speed_ratio(ours(entries, options_.threads)->timing, ours(entries, 1)->timing),
                 .must = 1.8,
                 .aim = 1.95});
    }

    void add_inference(const Network& network, const Task& task, const std::vector<Entry>& entries) {
        const std::string name = network.name;
        for (const char* peer : {"PyTorch", "ONNX Runtime"}) {
            if (task.batch == 1) {
                // Each with the number of threads that suits it.
                add_ratio(name + ": inference of one image, latency, against " + peer, entries, peer, 0, 1,
                          2);
            } else {
                add_ratio(with_threads(name + ": inference, batches of " + std::to_string(task.batch) +
                                           ", against " + peer,
                                       options_.threads),
                          entries, peer, options_.threads, 2, 3);
            }
        }
    }

    /// `threads` 0: each with the number that is fastest for it.
    void add_ratio(const std::string& what, const std::vector<Entry>& entries, const std::string& peer,
                   int threads, double must, double aim) {
        const auto fits = [&](const Entry& e) { return threads == 0 || e.threads == threads; };
        const Entry* mine = fastest(entries, [&](const Entry& e) { return fits(e) && e.is_ours(); });
        const Entry* theirs =
            fastest(entries, [&](const Entry& e) { return fits(e) && e.who.starts_with(peer); });
        Figure figure{.what = what, .value = {}, .must = must, .aim = aim};
        if (theirs == nullptr)
            figure.note = "not measured: ./lab setup peers";
        else
            figure.value = speed_ratio(mine->timing, theirs->timing);
        table_.figures.push_back(std::move(figure));
    }

    const SpeedTableOptions& options_;
    std::vector<int> threads_;
    SpeedTable table_;
};

}  // namespace

std::string SpeedTable::text() const {
    std::string text;
    for (const Line& line : lines) {
        text += line.network + ", " + line.task + ", batches of " + std::to_string(line.batch) + ", " +
                count_text(line.threads, "thread") + ": ";
        for (const auto& [who, seconds] : line.seconds) {
            text += (who == line.seconds.front().first ? "" : "; ") + who + " ";
            text += line.batch == 1 ? short_number(1e3 * seconds, 3) + " ms"
                                    : rate_text(line.batch / seconds) + " img/s";
            if (line.batch == 1 && who == line.seconds.front().first)
                text += " (95 %: " + short_number(1e3 * line.p95, 3) + " ms)";
        }
        if (line.share_of_peak > 0) text += "; " + percent_text(line.share_of_peak) + " of the peak";
        text += "\n";
    }
    for (const std::string& peer : peers) text += "peer: " + peer + "\n";
    return text + "\n" + figure_table(figures);
}

Json SpeedTable::to_json() const {
    Json list = Json::array();
    for (const Line& line : lines) {
        Json by_who = Json::object();
        for (const auto& [who, seconds] : line.seconds) by_who[who] = seconds;
        list.push_back({{"network", line.network},
                        {"task", line.task},
                        {"batch", line.batch},
                        {"threads", line.threads},
                        {"seconds", by_who},
                        {"p95", line.p95},
                        {"share_of_peak", line.share_of_peak > 0 ? Json(line.share_of_peak) : Json()}});
    }
    return {{"figures", figure_json(figures)}, {"measurements", list}, {"peers", peers}};
}

SpeedTable measure_speed_table(const SpeedTableOptions& options) { return Gatherer(options).gather(); }

}  // namespace cnnlab
