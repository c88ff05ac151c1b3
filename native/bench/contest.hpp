#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace cnnlab {

/// One of those that are measured in turn.
struct Contestant {
    /// Does its work again and again for about the given seconds, once at least: how long each time took.
    std::function<std::vector<double>(double)> repeat;
};

/// What a contest finds out about one contestant.
struct Timing {
    std::vector<double> rounds;  ///< typical seconds of a repeat, by round
    std::vector<double> all;     ///< every repeat of all rounds, ascending

    [[nodiscard]] double median_round() const;
    /// The repeat that a share of all is not slower than: .5 is the median.
    [[nodiscard]] double percentile(double share) const;
};

/// What counts of a round: everything that was done in it (throughput), or the repeat in its middle (latency).
enum class Typical : uint8_t { mean, median };

/// Measures in turn, A B C A B C …, so that clock changes and other load meet all alike. One short turn each comes
/// before that counts.
[[nodiscard]] std::vector<Timing> contest(const std::vector<Contestant>& contestants, int rounds,
                                          double seconds, Typical typical);

[[nodiscard]] double median(std::vector<double> values);

/// How many times as fast as `other` this one is: the median of the rounds' ratios.
[[nodiscard]] double speed_ratio(const Timing& one, const Timing& other);

}  // namespace cnnlab
