#include "engine/core/names.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <numeric>

#include "engine/core/messages.hpp"

namespace cnnlab {

namespace {

/// Levenshtein distance, one row at a time.
size_t edit_distance(const std::string& a, const std::string& b) {
    std::vector<size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), size_t{0});
    for (size_t i = 1; i <= a.size(); ++i) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= b.size(); ++j) {
            const size_t above = row[j];
            row[j] = std::min({above + 1, row[j - 1] + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1)});
            diagonal = above;
        }
    }
    return row[b.size()];
}

}  // namespace

std::string list_of(const std::vector<std::string>& names) {
    std::string text;
    for (size_t i = 0; i < names.size(); ++i) {
        if (i > 0) text += i + 1 == names.size() ? " or " : ", ";
        text += names[i];
    }
    return text;
}

Message suggest(const std::string& word, const std::vector<std::string>& known) {
    const std::string* nearest = nullptr;
    size_t best = std::max<size_t>(2, word.size() / 3) + 1;
    for (const auto& name : known) {
        const size_t distance = edit_distance(word, name);
        if (distance < best) {
            best = distance;
            nearest = &name;
        }
    }
    if (nearest != nullptr) return say("name.did_you_mean", *nearest);
    return known.empty() ? say("name.none") : say("name.use_one_of", known);
}

std::string short_float(float value) {
    std::array<char, 32> text{};
    const auto end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
    return {text.data(), end};
}

}  // namespace cnnlab
