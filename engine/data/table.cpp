#include "engine/data/table.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstring>
#include <string_view>

#include "engine/core/error.hpp"
#include "engine/core/messages.hpp"
#include "engine/data/file_messages.hpp"
#include "engine/data/plain_text.hpp"

namespace cnnlab {

namespace {

[[noreturn]] void bad_table(const std::string& place, Message problem, Message remedy) {
    throw Error(ErrorCode::bad_file, place, std::move(problem), std::move(remedy));
}

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '"')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '"' || text.back() == '\r'))
        text.remove_suffix(1);
    return text;
}

/// A decimal number. Not every library of C++ has from_chars for these.
bool read_number(std::string_view text, double& value) {
    text = trimmed(text);
    const bool negative = text.starts_with('-');
    if (negative || text.starts_with('+')) text.remove_prefix(1);
    uint64_t mantissa = 0;
    int exponent = 0, digits = 0;
    bool fraction = false;
    size_t at = 0;
    for (; at < text.size(); ++at) {
        if (text[at] == '.' && !fraction) {
            fraction = true;
            continue;
        }
        if (text[at] < '0' || text[at] > '9') break;
        ++digits;
        if (mantissa < 100000000000000000U) {
            mantissa = 10 * mantissa + static_cast<uint64_t>(text[at] - '0');
            if (fraction) --exponent;
        } else if (!fraction) {
            ++exponent;
        }
    }
    if (digits == 0) return false;
    if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
        text.remove_prefix(at + 1);
        if (text.starts_with('+')) text.remove_prefix(1);
        int more = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), more);
        if (error != std::errc() || std::abs(more) > 400) return false;
        exponent += more;
        at = static_cast<size_t>(end - text.data());
    }
    if (at != text.size()) return false;
    value = static_cast<double>(mantissa);
    if (exponent != 0) value *= std::pow(10.0, exponent);
    if (negative) value = -value;
    return std::isfinite(value);
}

/// The numbers of pixels: bytes as long as they are whole and at most 255, which saves memory.
class PixelNumbers {
  public:
    void add(double value) {
        if (is_bytes_) {
            if (value >= 0 && value <= 255 && value == std::floor(value)) {
                bytes_.push_back(static_cast<uint8_t>(value));
                return;
            }
            is_bytes_ = false;
            floats_.assign(bytes_.begin(), bytes_.end());
            bytes_ = {};
        }
        floats_.push_back(static_cast<float>(value));
    }
    /// Of planes that follow each other.
    Array take(const ImageShape& shape, int64_t count) {
        Array array{
            Array::Type::u1, {count, shape.channels, shape.height, shape.width}, std::move(bytes_), {}};
        if (shape.channels == 1) array.shape = {count, shape.height, shape.width};
        if (is_bytes_) return array;
        array.type = Array::Type::f4;
        array.bytes.resize(floats_.size() * sizeof(float));
        std::memcpy(array.bytes.data(), floats_.data(), array.bytes.size());
        return array;
    }

  private:
    bool is_bytes_ = true;
    std::vector<uint8_t> bytes_;
    std::vector<float> floats_;
};

/// Goes through the fields of a line.
class Fields {
  public:
    Fields(std::string_view line, char separator) : rest_(line), separator_(separator) {}
    bool next(std::string_view& field) {
        if (done_) return false;
        const size_t end = rest_.find(separator_);
        field = rest_.substr(0, end);
        done_ = end == std::string_view::npos;
        if (!done_) rest_.remove_prefix(end + 1);
        return true;
    }

  private:
    std::string_view rest_;
    char separator_;
    bool done_ = false;
};

/// Goes through the lines that hold something.
class Lines {
  public:
    explicit Lines(std::string_view text) : rest_(text) {}
    bool next(std::string_view& line) {
        do {
            if (rest_.empty()) return false;
            const size_t end = rest_.find('\n');
            line = rest_.substr(0, end);
            rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end + 1);
            ++number_;
        } while (line.empty());
        return true;
    }
    [[nodiscard]] int64_t number() const { return number_; }

  private:
    std::string_view rest_;
    int64_t number_ = 0;
};

struct TableHead {
    size_t columns = 0, label = 0;
    bool is_header = false, has_label = false;
    std::vector<std::string> odd;  ///< names without a number at their end, but for the label's
};

/// "pixel0", "1x1", "23": what a column of pixels is called.
bool is_pixel_name(std::string_view name) {
    return !name.empty() && name.back() >= '0' && name.back() <= '9' &&
           name.find(':') == std::string_view::npos;
}

