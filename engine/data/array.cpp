#include "engine/data/array.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "engine/core/error.hpp"
#include "engine/core/messages.hpp"

namespace cnnlab {

namespace {

[[noreturn]] void no_array(const std::string& place, Message problem, Message remedy) {
    throw Error(ErrorCode::bad_file, place, std::move(problem), std::move(remedy));
}

/// IEEE 754 binary16.
double half(uint16_t bits) {
    const int exponent = bits >> 10U & 31U;
    const double fraction = bits & 1023U;
    double value = 0;
    if (exponent == 31)
        value = fraction == 0 ? HUGE_VAL : std::nan("");
    else if (exponent == 0)
        value = std::ldexp(fraction, -24);
    else
        value = std::ldexp(fraction + 1024, exponent - 25);
    return (bits & 0x8000U) != 0 ? -value : value;
}

template <class T>
double number_at(const uint8_t* bytes, size_t i) {
    T value;
    std::memcpy(&value, bytes + i * sizeof(T), sizeof(T));
    return static_cast<double>(value);
}

/// Calls `use` with a function that gives the number at a position.
template <class Use>
void with_numbers(const Array& array, Use&& use) {
    const uint8_t* bytes = array.bytes.data();
    const auto as = [&]<class T>(T) { use([=](size_t i) { return number_at<T>(bytes, i); }); };
    switch (array.type) {
        case Array::Type::boolean:
        case Array::Type::u1:
            return as(uint8_t{});
        case Array::Type::u2:
            return as(uint16_t{});
        case Array::Type::u4:
            return as(uint32_t{});
        case Array::Type::u8:
            return as(uint64_t{});
        case Array::Type::i1:
            return as(int8_t{});
        case Array::Type::i2:
            return as(int16_t{});
        case Array::Type::i4:
            return as(int32_t{});
        case Array::Type::i8:
            return as(int64_t{});
        case Array::Type::f2:
            return use([=](size_t i) {
                uint16_t bits = 0;
                std::memcpy(&bits, bytes + 2 * i, 2);
                return half(bits);
            });
        case Array::Type::f4:
            return as(float{});
        case Array::Type::f8:
            return as(double{});
        case Array::Type::text:
            return;
    }
}

/// The column of the 1 in each row, if each row has one 1 and otherwise 0.
std::vector<int64_t> one_hot(const Array& array, size_t rows, size_t columns) {
    std::vector<int64_t> labels(rows, -1);
    for (size_t i = 0; i < rows * columns; ++i) {
        const double value = array.number(i);
        if (value == 0) continue;
        int64_t& label = labels[i / columns];
        if (value != 1 || label >= 0) return {};
        label = static_cast<int64_t>(i % columns);
    }
    if (std::find(labels.begin(), labels.end(), -1) != labels.end()) return {};
    return labels;
}

/// The shape of one image, and where the axes of an array lie that holds many.
struct Axes {
    ImageShape image;
    int64_t count = 0;
    int64_t n = 0, y = 0, x = 0, c = 0;  ///< distances of neighbours
};

bool is_channels(int64_t extent) { return extent == 1 || extent == 3; }

/// Distances of neighbours along each axis, of an array that has values: their number is that of its bytes.
std::vector<int64_t> distances_of(const Array& array) {
    const size_t rank = array.shape.size();
    std::vector<int64_t> distances(rank, 1);
    for (size_t i = 1; i < rank; ++i) {
        const size_t axis = array.first_fastest ? i : rank - 1 - i,
                     before = array.first_fastest ? axis - 1 : axis + 1;
        distances[axis] = distances[before] * array.shape[before];
    }
    return distances;
}

Axes axes_of(const Array& array, int64_t count, const std::string& place) {
    const auto& s = array.shape;
    const auto image = [](int64_t height, int64_t width, int64_t channels) {
        return ImageShape(static_cast<int>(height), static_cast<int>(width), static_cast<int>(channels));
    };
    const bool bounded = std::all_of(s.begin(), s.end(), [](int64_t extent) { return extent > 0; });
    const std::vector<int64_t> d = bounded ? distances_of(array) : std::vector<int64_t>();
    const auto small = [](int64_t extent) { return extent <= 4096; };
    if (bounded && s.size() == 3 && small(s[1]) && small(s[2]) && (s[0] == count || s[2] != count))
        return {image(s[1], s[2], 1), s[0], d[0], d[1], d[2], 1};
    if (bounded && s.size() == 3 && small(s[0]) && small(s[1]))
        return {image(s[0], s[1], 1), s[2], d[2], d[0], d[1], 1};
    if (bounded && s.size() == 4 && s[3] == count && s[0] != count && is_channels(s[2]) && small(s[0]) &&
        small(s[1]))
        return {image(s[0], s[1], s[2]), s[3], d[3], d[0], d[1], d[2]};
    if (bounded && s.size() == 4 && is_channels(s[3]) && small(s[1]) && small(s[2]))
        return {image(s[1], s[2], s[3]), s[0], d[0], d[1], d[2], d[3]};
    if (bounded && s.size() == 4 && is_channels(s[1]) && small(s[2]) && small(s[3]))
        return {image(s[2], s[3], s[1]), s[0], d[0], d[2], d[3], d[1]};
    if (bounded && s.size() == 2) {
        for (const int64_t channels : {1, 3}) {
            const int64_t pixels = s[1] / channels;
            const int64_t side = std::llround(std::sqrt(static_cast<double>(pixels)));
            if (side * side * channels == s[1] && small(side))
                return {image(side, side, channels), s[0], s[1], side, 1, side * side};
        }
    }
    no_array(place, say("array.no_images", array.shape_text()), say("array.give_images"));
}

/// The factor that brings pixels to 0 to 255.
double factor_of(const Array& array, const std::string& place) {
    double least = 0, most = 0;
    bool finite = true;
    const auto size = static_cast<size_t>(array.count());
    with_numbers(array, [&](auto number) {
        for (size_t i = 0; i < size; ++i) {
            const double value = number(i);
            finite = finite && std::isfinite(value);
            least = std::min(least, value);
            most = std::max(most, value);
        }
    });
    if (!finite) no_array(place, say("array.not_finite"), say("array.give_range"));
    if (least < 0 || most > 255)
        no_array(place, say("array.range", std::to_string(least), std::to_string(most)),
                 say("array.give_range"));
    return most <= 1 ? 255 : 1;
}

}  // namespace

size_t item_bytes(Array::Type type) {
    switch (type) {
        case Array::Type::boolean:
        case Array::Type::u1:
        case Array::Type::i1:
            return 1;
        case Array::Type::u2:
        case Array::Type::i2:
        case Array::Type::f2:
            return 2;
        case Array::Type::u4:
        case Array::Type::i4:
        case Array::Type::f4:
            return 4;
        case Array::Type::u8:
        case Array::Type::i8:
        case Array::Type::f8:
            return 8;
        case Array::Type::text:
            return 0;
    }
    return 0;
}

int64_t Array::count() const {
    // Without values nothing bounds the other extents.
    if (std::find(shape.begin(), shape.end(), 0) != shape.end()) return 0;
    int64_t product = 1;
    for (const int64_t extent : shape) product *= extent;
    return product;
}

std::string Array::shape_text() const {
    std::string text;
    for (const int64_t extent : shape) text += (text.empty() ? "" : "×") + std::to_string(extent);
    return text.empty() ? "()" : text;
}

double Array::number(size_t i) const {
    double value = 0;
    with_numbers(*this, [&](auto number) { value = number(i); });
    return value;
}

Labels labels_of(const Array& array, const std::string& place) {
    const bool column = array.shape.size() == 2 && array.shape[1] == 1;
    if ((array.shape.size() != 1 && array.shape.size() != 2) || array.shape.back() == 0)
        no_array(place, say("array.no_labels", array.shape_text()), say("array.give_labels"));
    Labels labels;
    if (array.type == Array::Type::text) {
        if (array.shape.size() == 2 && !column)
            no_array(place, say("array.no_labels", array.shape_text()), say("array.give_labels"));
        labels.names = array.texts;
        return labels;
    }
    const auto rows = static_cast<size_t>(array.shape[0]);
    const size_t columns = array.shape.size() == 2 ? static_cast<size_t>(array.shape[1]) : 1;
    if (columns > 1) {
        labels.numbers = one_hot(array, rows, columns);
        if (!labels.numbers.empty() || rows == 0) return labels;
        if (columns != 8)
            no_array(place, say("array.no_labels", array.shape_text()), say("array.give_labels"));
    }
    labels.numbers.reserve(rows);
    for (size_t row = 0; row < rows; ++row) {
        const double value = array.number(row * columns);
        if (!(value >= 0 && value < 1e6 && value == std::floor(value)))
            no_array(place, say("array.label", row, std::to_string(value)), say("array.give_labels"));
        labels.numbers.push_back(static_cast<int64_t>(value));
    }
    return labels;
}

ImageArray images_of(Array array, int64_t count, PixelRange& range, const std::string& place) {
    if (array.type == Array::Type::text) no_array(place, say("array.texts"), say("array.give_images"));
    const Axes axes = axes_of(array, count, place);
    const double factor = factor_of(array, place);
    if (range.factor == 0) range.factor = factor;
    // Test images that are dark by chance are shares only if the training images are.
    if (range.factor == 255 && factor == 1)
        no_array(place, say("array.other_range"), say("array.give_range"));
    ImageArray images{axes.image, {}};
    const int64_t channels = axes.image.channels;
    const bool in_order = axes.c == 1 && axes.x == channels && axes.y == axes.image.width * channels &&
                          axes.n == axes.image.count();
    const bool are_bytes = array.type == Array::Type::u1 && range.factor == 1;
    const auto size = static_cast<size_t>(array.count());
    if (in_order && are_bytes) {
        images.pixels = std::move(array.bytes);
        return images;
    }
    images.pixels.resize(size);
    const auto fill = [&](auto pixel) {
        uint8_t* to = images.pixels.data();
        for (int64_t n = 0; n < axes.count; ++n)
            for (int64_t y = 0; y < axes.image.height; ++y)
                for (int64_t x = 0; x < axes.image.width; ++x)
                    for (int64_t c = 0; c < channels; ++c)
                        *to++ = pixel(static_cast<size_t>(n * axes.n + y * axes.y + x * axes.x + c * axes.c));
    };
    if (are_bytes) {
        fill([bytes = array.bytes.data()](size_t i) { return bytes[i]; });
        return images;
    }
    with_numbers(array, [&](auto number) {
        fill([&](size_t i) { return static_cast<uint8_t>(std::lround(range.factor * number(i))); });
    });
    return images;
}

}  // namespace cnnlab
