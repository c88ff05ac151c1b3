#include "native/report/text.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <cstdio>

#include "engine/core/names.hpp"
#include "engine/drawing/svg.hpp"

namespace cnnlab {

namespace {

bool starts_character(char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }

std::string fixed(double value, int decimals) {
    std::array<char, 64> text{};
    std::snprintf(text.data(), text.size(), "%.*f", decimals, value);
    return text.data();
}

}  // namespace

size_t text_width(std::string_view text) {
    return static_cast<size_t>(std::count_if(text.begin(), text.end(), starts_character));
}

std::string clip_text(std::string_view text, size_t width) {
    if (text_width(text) <= width) return std::string(text);
    size_t end = 0;
    for (size_t seen = 0; end < text.size(); ++end) {
        if (starts_character(text[end]) && ++seen >= width) break;
    }
    return std::string(text.substr(0, end)) + (width > 0 ? "…" : "");
}

std::string loss_text(double loss) {
    if (!std::isfinite(loss)) return "not a number";
    const double size = std::abs(loss);
    if (size < 0.0001) return size == 0 ? "0" : loss > 0 ? "<.0001" : ">-.0001";
    if (size >= 1e6) {  // of a training that diverges
        std::array<char, 32> digits{};
        (void)std::snprintf(digits.data(), digits.size(), "%.1e", loss);
        return digits.data();
    }
    std::string text = fixed(loss, size < 0.01 ? 4 : 3);
    if (text.starts_with("0.")) text.erase(0, 1);
    return text;
}

std::string percent_text(double share) { return fixed(100 * share, 1) + " %"; }

std::string rate_text(double per_second) {
    if (!std::isfinite(per_second)) return "–";
    if (per_second >= 9.95) return grouped_number(std::llround(per_second));
    // two digits that mean something
    const int decimals =
        per_second > 0 ? std::clamp(1 - static_cast<int>(std::floor(std::log10(per_second))), 1, 6) : 0;
    return fixed(per_second, decimals);
}

std::string milliseconds_text(double seconds) { return fixed(1e3 * seconds, 3) + " ms"; }

std::string duration_text(double seconds) {
    const int64_t all = std::isfinite(seconds) ? std::llround(std::max(seconds, 0.0)) : 0;
    const auto two = [](int64_t value) { return (value < 10 ? "0" : "") + std::to_string(value); };
    const int64_t hours = all / 3600, minutes = all / 60 % 60;
    return (hours > 0 ? std::to_string(hours) + ":" + two(minutes) : std::to_string(minutes)) + ":" +
           two(all % 60);
}

std::string bytes_text(int64_t bytes) {
    if (bytes < 1000) return std::to_string(bytes) + " B";
    auto value = static_cast<double>(bytes);
    size_t unit = 0;
    constexpr std::array<const char*, 5> units{"B", "kB", "MB", "GB", "TB"};
    while (value >= 999.5 && unit + 1 < units.size()) {
        value /= 1000;
        ++unit;
    }
    return fixed(value, value < 9.95 ? 1 : 0) + " " + units[unit];
}

std::string count_text(int64_t count, std::string_view noun) {
    return grouped_number(count) + " " + std::string(noun) + (count == 1 ? "" : "s");
}

std::string amount_text(float amount, std::string_view noun) {
    return short_float(amount) + " " + std::string(noun) + (amount == 1 ? "" : "s");
}

std::string shell_word(const std::string& text) {
    const auto is_plain = [](unsigned char c) {
        return std::isalnum(c) != 0 ||
               std::string_view("/._-+=:,@%").find(static_cast<char>(c)) != std::string_view::npos ||
               c >= 0x80;
    };
    if (!text.empty() && std::all_of(text.begin(), text.end(), is_plain)) return text;
    std::string quoted = "'";
    for (const char c : text) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return quoted + "'";
}

std::string Table::str() const {
    std::vector<size_t> widths;
    for (const Column& column : columns_) widths.push_back(text_width(column.head));
    for (const auto& row : rows_) {
        for (size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], text_width(row[i]));
    }
    const auto line = [&](const std::vector<std::string>& cells) {
        std::string text;
        for (size_t i = 0; i < cells.size(); ++i) {
            const std::string space(widths[i] - text_width(cells[i]), ' ');
            text += (i > 0 ? "  " : "") +
                    (columns_[i].align == Align::right ? space + cells[i] : cells[i] + space);
        }
        text.erase(text.find_last_not_of(' ') + 1);
        return text + "\n";
    };
    std::vector<std::string> heads;
    for (const Column& column : columns_) heads.push_back(column.head);
    size_t total = 2 * (columns_.size() - 1);
    for (const size_t width : widths) total += width;
    std::string across;
    for (size_t i = 0; i < total; ++i) across += "─";
    across += "\n";

    std::string text = line(heads) + across;
    for (const auto& row : rows_) text += row.empty() ? across : line(row);
    return text;
}

}  // namespace cnnlab
