#include "native/bench/nodes.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstring>
#include <deque>

#include "engine/cpu/cpu_backend.hpp"
#include "engine/cpu/exchange.hpp"
#include "engine/drawing/svg.hpp"
#include "native/report/text.hpp"

namespace cnnlab {

namespace {

/// The first of a group whose others do not exist. What it sends comes back as the sum of all, and zeros stand for the
/// others' parts of an exchange: so its work is about that of a real member.
class EchoGroup : public ProcessGroup {
  public:
    explicit EchoGroup(int size) : size_(size) {}

    [[nodiscard]] int rank() const override { return 0; }
    [[nodiscard]] int size() const override { return size_; }
    [[nodiscard]] std::string host() const override { return "echo"; }
    void abort(int /*code*/) override {}
    [[nodiscard]] bool has_message(int /*from*/) override { return !sent_.empty(); }

    std::vector<int64_t> gathers, chains;

  protected:
    void do_all_gather(std::span<std::byte> all, std::span<const int64_t> begins) override {
        const auto own = static_cast<size_t>(begins[1] - begins[0]),
                   total = static_cast<size_t>(begins.back());
        // Own bytes in their places would be other values' bytes, and counts among them would overflow.
        std::memset(all.data() + own, 0, total - own);
        gathers.push_back(static_cast<int64_t>(total - own));
    }
    void do_send(int /*to*/, std::span<const std::byte> bytes) override {
        sent_.emplace_back(bytes.begin(), bytes.end());
        bytes_ += static_cast<int64_t>(bytes.size());
    }
    void do_receive(int /*from*/, std::span<std::byte> bytes) override {
        if (sent_.empty()) return;
        std::memcpy(bytes.data(), sent_.front().data(), std::min(bytes.size(), sent_.front().size()));
        sent_.pop_front();
    }
    void do_flush() override {
        chains.push_back(bytes_);
        bytes_ = 0;
        sent_.clear();
    }

  private:
    int size_;
    int64_t bytes_ = 0;
    std::deque<std::vector<std::byte>> sent_;
};

constexpr double gigabit = 1e9 / 8;

/// A step with an EchoGroup. Others' parts of weights are zeros, which is no training, so in the long run the loss may
/// be no number. That is no matter here: the work stays the same.
void step_with_echo(Trainer& trainer) {
    try {
        trainer.step();
    } catch (const Error& error) {
        if (error.code() != ErrorCode::diverged) throw;
    }
}

}  // namespace

int64_t NodePoint::received() const {
    int64_t sum = 0;
    for (const int64_t bytes : gathers) sum += bytes;
    for (const int64_t bytes : chains) sum += (nodes > 2 ? 2 : 1) * bytes;
    return sum;
}

double NodePoint::ring() const { return 2.0 * (nodes - 1) / nodes * static_cast<double>(gradient); }

double exchange_seconds(const NodePoint& point, const NodeLink& link) {
    if (point.nodes < 2) return 0;
    double seconds = 0;
    for (const int64_t bytes : point.gathers)
        seconds += std::ceil(std::log2(point.nodes)) * link.latency + static_cast<double>(bytes) / link.rate;
    const int hops = point.active - 1 + point.nodes - 1, directions = point.nodes > 2 ? 2 : 1;
    for (const int64_t bytes : point.chains) {
        const auto message = static_cast<double>(std::min(bytes, cpu::message_bytes));
        seconds += hops * (link.latency + message / link.rate) +
                   directions * (static_cast<double>(bytes) - message) / link.rate;
    }
    return seconds;
}

std::vector<NodePoint> measure_nodes(const ExperimentFile& file, const BackendChoice& choice,
                                     const std::vector<int>& nodes, int rounds, double seconds) {
    std::vector<NodePoint> points;
    std::vector<std::unique_ptr<TrainingLoad>> loads;
    std::vector<Contestant> contestants;
    std::vector<std::shared_ptr<EchoGroup>> groups;
    const int shards = shards_of_batch(file.experiment.train.batch);
    for (const int count : nodes) {
        BackendChoice mine = choice;
        groups.push_back(std::make_shared<EchoGroup>(count));
        mine.group = groups.back();
        mine.threads = std::max(1, choice.threads);
        loads.push_back(std::make_unique<TrainingLoad>(file, mine));
        contestants.push_back({[&trainer = loads.back()->trainer()](double turn) {
            return timed_repeats(turn, [&trainer] { step_with_echo(trainer); });
        }});
        NodePoint& point = points.emplace_back();
        point.nodes = count;
        point.active = std::min(count, shards);
        for (const PersistentSpec& spec : loads.back()->trainer().model().persistents())
            if (spec.parameter) point.gradient += spec.shape.count() * int64_t{sizeof(float)};
    }
    const std::vector<Timing> timings = contest(contestants, rounds, seconds, Typical::mean);
    for (size_t i = 0; i < points.size(); ++i) {
        // not the last of an epoch, after which the test images have their turn
        Trainer& trainer = loads[i]->trainer();
        if ((trainer.steps_done() + 1) % trainer.steps_per_epoch() == 0) step_with_echo(trainer);
        groups[i]->gathers.clear();
        groups[i]->chains.clear();
        step_with_echo(trainer);
        points[i].compute = timings[i].median_round();
        points[i].gathers = groups[i]->gathers;
        points[i].chains = groups[i]->chains;
    }
    return points;
}

double message_latency(Group& group) {
    constexpr int trips = 2000, before = 200;
    using Clock = std::chrono::steady_clock;
    std::vector<double> times;
    int64_t word = 0;
    const std::span<std::byte> bytes = std::as_writable_bytes(std::span(&word, 1));
    group.barrier();
    for (int i = 0; i < before + trips && group.rank() < 2; ++i) {
        const auto begin = Clock::now();
        if (group.rank() == 0) group.send(1, bytes);
        group.receive(1 - group.rank(), bytes);
        if (group.rank() == 1) group.send(0, bytes);
        group.flush();
        if (i >= before) times.push_back(std::chrono::duration<double>(Clock::now() - begin).count() / 2);
    }
    group.barrier();
    return times.empty() ? 0 : median(times);
}

std::string nodes_text(const std::vector<NodePoint>& points, double latency) {
    constexpr auto right = Table::Align::right;
    Table table({{"nodes", right},
                 {"compute", right},
                 {"exchanged", right},
                 {"a ring's", right},
                 {"10 Gbit/s", right},
                 {"times one", right},
                 {"100 Gbit/s", right},
                 {"times one", right}});
    const auto megabytes = [](double bytes) { return short_number(bytes / 1e6, 2) + " MB"; };
    for (const NodePoint& point : points) {
        std::vector<std::string> row{std::to_string(point.nodes), milliseconds_text(point.compute),
                                     megabytes(static_cast<double>(point.received())),
                                     megabytes(point.ring())};
        for (const double rate : {10 * gigabit, 100 * gigabit}) {
            const double step = point.compute + exchange_seconds(point, {latency, rate});
            row.push_back(milliseconds_text(step));
            row.push_back(short_number(points.front().compute / step, 2));
        }
        table.add(std::move(row));
    }
    return table.str();
}

}  // namespace cnnlab
