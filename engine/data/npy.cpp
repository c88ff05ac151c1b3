#include "engine/data/npy.hpp"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cstring>
#include <limits>

#include "engine/core/error.hpp"
#include "engine/core/messages.hpp"
#include "engine/core/utf8.hpp"

namespace cnnlab {

namespace {

[[noreturn]] void no_npy(const std::string& place, Message problem, Message remedy) {
    throw Error(ErrorCode::bad_file, place, std::move(problem), std::move(remedy));
}

/// The header of a .npy file is the text of a Python dictionary with three keys.
class NpyHeader {
  public:
    NpyHeader(std::string_view text, const std::string& place) : text_(text), place_(place) {
        skip();
        take('{');
        while (!peek('}')) {
            const std::string key = quoted();
            take(':');
            read(key);
            if (!peek('}')) take(',');
        }
        if (descr.empty() || !ordered_ || !shaped_) refuse();
    }

    std::string descr;
    bool fortran = false;
    std::vector<int64_t> shape;

  private:
    [[noreturn]] void refuse() const { no_npy(place_, say("npy.header"), say("npy.give")); }
    void skip() {
        while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n')) ++at_;
    }
    bool peek(char c) const { return at_ < text_.size() && text_[at_] == c; }
    void take(char c) {
        if (!peek(c)) refuse();
        ++at_;
        skip();
    }
    std::string quoted() {
        const char quote = peek('"') ? '"' : '\'';
        if (!peek(quote)) refuse();
        const size_t end = text_.find(quote, at_ + 1);
        if (end == std::string_view::npos) refuse();
        std::string word(text_.substr(at_ + 1, end - at_ - 1));
        at_ = end + 1;
        skip();
        return word;
    }
    void read(const std::string& key) {
        if (key == "descr") {
            if (peek('[')) no_npy(place_, say("npy.records"), say("npy.give"));
            descr = quoted();
        } else if (key == "fortran_order") {
            fortran = word() == "True";
            ordered_ = true;
        } else if (key == "shape") {
            take('(');
            while (!peek(')')) {
                shape.push_back(extent());
                if (!peek(')')) take(',');
            }
            take(')');
            shaped_ = true;
        } else {
            refuse();
        }
    }
    std::string_view word() {
        const size_t begin = at_;
        while (at_ < text_.size() && text_[at_] >= 'A' && text_[at_] <= 'z') ++at_;
        const std::string_view result = text_.substr(begin, at_ - begin);
        if (result != "True" && result != "False") refuse();
        skip();
        return result;
    }
    int64_t extent() {
        int64_t value = -1;
        const auto [end, error] = std::from_chars(text_.data() + at_, text_.data() + text_.size(), value);
        if (error != std::errc() || value < 0 || value > (int64_t{1} << 40U)) refuse();
        at_ = static_cast<size_t>(end - text_.data());
        skip();
        return value;
    }

