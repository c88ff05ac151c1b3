#include "engine/data/plain_text.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

#include "engine/core/utf8.hpp"

namespace cnnlab {

namespace {

/// Half a pair of surrogates alone becomes U+FFFD.
std::string from_utf16(std::string_view bytes, bool big_end_first) {
    const auto unit = [&](size_t at) -> uint32_t {
        const auto first = static_cast<unsigned char>(bytes[at]),
                   second = static_cast<unsigned char>(bytes[at + 1]);
        return big_end_first ? first << 8U | second : second << 8U | first;
    };
    std::string text;
    text.reserve(bytes.size() / 2);
    for (size_t at = 0; at + 1 < bytes.size(); at += 2) {
        uint32_t code = unit(at);
        if (code >= 0xD800 && code < 0xE000) {
            const uint32_t low = at + 3 < bytes.size() ? unit(at + 2) : 0;
            const bool is_pair = code < 0xDC00 && low >= 0xDC00 && low < 0xE000;
            code = is_pair ? 0x10000 + ((code - 0xD800) << 10U) + (low - 0xDC00) : 0xFFFD;
            if (is_pair) at += 2;
        }
        append_utf8(text, code);
    }
    return text;
}

/// As https://encoding.spec.whatwg.org/#windows-1252 has it: a byte that is no character there stays a control.
std::string from_windows_1252(std::string_view bytes) {
    constexpr std::array<char16_t, 32> characters{
        0x20AC, 0x81,   0x201A, 0x192,  0x201E, 0x2026, 0x2020, 0x2021, 0x2C6,  0x2030, 0x160,
        0x2039, 0x152,  0x8D,   0x17D,  0x8F,   0x90,   0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
        0x2013, 0x2014, 0x2DC,  0x2122, 0x161,  0x203A, 0x153,  0x9D,   0x17E,  0x178};
    std::string text;
    for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        append_utf8(text, byte >= 0x80 && byte < 0xA0 ? characters[byte - 0x80U] : byte);
    }
    return text;
}

}  // namespace

std::string plain_text(std::string_view bytes) {
    std::string text;
    if (bytes.starts_with("\xFF\xFE") || bytes.starts_with("\xFE\xFF"))
        text = from_utf16(bytes.substr(2), bytes[0] == '\xFE');
    else
        text = !is_utf8(bytes)                     ? from_windows_1252(bytes)
               : bytes.starts_with("\xEF\xBB\xBF") ? std::string(bytes.substr(3))
                                                   : std::string(bytes);
    size_t to = 0;
    for (size_t at = 0; at < text.size(); ++at) {
        if (text[at] == '\r' && at + 1 < text.size() && text[at + 1] == '\n') continue;
        text[to++] = text[at] == '\r' ? '\n' : text[at];
    }
    text.resize(to);
    return text;
}

char separator_in(std::string_view text) {
    const std::string_view line = text.substr(0, text.find('\n'));
    char best = ',';
    for (const char sign : {';', '\t', '|'})
        if (std::count(line.begin(), line.end(), sign) > std::count(line.begin(), line.end(), best))
            best = sign;
    return best;
}

}  // namespace cnnlab
