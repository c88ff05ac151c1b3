#include "native/bench/contest.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace cnnlab {

double median(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    const size_t half = values.size() / 2;
    return values.size() % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
}

double Timing::median_round() const { return median(rounds); }

double Timing::percentile(double share) const {
    const auto rank = static_cast<size_t>(std::ceil(share * static_cast<double>(all.size())));
    return all[std::clamp<size_t>(rank, 1, all.size()) - 1];
}

std::vector<Timing> contest(const std::vector<Contestant>& contestants, int rounds, double seconds,
                            Typical typical) {
    std::vector<Timing> timings(contestants.size());
    for (const Contestant& contestant : contestants) (void)contestant.repeat(std::min(0.3, seconds));
    for (int round = 0; round < rounds; ++round) {
        for (size_t i = 0; i < contestants.size(); ++i) {
            const std::vector<double> times = contestants[i].repeat(seconds);
            const double mean =
                std::accumulate(times.begin(), times.end(), 0.0) / static_cast<double>(times.size());
            timings[i].rounds.push_back(typical == Typical::mean ? mean : median(times));
            timings[i].all.insert(timings[i].all.end(), times.begin(), times.end());
        }
    }
    for (Timing& timing : timings) std::sort(timing.all.begin(), timing.all.end());
    return timings;
}

double speed_ratio(const Timing& one, const Timing& other) {
    std::vector<double> ratios;
    for (size_t i = 0; i < one.rounds.size(); ++i) ratios.push_back(other.rounds[i] / one.rounds[i]);
    return median(ratios);
}

}  // namespace cnnlab
