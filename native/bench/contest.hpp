#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace cnnlab {

/// One contestant of a measurement in turn.
struct Contestant {
    /// Repeats its work for about the given seconds, at least once. Returns the seconds of each repeat.
    std::function<std::vector<double>(double)> repeat;
};

/// The timings of one contestant.
struct Timing {
    std::vector<double> rounds;  ///< typical seconds of a repeat, by round
    std::vector<double> all;     ///< every repeat of all rounds, ascending

    [[nodiscard]] double median_round() const;
    /// The percentile of all repeats: .5 is the median.
    [[nodiscard]] double percentile(double share) const;
};

/// What counts of a round: all its repeats (throughput), or the median repeat (latency).
enum class Typical : uint8_t { mean, median };

/// Measures in turn, A B C A B C …, so that clock changes and other load meet all alike. One short turn each comes
/// before that counts.
[[nodiscard]] std::vector<Timing> contest(const std::vector<Contestant>& contestants, int rounds,
                                          double seconds, Typical typical);

[[nodiscard]] double median(std::vector<double> values);

/// How many times as fast as `other` this one is: the median ratio of the rounds.
[[nodiscard]] double speed_ratio(const Timing& one, const Timing& other);

}  // namespace cnnlab
