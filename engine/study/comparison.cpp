#include "engine/study/comparison.hpp"

#include <array>
#include <cmath>
#include <vector>

namespace cnnlab {

Spread spread_of(std::span<const double> values) {
    Spread spread;
    spread.count = static_cast<int64_t>(values.size());
    if (values.empty()) return spread;
    for (const double value : values) spread.mean += value / static_cast<double>(values.size());
    if (values.size() < 2) return spread;
    double squares = 0;
    for (const double value : values) squares += (value - spread.mean) * (value - spread.mean);
    spread.deviation = std::sqrt(squares / static_cast<double>(values.size() - 1));
    return spread;
}

double student_t(int64_t degrees_of_freedom) {
    constexpr std::array table{12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228,
                               2.201,  2.179, 2.160, 2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086,
                               2.080,  2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042};
    if (degrees_of_freedom <= static_cast<int64_t>(table.size()))
        return table[static_cast<size_t>(degrees_of_freedom - 1)];
    constexpr double z = 1.960;
    return z + (z * z * z + z) / (4 * static_cast<double>(degrees_of_freedom));
}

PairedDifference paired_difference(std::span<const double> values, std::span<const double> others) {
    std::vector<double> differences;
    for (size_t i = 0; i < values.size(); ++i) differences.push_back(values[i] - others[i]);
    const Spread spread = spread_of(differences);
    PairedDifference difference;
    difference.count = spread.count;
    difference.mean = spread.mean;
    if (!spread.deviation) return difference;
    const double reach =
        student_t(spread.count - 1) * *spread.deviation / std::sqrt(static_cast<double>(spread.count));
    difference.low = spread.mean - reach;
    difference.high = spread.mean + reach;
    difference.is_clear = *difference.low > 0 || *difference.high < 0;
    return difference;
}

}  // namespace cnnlab
