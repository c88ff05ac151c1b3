#pragma once

#include <cmath>
#include <cstdint>
#include <tuple>
#include <variant>

#include "engine/core/spec.hpp"

namespace cnnlab {

/// Schedules: pure functions of progress p = step / total in [0, 1) that give the factor on the learning rate.
namespace schedules {

struct Constant {
    static constexpr std::string_view type = "constant";
    static constexpr auto fields() { return std::tuple{}; }
    [[nodiscard]] double factor(double) const { return 1; }
};

/// gamma^⌊p · (drops + 1)⌋: `drops` + 1 intervals of equal length.
struct Step {
    static constexpr std::string_view type = "step";
    int drops = 2;
    float gamma = 0.1F;
    static constexpr auto fields() {
        return std::tuple{
            field("drops", &Step::drops, "how often the rate drops, evenly over the training", 1, 1000),
            field("gamma", &Step::gamma, "factor of each drop", 0, 1)};
    }
    [[nodiscard]] double factor(double p) const {
        // p is a quotient: without the nudge a drop that falls exactly on a step may come one step late
        return std::pow(double{gamma}, std::floor(p * (drops + 1) + 1e-9));
    }
};

/// floor + (1 − floor) · (1 + cos πp) / 2. Loshchilov and Hutter, "SGDR", 2017.
struct Cosine {
    static constexpr std::string_view type = "cosine";
    float floor = 0;
    static constexpr auto fields() {
        return std::tuple{field("floor", &Cosine::floor, "factor at the end", 0, 1)};
    }
    [[nodiscard]] double factor(double p) const {
        return floor + (1.0 - floor) * 0.5 * (1.0 + std::cos(3.141592653589793 * p));
    }
};

/// 1 − (1 − floor) · p.
struct Linear {
    static constexpr std::string_view type = "linear";
    float floor = 0;
    static constexpr auto fields() {
        return std::tuple{field("floor", &Linear::floor, "factor at the end", 0, 1)};
    }
    [[nodiscard]] double factor(double p) const { return 1.0 - (1.0 - floor) * p; }
};

/// Cosine up from 1 / div to 1 over the first `rise` of the training, then down to 1 / (div · final_div). The
/// learning rate is the highest. Smith and Topin, "Super-convergence", 2018; the defaults are those of PyTorch's
/// OneCycleLR.
struct OneCycle {
    static constexpr std::string_view type = "one_cycle";
    float rise = 0.3F, div = 25, final_div = 1e4F;
    static constexpr auto fields() {
        return std::tuple{
            field("rise", &OneCycle::rise, "share of the training in which the rate rises", 0.001, 0.999),
            field("div", &OneCycle::div, "starts at the learning rate divided by this", 1, 1e9),
            field("final_div", &OneCycle::final_div, "ends at the start divided by this", 1, 1e9)};
    }
    [[nodiscard]] double factor(double p) const {
        const auto blend = [](double from, double to, double q) {
            return to + (from - to) * 0.5 * (1.0 + std::cos(3.141592653589793 * q));
        };
        const double start = 1.0 / div;
        return p < rise ? blend(start, 1, p / rise) : blend(1, start / final_div, (p - rise) / (1.0 - rise));
    }
};

}  // namespace schedules

using AnySchedule = std::variant<schedules::Constant, schedules::Step, schedules::Cosine, schedules::Linear,
                                 schedules::OneCycle>;

/// A schedule behind a warm-up: over the first `warmup` share of the steps the factor is multiplied by (step + 1) /
/// warm-up steps.
struct ScheduleSpec {
    AnySchedule kind = schedules::Constant{};
    float warmup = 0;

    static constexpr auto fields() {
        using S = ScheduleSpec;
        return std::tuple{
            flatten(&S::kind),
            field("warmup", &S::warmup, "share of the training in which the rate rises from zero", 0, 1)};
    }
    /// The factor on the learning rate at `step` of `total` (0-based).
    [[nodiscard]] double factor(int64_t step, int64_t total) const {
        const double p = total > 0 ? static_cast<double>(step) / static_cast<double>(total) : 0;
        const double ramp = std::floor(double{warmup} * static_cast<double>(total));
        const double warm = static_cast<double>(step) < ramp ? (static_cast<double>(step) + 1) / ramp : 1;
        return warm * std::visit([&](const auto& schedule) { return schedule.factor(p); }, kind);
    }
};

}  // namespace cnnlab
