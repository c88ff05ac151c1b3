#include "native/answer/multipart.hpp"

#include <algorithm>

#include "engine/core/error.hpp"

namespace cnnlab {

namespace {

constexpr size_t largest_head = 4096, longest_boundary = 70;

[[noreturn]] void fail_form(const std::string& problem) {
    throw Error(ErrorCode::bad_file, "body", problem,
                "send multipart/form-data as browsers and `curl -F` do");
}

char small(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool equal_words(std::string_view a, std::string_view b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](char x, char y) { return small(x) == small(y); });
}

std::string_view trimmed(std::string_view text) {
    const size_t begin = text.find_first_not_of(" \t");
    if (begin == std::string_view::npos) return {};
    return text.substr(begin, text.find_last_not_of(" \t") + 1 - begin);
}

/// The value of a parameter of a header, 'form-data; name="a"; filename="b"'; empty where it is not there.
std::string parameter(std::string_view header, std::string_view wanted) {
    size_t at = header.find(';');
    while (at < header.size()) {
        ++at;
        const size_t end = header.find_first_of("=;", at);
        if (end == std::string_view::npos) return {};
        const std::string_view name = trimmed(header.substr(at, end - at));
        at = end;
        if (header[at] == ';') continue;
        std::string value;
        ++at;
        if (at < header.size() && header[at] == '"') {
            for (++at; at < header.size() && header[at] != '"'; ++at) {
                if (header[at] == '\\' && at + 1 < header.size() && (header[at + 1] == '"')) ++at;
                value += header[at];
            }
            at = header.find(';', at);
        } else {
            const size_t stop = header.find(';', at);
            value = trimmed(header.substr(at, stop - at));
            at = stop;
        }
        if (equal_words(name, wanted)) return value;
    }
    return {};
}

/// What comes before the next `mark`; `text` then begins after it.
std::string_view take_until(std::string_view& text, std::string_view mark, const std::string& problem) {
    const size_t at = text.find(mark);
    if (at == std::string_view::npos) fail_form(problem);
    const std::string_view found = text.substr(0, at);
    text.remove_prefix(at + mark.size());
    return found;
}

/// Names from the head of a part.
FormPart read_head(std::string_view head) {
    FormPart part;
    while (!head.empty()) {
        const size_t end = std::min(head.find("\r\n"), head.size());
        const std::string_view line = head.substr(0, end);
        head.remove_prefix(std::min(end + 2, head.size()));
        const size_t colon = line.find(':');
        if (colon == std::string_view::npos ||
            !equal_words(trimmed(line.substr(0, colon)), "content-disposition"))
            continue;
        part.name = parameter(line.substr(colon + 1), "name");
        part.filename = parameter(line.substr(colon + 1), "filename");
    }
    return part;
}

}  // namespace

bool is_form(std::string_view content_type) {
    return equal_words(trimmed(content_type.substr(0, content_type.find(';'))), "multipart/form-data");
}

std::vector<FormPart> read_form(std::string_view content_type, std::string_view body, size_t most) {
    const std::string boundary = parameter(content_type, "boundary");
    if (boundary.empty() || boundary.size() > longest_boundary)
        fail_form("has a Content-Type without a boundary of 1 to 70 characters");
    const std::string mark = "\r\n--" + boundary;
    // The first mark has no line before it, unless there is a preamble.
    std::string_view rest = body;
    if (rest.starts_with(std::string_view(mark).substr(2)))
        rest.remove_prefix(mark.size() - 2);
    else
        (void)take_until(rest, mark, "has no boundary of its Content-Type");
    std::vector<FormPart> parts;
    while (!rest.starts_with("--")) {
        (void)take_until(rest, "\r\n", "ends within a boundary");
        if (parts.size() == most) fail_form("has more than " + std::to_string(most) + " parts");
        // A part without a head begins with the empty line.
        std::string_view head;
        if (rest.starts_with("\r\n"))
            rest.remove_prefix(2);
        else
            head = take_until(rest, "\r\n\r\n", "ends within the head of a part");
        if (head.size() > largest_head)
            fail_form("has a part with a head of more than " + std::to_string(largest_head) + " bytes");
        FormPart part = read_head(head);
        part.content = take_until(rest, mark, "ends within a part");
        parts.push_back(std::move(part));
    }
    return parts;
}

}  // namespace cnnlab