    std::string_view text_;
    const std::string& place_;
    size_t at_ = 0;
    bool ordered_ = false, shaped_ = false;
};

struct NpyItem {
    Array::Type type;
    size_t bytes;  ///< of one item
    bool swapped;  ///< in the other byte order
    char letter;
};

NpyItem item_of(const std::string& descr, const std::string& place) {
    const auto unknown = [&] { no_npy(place, say("npy.type", descr), say("npy.give")); };
    size_t at = 0;
    char order = '=';
    if (descr[0] == '<' || descr[0] == '>' || descr[0] == '|' || descr[0] == '=') order = descr[at++];
    if (at >= descr.size()) unknown();
    const char letter = descr[at++];
    size_t bytes = 0;
    const auto [end, error] = std::from_chars(descr.data() + at, descr.data() + descr.size(), bytes);
    if (letter == 'O') no_npy(place, say("npy.objects"), say("npy.no_objects"));
    if (error != std::errc() || end != descr.data() + descr.size()) unknown();
    constexpr char own = std::endian::native == std::endian::little ? '<' : '>';
    const bool swapped = (order == '<' || order == '>') && order != own;
    if (letter == 'U' && bytes <= 4096) return {Array::Type::text, 4 * bytes, swapped, letter};
    if (letter == 'S' && bytes <= 4096) return {Array::Type::text, bytes, false, letter};
    using Type = Array::Type;
    const std::pair<std::string, Type> types[] = {{"b1", Type::boolean}, {"u1", Type::u1}, {"u2", Type::u2},
                                                  {"u4", Type::u4},      {"u8", Type::u8}, {"i1", Type::i1},
                                                  {"i2", Type::i2},      {"i4", Type::i4}, {"i8", Type::i8},
                                                  {"f2", Type::f2},      {"f4", Type::f4}, {"f8", Type::f8}};
    for (const auto& [name, type] : types)
        if (name == std::string(1, letter) + std::to_string(bytes)) return {type, bytes, swapped, letter};
    unknown();
    return {};
}

std::string text_of(const uint8_t* item, const NpyItem& kind) {
    std::string text;
    if (kind.letter == 'S') {
        text.assign(item, item + kind.bytes);
    } else {
        for (size_t i = 0; i < kind.bytes; i += 4) {
            uint32_t code = 0;
            std::memcpy(&code, item + i, 4);
            append_utf8(text, code % 0x110000);
        }
    }
    text.resize(text.find_last_not_of('\0') + 1);
    return text;
}

/// Items whose first axis is fastest, the last axis fastest.
std::vector<uint8_t> reordered(const std::vector<uint8_t>& bytes, const std::vector<int64_t>& shape,
                               size_t item) {
    std::vector<uint8_t> result(bytes.size());
    const size_t rank = shape.size(), count = item == 0 ? 0 : bytes.size() / item;
    std::vector<size_t> at(rank, 0), distance(rank, 1);
    for (size_t a = 1; a < rank; ++a) distance[a] = distance[a - 1] * static_cast<size_t>(shape[a - 1]);
    size_t from = 0;
    for (size_t to = 0; to < count; ++to) {
        std::memcpy(result.data() + to * item, bytes.data() + from * item, item);
        for (size_t a = rank; a-- > 0;) {
            from += distance[a];
            if (++at[a] < static_cast<size_t>(shape[a])) break;
            from -= distance[a] * at[a];
            at[a] = 0;
        }
    }
    return result;
}

void swap_bytes(std::vector<uint8_t>& bytes, size_t unit) {
    for (size_t at = 0; at + unit <= bytes.size(); at += unit)
        std::reverse(bytes.begin() + static_cast<std::ptrdiff_t>(at),
                     bytes.begin() + static_cast<std::ptrdiff_t>(at + unit));
}

}  // namespace

Array read_npy(std::vector<uint8_t> bytes, const std::string& place) {
    const auto magic = std::string_view("\x93NUMPY");
    const bool known =
        bytes.size() >= 12 && std::equal(magic.begin(), magic.end(), bytes.begin(),
                                         [](char a, uint8_t b) { return static_cast<uint8_t>(a) == b; });
    if (!known || bytes[6] < 1 || bytes[6] > 3) no_npy(place, say("npy.magic"), say("npy.give"));
    size_t length = bytes[8] + 256U * bytes[9], begin = 10;
    if (bytes[6] > 1) {
        length += (size_t{bytes[10]} << 16U) + (size_t{bytes[11]} << 24U);
        begin = 12;
    }
    if (length > bytes.size() - begin) no_npy(place, say("npy.cut"), say("data.get_again"));
    const NpyHeader header(std::string_view(reinterpret_cast<const char*>(bytes.data()) + begin, length),
                           place);
    const NpyItem item = item_of(header.descr, place);

    Array array{.type = item.type, .shape = header.shape, .bytes = {}, .texts = {}};
    uint64_t wanted = item.bytes;
    for (const int64_t extent : header.shape) {
        const auto e = static_cast<uint64_t>(extent);
        if (e != 0 && wanted > std::numeric_limits<uint64_t>::max() / e)
            no_npy(place, say("npy.cut"), say("data.get_again"));
        wanted *= e;
    }
    const uint64_t given = bytes.size() - begin - length;
    if (given < wanted) no_npy(place, say("npy.cut"), say("data.get_again"));
    if (given > wanted) no_npy(place, say("npy.long", given - wanted), say("data.get_again"));
    bytes.erase(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(begin + length));
    if (item.swapped) swap_bytes(bytes, item.letter == 'U' ? 4 : item.bytes);
    // Images are found in either order; many that are stored from the first axis on would take seconds to turn.
    array.first_fastest = header.fortran && header.shape.size() > 2 && item.type != Array::Type::text;
    if (header.fortran && header.shape.size() > 1 && !array.first_fastest)
        bytes = reordered(bytes, header.shape, item.bytes);
    if (item.type != Array::Type::text) {
        array.bytes = std::move(bytes);
        return array;
    }
    const auto count = static_cast<size_t>(item.bytes == 0 ? 0 : wanted / item.bytes);
    for (size_t i = 0; i < count; ++i) array.texts.push_back(text_of(bytes.data() + i * item.bytes, item));
    return array;
}

}  // namespace cnnlab
