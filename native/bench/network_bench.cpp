#include "native/bench/network_bench.hpp"

#include <algorithm>

namespace cnnlab {

namespace {

/// "train:64,infer:1".
std::string task_list(const std::vector<Task>& tasks, bool with_training) {
    std::string text;
    for (const Task& task : tasks) {
        if (task.trains && !with_training) continue;
        text += (text.empty() ? "" : ",") + std::string(task.trains ? "train:" : "infer:") +
                std::to_string(task.batch);
    }
    return text;
}

/// A network for other images, as peers are given it in place of an experiment's name.
std::string network_text(const Experiment& experiment, const OtherImages& images) {
    Json json = experiment.to_json();
    json["image"] = {images.shape.channels, images.shape.height, images.shape.width};
    json["classes"] = images.classes;
    return json.dump();
}

BackendChoice with_threads(BackendChoice choice, int threads) {
    choice.threads = threads;
    return choice;
}

}  // namespace

const Entry* fastest(const std::vector<Entry>& entries, const std::function<bool(const Entry&)>& wanted) {
    const Entry* best = nullptr;
    for (const Entry& entry : entries) {
        if (!wanted(entry)) continue;
        if (best == nullptr || entry.timing.median_round() < best->timing.median_round()) best = &entry;
    }
    return best;
}

void NetworkBench::start_peers(int64_t parameters) {
    if (!options_.peers || !peers_.empty()) return;
    const std::string network =
        options_.images ? network_text(file_.experiment, *options_.images) : file_.experiment.name;
    const auto trains = [](const Task& task) { return task.trains; };
    const bool any_training = std::any_of(options_.tasks.begin(), options_.tasks.end(), trains);
    for (const int threads : options_.threads) {
        if (any_training || !options_.images)
            start_peer("pytorch_bench.py", network, threads, true, parameters);
        start_peer(options_.images ? "onnxruntime_node.mjs" : "onnxruntime_bench.py", network, threads, false,
                   parameters);
    }
}

void NetworkBench::start_peer(const std::string& script, const std::string& network, int threads, bool trains,
                              int64_t parameters) {
    const std::string tasks = task_list(options_.tasks, trains);
    if (tasks.empty()) return;
    auto process = std::make_unique<PeerProcess>(script, network, threads, tasks);
    if (process->parameters() != parameters)
        throw Error(ErrorCode::shape_mismatch, script,
                    "its " + file_.experiment.name + " has " + std::to_string(process->parameters()) +
                        " parameters, ours " + std::to_string(parameters),
                    "report this as a bug: the two do not do the same work");
    peers_.push_back({threads, std::move(process)});
}

std::vector<std::string> NetworkBench::peers() const {
    std::vector<std::string> names;
    for (const Peer& peer : peers_) {
        const std::string blas = peer.process->blas();
        const std::string name = peer.process->name() + (blas.empty() ? "" : " (BLAS: " + blas + ")");
        if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
    }
    return names;
}

std::vector<Entry> NetworkBench::measure(const Task& task) {
    std::vector<Entry> entries;
    std::vector<Contestant> contestants;
    const auto add = [&](const std::string& who, const std::string& variant, int threads,
                         Contestant contestant) {
        entries.push_back({who, variant, threads, {}});
        contestants.push_back(std::move(contestant));
    };
    ExperimentFile file = file_;
    if (task.trains) file.experiment.train.batch = task.batch;
    std::vector<std::unique_ptr<TrainingLoad>> trainings;
    std::vector<std::unique_ptr<InferenceLoad>> inferences;
    const bool on_cpu = options_.backend.device == "auto" || options_.backend.device == "cpu";
    for (const int threads : options_.threads) {
        const BackendChoice choice = with_threads(options_.backend, threads);
        if (task.trains) {
            trainings.push_back(std::make_unique<TrainingLoad>(file, choice, options_.images));
            step_flops_ = trainings.back()->step_flops();
            if (on_cpu) add("peak", "", threads, peak_contestant(choice));
            add("cnnlab", "", threads, trainings.back()->contestant());
        } else {
            inferences.push_back(std::make_unique<InferenceLoad>(file, task.batch, choice, options_.images));
            add("cnnlab", "", threads, inferences.back()->contestant());
        }
    }
    start_peers(task.trains ? trainings.front()->trainer().model().parameter_count()
                            : inferences.front()->model().parameter_count());
    for (const Peer& peer : peers_) {
        const auto& variants = peer.process->variants();
        for (size_t i = 0; i < variants.size(); ++i) {
            if ((variants[i].task == "train") != task.trains || variants[i].batch != task.batch) continue;
            add(peer.process->name(), variants[i].name, peer.threads,
                {[&peer, i](double seconds) { return peer.process->repeat(i, seconds); }});
        }
    }
    std::vector<Timing> timings = contest(contestants, options_.rounds, options_.seconds,
                                          task.batch == 1 && !task.trains ? Typical::median : Typical::mean);
    for (size_t i = 0; i < entries.size(); ++i) entries[i].timing = std::move(timings[i]);
    // The fastest variant of every peer.
    std::vector<Entry> best;
    for (const Entry& entry : entries) {
        const Entry* first = fastest(entries, [&](const Entry& other) {
            return other.who == entry.who && other.threads == entry.threads;
        });
        if (first == &entry) best.push_back(entry);
    }
    return best;
}

}  // namespace cnnlab
