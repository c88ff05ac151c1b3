#include "engine/core/parse_json.hpp"

#include <algorithm>

#include "engine/core/messages.hpp"

namespace cnnlab {

namespace {

/// The deepest level of brackets outside of strings, and where it begins.
struct Depth {
    int most = 0;
    size_t at = 0;
};

Depth depth_of(std::string_view text) {
    Depth depth;
    int open = 0;
    bool in_string = false;
    for (size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (in_string) {
            if (c == '\\') ++i;
            if (c == '"') in_string = false;
        } else if (c == '"') {
            in_string = true;
        } else if (c == '{' || c == '[') {
            if (++open > depth.most) depth = {open, i};
            if (open > deepest_json) break;
        } else if (c == '}' || c == ']') {
            --open;
        }
    }
    return depth;
}

std::ptrdiff_t line_of(std::string_view text, size_t at) {
    const auto end = text.begin() + static_cast<std::ptrdiff_t>(std::min(at, text.size()));
    return 1 + std::count(text.begin(), end, '\n');
}

}  // namespace

Json parse_json(std::string_view text, const std::string& place) {
    const Depth depth = depth_of(text);
    if (depth.most > deepest_json)
        throw Error(ErrorCode::bad_file, place, say("json.nested", deepest_json, line_of(text, depth.at)),
                    say("json.look_for_brackets"));
    try {
        return Json::parse(text);
    } catch (const nlohmann::json::parse_error& error) {
        throw Error(ErrorCode::bad_file, place, say("json.line", line_of(text, error.byte)),
                    say("json.look_there"));
    }
}

}  // namespace cnnlab
