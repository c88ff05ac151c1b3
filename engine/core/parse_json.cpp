#include "engine/core/parse_json.hpp"

#include <algorithm>

#include "engine/core/messages.hpp"
#include "engine/core/utf8.hpp"

namespace cnnlab {

namespace {

/// What goes beyond the limits first, and where.
struct Excess {
    bool depth = false, fields = false;
    size_t at = 0;
};

Excess excess_of(std::string_view text) {
    std::vector<int> open;  // fields so far of each object or list that is open
    bool in_string = false;
    for (size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (in_string) {
            if (c == '\\') ++i;
            if (c == '"') in_string = false;
        } else if (c == '"') {
            in_string = true;
        } else if (c == '{' || c == '[') {
            open.push_back(0);
            if (open.size() > deepest_json) return {.depth = true, .at = i};
        } else if (c == '}' || c == ']') {
            if (!open.empty()) open.pop_back();
        } else if (c == ':' && !open.empty() && ++open.back() > most_json_fields) {
            return {.fields = true, .at = i};
        }
    }
    return {};
}

std::ptrdiff_t line_of(std::string_view text, size_t at) {
    const auto end = text.begin() + static_cast<std::ptrdiff_t>(std::min(at, text.size()));
    return 1 + std::count(text.begin(), end, '\n');
}

/// The encoding of a text that is none of UTF-8's, as far as its first bytes tell; empty where they do not.
std::string_view encoding_of(std::string_view text) {
    const std::string_view start = text.substr(0, 4);
    if (start == std::string_view("\xFF\xFE\0\0", 4) || start == std::string_view("\0\0\xFE\xFF", 4))
        return "UTF-32";
    if (start.starts_with("\xFF\xFE") || start.starts_with("\xFE\xFF")) return "UTF-16";
    // JSON begins with a character of ASCII, so that one byte of its first two is 0 in UTF-16.
    if (start.size() >= 2 && (start[0] == 0) != (start[1] == 0)) return "UTF-16";
    return {};
}

[[noreturn]] void fail(const std::string& place, Message problem, Message remedy) {
    throw Error(ErrorCode::bad_file, place, std::move(problem), std::move(remedy));
}

}  // namespace

Json parse_json(std::string_view text, const std::string& place) {
    if (text.size() > longest_json)
        fail(place, say("json.long", text.size(), longest_json), say("json.shorten"));
    if (const std::string_view encoding = encoding_of(text); !encoding.empty())
        fail(place, say("json.encoding", encoding), say("json.save_utf8"));
    const Excess excess = excess_of(text);
    if (excess.depth)
        fail(place, say("json.nested", deepest_json, line_of(text, excess.at)),
             say("json.look_for_brackets"));
    if (excess.fields)
        fail(place, say("json.fields", most_json_fields, line_of(text, excess.at)), say("json.fewer_fields"));
    try {
        return Json::parse(text);
    } catch (const nlohmann::json::parse_error& error) {
        const size_t valid = valid_utf8(text);
        if (valid < text.size() && valid < error.byte)
            fail(place, say("json.not_utf8", line_of(text, valid)), say("json.save_utf8"));
        fail(place, say("json.line", line_of(text, error.byte)), say("json.look_there"));
    } catch (const nlohmann::json::out_of_range& error) {
        // "… number overflow parsing '1e400'"
        const std::string_view what = error.what();
        const size_t begin = what.find('\''), end = what.rfind('\'');
        const std::string_view number = begin < end ? what.substr(begin + 1, end - begin - 1) : "";
        fail(place, say("json.large", number, line_of(text, text.find(number))), say("give.number"));
    }
}

Json parse_number(std::string_view text) {
    std::string sign, digits, fraction, exponent;
    if (!text.empty() && (text.front() == '+' || text.front() == '-')) {
        if (text.front() == '-') sign = "-";
        text.remove_prefix(1);
    }
    const auto take_digits = [&] {
        std::string taken;
        while (!text.empty() && text.front() >= '0' && text.front() <= '9') {
            taken += text.front();
            text.remove_prefix(1);
        }
        return taken;
    };
    digits = take_digits();
    const bool has_dot = text.starts_with('.');
    if (has_dot) text.remove_prefix(1);
    if (has_dot) fraction = take_digits();
    if (digits.empty() && fraction.empty()) return {};
    if (text.starts_with('e') || text.starts_with('E')) {
        exponent = "e";
        text.remove_prefix(1);
        if (text.starts_with('+') || text.starts_with('-')) {
            exponent += text.front();
            text.remove_prefix(1);
        }
        const std::string power = take_digits();
        if (power.empty()) return {};
        exponent += power;
    }
    if (!text.empty()) return {};
    digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size()));
    const Json number = Json::parse(
        sign + (digits.empty() ? "0" : digits) + (fraction.empty() ? "" : "." + fraction) + exponent, nullptr,
        false);
    return number.is_discarded() ? Json() : number;
}

}  // namespace cnnlab