/// A first line is a header if more than one field is no number: a label may be a name.
TableHead head_of(std::string_view line, char separator) {
    constexpr std::array<std::string_view, 6> names{"label", "class", "target", "category", "digit", "y"};
    TableHead head;
    size_t words = 0;
    std::string_view field;
    for (Fields fields(line, separator); fields.next(field); ++head.columns) {
        double value = 0;
        if (!read_number(field, value)) ++words;
        std::string name(trimmed(field));
        std::transform(name.begin(), name.end(), name.begin(),
                       [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
        if (head.has_label || std::find(names.begin(), names.end(), name) == names.end()) {
            if (!is_pixel_name(name)) head.odd.emplace_back(trimmed(field));
            continue;
        }
        head.has_label = true;
        head.label = head.columns;
    }
    head.is_header = words > 1;
    if (!head.is_header) head.label = 0;
    return head;
}

ImageShape shape_of(const TableHead& head, const std::string& place) {
    const size_t pixels = head.columns - 1;
    for (const size_t channels : {1U, 3U}) {
        const size_t area = pixels / channels;
        const auto side = static_cast<size_t>(std::llround(std::sqrt(static_cast<double>(area))));
        if (side > 1 && side <= 4096 && side * side * channels == pixels)
            return {static_cast<int>(side), static_cast<int>(side), static_cast<int>(channels)};
    }
    // A label more would make it a square: the label is what lacks.
    const auto side = static_cast<size_t>(std::llround(std::sqrt(static_cast<double>(pixels + 1))));
    if (side * side == pixels + 1)
        bad_table(place, say("table.without_labels", pixels + 1), say("table.give_label"));
    if (!head.is_header || head.odd.empty() || head.odd.size() == pixels)
        bad_table(place, say("table.no_square", pixels), say("table.give_square"));
    std::string names;
    for (size_t i = 0; i < std::min<size_t>(head.odd.size(), 5); ++i)
        names += (i == 0 ? "\"" : ", \"") + head.odd[i] + "\"";
    bad_table(place, say_file("table.other_columns", pixels, names), say_file("table.leave_out"));
}

/// Names become the labels where one of them is no whole number.
Labels labels_from(std::vector<std::string> texts) {
    Labels labels;
    for (const std::string& text : texts) {
        double value = -1;
        if (!read_number(text, value) || value < 0 || value != std::floor(value) || value >= 1e6) {
            labels.numbers.clear();
            labels.names = std::move(texts);
            return labels;
        }
        labels.numbers.push_back(static_cast<int64_t>(value));
    }
    return labels;
}

std::string text_in(const std::vector<uint8_t>& bytes) {
    return plain_text({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

}  // namespace

bool table_has_labels(const std::vector<uint8_t>& bytes) {
    const std::string text = text_in(bytes);
    std::string_view line;
    if (!Lines(text).next(line)) return true;
    const TableHead head = head_of(line, separator_in(line));
    return !head.is_header || head.has_label;
}

OwnSplit read_table(const std::vector<uint8_t>& bytes, PixelRange& range, const std::string& place) {
    const std::string text = text_in(bytes);
    std::string_view line;
    Lines lines(text);
    if (!lines.next(line)) bad_table(place, say("value.is_empty"), say("table.give_label"));
    const char separator = separator_in(line);
    const TableHead head = head_of(line, separator);
    if (head.is_header && !head.has_label) bad_table(place, say("table.no_label"), say("table.give_label"));
    if (head.columns < 2) bad_table(place, say("table.one_column"), say("table.give_label"));
    const ImageShape shape = shape_of(head, place);

    PixelNumbers numbers;
    std::vector<std::string> labels;
    for (bool more = !head.is_header || lines.next(line); more; more = lines.next(line)) {
        size_t column = 0;
        std::string_view field;
        for (Fields fields(line, separator); fields.next(field); ++column) {
            if (column == head.label) {
                labels.emplace_back(trimmed(field));
                if (labels.back().empty())
                    bad_table(place, say_file("table.empty_label", lines.number()), say("table.give_label"));
                continue;
            }
            double value = 0;
            if (!read_number(field, value))
                bad_table(place,
                          say("table.number", lines.number(), column + 1, std::string(field.substr(0, 40))),
                          say("table.give_number"));
            numbers.add(value);
        }
        if (column != head.columns)
            bad_table(place, say("table.columns", lines.number(), column, head.columns),
                      say("data.get_again"));
    }
    if (labels.empty()) bad_table(place, say("table.no_lines"), say("data.get_again"));
    OwnSplit split;
    split.labels = labels_from(std::move(labels));
    split.images = images_of(numbers.take(shape, split.labels.count()), split.labels.count(), range, place);
    split.images_place = split.labels_place = place;
    return split;
}

}  // namespace cnnlab
