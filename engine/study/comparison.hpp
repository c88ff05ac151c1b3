#pragma once

#include <optional>
#include <span>
#include <tuple>

#include "engine/core/fields.hpp"

namespace cnnlab {

/// Mean and spread of a figure over repeats.
struct Spread {
    int64_t count = 0;
    double mean = 0;
    std::optional<double> deviation;  ///< √(Σ (x − mean)² / (count − 1)); none of a single repeat

    static constexpr auto fields() {
        using S = Spread;
        return std::tuple{field("count", &S::count, "repeats"), field("mean", &S::mean),
                          field("deviation", &S::deviation, "standard deviation; null of a single repeat")};
    }
};

[[nodiscard]] Spread spread_of(std::span<const double> values);

/// What a variant gains over another one, seed by seed.
struct PairedDifference {
    int64_t count = 0;
    double mean = 0;
    std::optional<double> low, high;  ///< the 95 % interval: mean ± t(.975, count − 1) · deviation / √count
    bool is_clear = false;            ///< the interval leaves out 0

    static constexpr auto fields() {
        using P = PairedDifference;
        return std::tuple{field("count", &P::count, "pairs of runs with the same seed"),
                          field("mean", &P::mean, "of the differences"),
                          field("low", &P::low, "lower end of the 95 % interval; null of a single pair"),
                          field("high", &P::high, "its upper end"),
                          field("is_clear", &P::is_clear, "whether the interval leaves out 0")};
    }
};

/// values[i] − others[i], pair by pair. Both have the same length.
[[nodiscard]] PairedDifference paired_difference(std::span<const double> values,
                                                 std::span<const double> others);

/// The .975 quantile of Student's t, to three digits. Source: any table; beyond 30 degrees of freedom the expansion
/// z + (z³ + z) / 4ν with z = 1.960.
[[nodiscard]] double student_t(int64_t degrees_of_freedom);

}  // namespace cnnlab
