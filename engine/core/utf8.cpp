#include "engine/core/utf8.hpp"

namespace cnnlab {

namespace {

/// Bytes of the character at the start of a text; 0 where there is none.
size_t character(std::string_view text) {
    const auto byte = [&](size_t i) -> uint32_t {
        return i < text.size() ? static_cast<unsigned char>(text[i]) : 0;
    };
    const uint32_t lead = byte(0);
    if (lead < 0x80) return 1;
    const size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
    if (lead < 0xC2 || lead > 0xF4) return 0;
    for (size_t i = 1; i < length; ++i)
        if (byte(i) >> 6U != 2) return 0;
    // Overlong forms, surrogates, and what lies beyond the last character.
    const uint32_t second = byte(1);
    if ((lead == 0xE0 && second < 0xA0) || (lead == 0xED && second > 0x9F)) return 0;
    if ((lead == 0xF0 && second < 0x90) || (lead == 0xF4 && second > 0x8F)) return 0;
    return length;
}

}  // namespace

size_t valid_utf8(std::string_view text) {
    size_t at = 0;
    while (at < text.size()) {
        const size_t length = character(text.substr(at));
        if (length == 0) break;
        at += length;
    }
    return at;
}

void append_utf8(std::string& text, uint32_t character) {
    if (character < 0x80) {
        text += static_cast<char>(character);
        return;
    }
    // Six bits a byte behind the first one, which says how many follow.
    const unsigned more = character < 0x800 ? 1 : character < 0x10000 ? 2 : 3;
    constexpr unsigned first[] = {0, 0xC0, 0xE0, 0xF0};
    text += static_cast<char>(first[more] | character >> 6 * more);
    for (unsigned i = more; i-- > 0;) text += static_cast<char>(0x80U | (character >> 6 * i & 0x3FU));
}

std::string to_utf8(std::string_view text) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string result;
    while (!text.empty()) {
        const size_t valid = valid_utf8(text);
        result += text.substr(0, valid);
        text.remove_prefix(valid);
        if (text.empty()) break;
        const auto byte = static_cast<unsigned char>(text.front());
        result += {'\\', 'x', digits[byte >> 4U], digits[byte & 15U]};
        text.remove_prefix(1);
    }
    return result;
}

}  // namespace cnnlab
