#include "native/run/json_hint.hpp"

#include <array>
#include <utility>

namespace cnnlab {

namespace {

/// The first place outside double quotes at which `is_there` finds something; npos without one.
template <class Test>
size_t find_outside(std::string_view text, const Test& is_there) {
    bool is_quoted = false;
    for (size_t at = 0; at < text.size(); ++at) {
        if (text[at] == '\\' && is_quoted) {
            ++at;
        } else if (text[at] == '"') {
            is_quoted = !is_quoted;
        } else if (!is_quoted && is_there(text.substr(at))) {
            return at;
        }
    }
    return std::string_view::npos;
}

bool is_comment(std::string_view rest) {
    return rest.starts_with("//") || rest.starts_with("/*") || rest.front() == '#';
}

bool is_last_comma(std::string_view rest) {
    if (rest.front() != ',') return false;
    const size_t next = rest.find_first_not_of(" \t\r\n", 1);
    return next != std::string_view::npos && (rest[next] == '}' || rest[next] == ']');
}

/// Quotes as text programs make them of straight ones.
bool is_curly_quote(std::string_view rest) {
    constexpr std::array<std::string_view, 5> quotes{"\u201C", "\u201D", "\u201E", "\u2018", "\u2019"};
    for (const std::string_view quote : quotes)
        if (rest.starts_with(quote)) return true;
    return false;
}

/// A word of another language in place of a value.
bool is_foreign_word(std::string_view rest) {
    constexpr std::array<std::string_view, 6> words{"True", "False", "None", "NaN", "Infinity", "undefined"};
    for (const std::string_view word : words)
        if (rest.starts_with(word)) return true;
    return false;
}

}  // namespace

std::string json_hint(std::string_view text) {
    using Test = bool (*)(std::string_view);
    const std::array<std::pair<Test, std::string_view>, 6> hints{{
        {is_curly_quote, "has a typographic quote; write straight ones (\")"},
        {[](std::string_view rest) { return rest.starts_with("\u00A0"); },
         "has a no-break space; write an ordinary one"},
        {is_comment, "has a comment, which JSON does not know; take it out"},
        {is_last_comma, "has a comma before a closing bracket; take it out"},
        {[](std::string_view rest) { return rest.front() == '\''; },
         "has a single quote; write names and texts in double quotes (\")"},
        {is_foreign_word, "has a word that JSON does not know; write true, false, null or a number"},
    }};
    for (const auto& [test, words] : hints) {
        const size_t at = find_outside(text, test);
        if (at == std::string_view::npos) continue;
        size_t line = 1;
        for (const char c : text.substr(0, at)) line += c == '\n' ? 1 : 0;
        return "line " + std::to_string(line) + " " + std::string(words);
    }
    return {};
}

}  // namespace cnnlab
