#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/core/spec.hpp"

namespace cnnlab {

/// One line of the table of promises.
struct Figure {
    enum class Unit : uint8_t { ratio, share, mebibytes, seconds };

    std::string what;
    std::optional<double> value;  ///< nothing: not measured, and `note` says why
    Unit unit = Unit::ratio;
    double must = 0, aim = 0;
    std::string note{};

    /// Of memory and time, less is better.
    [[nodiscard]] bool less_is_better() const { return unit == Unit::mebibytes || unit == Unit::seconds; }
    [[nodiscard]] bool reaches(double bound) const;
    /// "aim", "must", "no", or "–" where nothing was measured.
    [[nodiscard]] std::string reached() const;
};

/// "8.4×", "63.2 %", "31.5 MiB", ".18 s".
[[nodiscard]] std::string figure_text(double value, Figure::Unit unit);

[[nodiscard]] std::string figure_table(const std::vector<Figure>& figures);
[[nodiscard]] Json figure_json(const std::vector<Figure>& figures);

}  // namespace cnnlab
