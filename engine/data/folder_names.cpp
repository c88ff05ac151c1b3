#include "engine/data/folder_names.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <vector>

#include "engine/core/utf8.hpp"
#include "engine/data/unicode_tables.hpp"

namespace cnnlab {

namespace {

/// The characters of UTF-8; false if it is none.
bool decode(std::string_view text, std::u32string& characters) {
    for (size_t at = 0; at < text.size();) {
        const auto first = static_cast<unsigned char>(text[at]);
        const size_t length = first < 0x80 ? 1 : first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
        if (length == 0 || first > 0xf4 || at + length > text.size()) return false;
        char32_t character = length == 1 ? first : first & (0x7fU >> length);
        for (size_t i = 1; i < length; ++i) {
            const auto next = static_cast<unsigned char>(text[at + i]);
            if ((next & 0xc0U) != 0x80) return false;
            character = character << 6U | (next & 0x3fU);
        }
        characters += character;
        at += length;
    }
    return true;
}

std::string encode(const std::u32string& characters) {
    std::string text;
    for (const char32_t character : characters) append_utf8(text, character);
    return text;
}

/// What two characters are as one; 0 where they stay two.
char32_t composition(char32_t first, char32_t second) {
    // Syllables of Korean are numbered by their letters.
    if (first >= 0x1100 && first < 0x1113 && second >= 0x1161 && second < 0x1176)
        return 0xac00 + ((first - 0x1100) * 21 + (second - 0x1161)) * 28;
    if (first >= 0xac00 && first < 0xd7a4 && (first - 0xac00) % 28 == 0 && second > 0x11a7 && second < 0x11c3)
        return first + (second - 0x11a7);
    const auto before = [](const unicode::Composition& row, const std::pair<char32_t, char32_t>& pair) {
        return std::pair<char32_t, char32_t>(row.first, row.second) < pair;
    };
    const auto found = std::lower_bound(std::begin(unicode::compositions), std::end(unicode::compositions),
                                        std::pair(first, second), before);
    const bool is_there =
        found != std::end(unicode::compositions) && found->first == first && found->second == second;
    return is_there ? found->composed : 0;
}

char32_t lower_case(char32_t c) {
    if (c < 0x80) return c >= 'A' && c <= 'Z' ? c + 32 : c;
    for (const unicode::Capitals& range : unicode::capitals) {
        if (c < range.first) break;
        if (c <= range.last && (c - range.first) % range.step == 0)
            return static_cast<uint16_t>(c + range.add);
    }
    return c;
}

/// Neighbours put together, from the left. (Marks that stand in no canonical order stay apart; systems that take
/// letters apart keep that order.)
std::u32string compose(const std::u32string& characters) {
    std::u32string result;
    for (const char32_t c : characters) {
        const char32_t both = result.empty() ? 0 : composition(result.back(), c);
        if (both != 0) {
            result.back() = both;
        } else {
            result += c;
        }
    }
    return result;
}

constexpr bool is_one_of(std::string_view word, auto... words) { return ((word == words) || ...); }

/// Words of a folder's name in lower case: "Train2017Images" has three, train, 2017 and images.
std::vector<std::string> words_of(std::string_view name) {
    std::u32string characters;
    if (!decode(name, characters)) return {};
    characters = compose(characters);
    enum class Kind { none, small, capital, digit };
    std::vector<std::string> words;
    Kind last = Kind::none;
    for (const char32_t c : characters) {
        const bool is_digit = c >= '0' && c <= '9';
        const bool is_letter = c >= 0x80 || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        const Kind kind = is_digit             ? Kind::digit
                          : !is_letter         ? Kind::none
                          : lower_case(c) != c ? Kind::capital
                                               : Kind::small;
        const bool goes_on = kind == last || (last == Kind::capital && kind == Kind::small);
        if (kind != Kind::none) {
            if (!goes_on || words.empty()) words.emplace_back();
            words.back() += encode({lower_case(c)});
        }
        last = kind;
    }
    return words;
}

/// What stands behind a split's name without adding to it.
bool is_filler(std::string_view word) {
    return is_one_of(word, "", "set", "sets", "data", "dataset", "images", "image", "imgs", "img", "pictures",
                     "photos", "split", "folder", "dir", "samples") ||
           (word.front() >= '0' && word.front() <= '9');
}

SplitKind split_of_word(std::string_view word) {
    struct Row {
        std::string_view word;
        SplitKind kind;
    };
    using enum SplitKind;
    // Longer ones first: "training" is not "train" and a rest.
    static constexpr std::array rows{Row{"trainvalidation", train},
                                     Row{"trainvalid", train},
                                     Row{"trainval", train},
                                     Row{"training", train},
                                     Row{"train", train},
                                     Row{"trn", train},
                                     Row{"entrenamiento", train},
                                     Row{"validation", validation},
                                     Row{"validating", validation},
                                     Row{"validate", validation},
                                     Row{"validación", validation},
                                     Row{"validacion", validation},
                                     Row{"valid", validation},
                                     Row{"val", validation},
                                     Row{"dev", validation},
                                     Row{"testing", test},
                                     Row{"tests", test},
                                     Row{"test", test},
                                     Row{"tst", test},
                                     Row{"evaluation", test},
                                     Row{"eval", test},
                                     Row{"holdout", test},
                                     Row{"pruebas", test},
                                     Row{"prueba", test}};
    for (const Row& row : rows)
        if (word.starts_with(row.word) && is_filler(word.substr(row.word.size()))) return row.kind;
    return none;
}

}  // namespace

std::string composed(std::string_view name) {
    std::u32string characters;
    return decode(name, characters) ? encode(compose(characters)) : std::string(name);
}

std::string folded(std::string_view name) {
    std::u32string characters;
    if (!decode(name, characters)) return std::string(name);
    characters = compose(characters);
    for (char32_t& c : characters) c = lower_case(c);
    return encode(characters);
}

bool is_passed_over(std::string_view name) {
    const std::string small = folded(name);
    return small.starts_with('.') ||
           is_one_of(small, "__macosx", "thumbs.db", "ehthumbs.db", "desktop.ini", "icon\r", "@eadir",
                     "@recycle", "#recycle", "$recycle.bin", "system volume information", "lost+found",
                     "picasa.ini", "__pycache__");
}

bool is_path_passed_over(std::string_view path) {
    for (size_t begin = 0; begin <= path.size();) {
        const size_t end = std::min(path.find('/', begin), path.size());
        if (is_passed_over(path.substr(begin, end - begin))) return true;
        begin = end + 1;
    }
    return false;
}

NamedSplit split_named(std::string_view folder) {
    bool has_train = false, has_validation = false, has_test = false;
    NamedSplit result{.whole = true};
    for (const std::string& word : words_of(folder)) {
        const SplitKind kind = split_of_word(word);
        has_train |= kind == SplitKind::train;
        has_validation |= kind == SplitKind::validation;
        has_test |= kind == SplitKind::test;
        result.whole &= kind != SplitKind::none || is_filler(word);
    }
    if (has_test) {
        result.kind = has_train || has_validation ? SplitKind::none : SplitKind::test;
    } else if (has_train) {
        result.kind = SplitKind::train;
    } else if (has_validation) {
        result.kind = SplitKind::validation;
    }
    return result;
}

std::string suffix_of(std::string_view file) {
    const size_t dot = file.rfind('.');
    if (dot == std::string_view::npos || dot == 0) return {};
    std::string suffix(file.substr(dot + 1));
    const auto is_part = [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    };
    if (!std::all_of(suffix.begin(), suffix.end(), is_part)) return {};
    std::transform(suffix.begin(), suffix.end(), suffix.begin(),
                   [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
    return suffix;
}

PictureName picture_named(std::string_view file) {
    const std::string suffix = suffix_of(file);
    const bool is_number =
        std::all_of(suffix.begin(), suffix.end(), [](char c) { return c >= '0' && c <= '9'; });
    if (is_number || is_one_of(suffix, "PNG", "JPG", "JPEG", "JPE", "JFIF", "JFI", "JIF", "PJPEG", "PJP",
                               "MPO", "APNG", "WEBP", "GIF", "BMP", "DIB", "AVIF"))
        return PictureName::picture;
    if (is_one_of(suffix, "HEIC", "HEIF", "HIF", "TIF", "TIFF", "SVG", "PSD", "XCF", "CR2", "CR3", "NEF",
                  "ARW", "DNG", "ORF", "RAF", "RW2", "JXL", "JP2", "J2K", "JPX", "ICO", "TGA", "PNM", "PPM",
                  "PGM", "PBM", "PCX", "EXR", "HDR", "EPS", "PDF", "DCM", "NII", "RAW"))
        return PictureName::unread;
    return PictureName::other;
}

bool is_packed_name(std::string_view file) {
    return is_one_of(suffix_of(file), "ZIP", "7Z", "RAR", "TAR", "TGZ", "GZ", "XZ", "TXZ", "BZ2", "TBZ2",
                     "TBZ", "ZST", "TZST", "LZ", "LZMA", "CAB", "ISO", "DMG");
}

}  // namespace cnnlab
