#include "engine/data/lines.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "engine/core/messages.hpp"
#include "engine/core/philox.hpp"
#include "engine/core/spec.hpp"
#include "engine/data/card.hpp"

namespace cnnlab {

namespace {

void check_field(const std::vector<float>& values, double low, double high, const std::string& place) {
    if (values.empty())
        throw Error(ErrorCode::out_of_range, place, say("value.is_empty"), say("data.give_angle"));
    for (float value : values) check_range(value, low, high, place);
}
template <class T>
void check_field(const T& value, double low, double high, const std::string& place) {
    check_range(static_cast<double>(value), low, high, place);
}

void check_spec(const datasets::Lines& spec) {
    std::apply(
        [&](const auto&... f) {
            (check_field(spec.*f.member, f.low, f.high, "data." + std::string(f.name)), ...);
        },
        datasets::Lines::fields());
}

/// The byte that stands for 1. The small number keeps 0.2F, a little over 0.2, and its like
/// from losing a level to rounding.
int unit_of(const datasets::Lines& spec) {
    return std::min(200, static_cast<int>(255 / (1 + static_cast<double>(spec.noise)) + 1e-4));
}

/// The share of a unit square, centred at the origin, where normal · point ≤ distance. `a` ≥ `b` ≥ 0 are the absolute
/// components of the normal. It is the distribution function of the sum of two uniform numbers of widths a and b.
double covered(double a, double b, double distance) {
    const double reach = (a + b) / 2, x = std::abs(distance);
    const double sign = distance < 0 ? -1 : 1;
    if (x >= reach) return 0.5 + sign * 0.5;
    const double flat = (a - b) / 2;  // up to here the density is 1 / a; beyond, it falls linearly to 0
    if (x <= flat) return 0.5 + sign * x / a;
    const double rest = reach - x;
    return 0.5 + sign * (0.5 - rest * rest / (2 * a * b));
}

/// Sine and cosine, exact at multiples of 90°.
std::array<double, 2> sine_cosine(double degrees) {
    const double turns = degrees / 90, quarter = std::round(turns);
    if (turns != quarter) {
        const double radians = degrees * std::numbers::pi / 180;
        return {std::sin(radians), std::cos(radians)};
    }
    switch ((static_cast<int>(quarter) % 4 + 4) % 4) {
        case 0:
            return {0, 1};
        case 1:
            return {1, 0};
        case 2:
            return {0, -1};
        default:
            return {-1, 0};
    }
}

/// How far the band's centre moves so that its edges meet pixel edges at even thicknesses: 0 at odd ones, ½ at even
/// ones.
double centre_shift(double thickness) {
    if (thickness <= 1) return 0;
    const double from_odd = std::fmod(thickness - 1, 2.0);  // 0 … 2, 1 at even thicknesses
    return (from_odd <= 1 ? from_odd : 2 - from_odd) / 2;
}

/// A clean line, size × size values, `unit` where it covers the pixel.
std::vector<uint8_t> draw_line(int size, double degrees, double thickness, int unit) {
    auto [sine, cosine] = sine_cosine(degrees);
    // Opposite directions are the same line; without this the shift below would depend on which is given.
    if (sine < 0 || (sine == 0 && cosine < 0)) {
        sine = -sine;
        cosine = -cosine;
    }
    // Columns grow to the right and rows downwards, so the direction is (cos, −sin) and the normal (sin, cos).
    const double a = std::max(std::abs(sine), std::abs(cosine)),
                 b = std::min(std::abs(sine), std::abs(cosine));
    const double shift = centre_shift(thickness);
    const int middle = size / 2;
    std::vector<uint8_t> pixels;
    for (int row = 0; row < size; ++row) {
        for (int column = 0; column < size; ++column) {
            const double distance = sine * (column - middle) + cosine * (row - middle) + shift;
            const double share =
                covered(a, b, thickness / 2 - distance) - covered(a, b, -thickness / 2 - distance);
            pixels.push_back(static_cast<uint8_t>(std::lround(share * unit)));
        }
    }
    return pixels;
}

}  // namespace

void datasets::Lines::adapt(DatasetCard& card) const {
    check_spec(*this);
    card.image = ImageShape(size, size, 1);
    card.stddev = {static_cast<float>(unit_of(*this)) / 255.0F};
    card.train_count = count;
    card.test_count = static_cast<int64_t>(vertical_angles.size() + horizontal_angles.size());
}

Dataset make_lines(const datasets::Lines& spec) {
    Dataset data;
    data.card = find_card("lines");
    spec.adapt(data.card);
    data.origin = "generated";
    const int unit = unit_of(spec);
    const auto noise_levels = static_cast<uint32_t>(std::lround(static_cast<double>(spec.noise) * unit));

    std::array<std::vector<std::vector<uint8_t>>, 2> clean;  // [label][angle]
    for (float angle : spec.horizontal_angles)
        clean[0].push_back(draw_line(spec.size, angle, spec.thickness, unit));
    for (float angle : spec.vertical_angles)
        clean[1].push_back(draw_line(spec.size, angle, spec.thickness, unit));

    const Philox random{.seed = spec.seed, .stream = stream_of("lines"), .step = 0};
    uint64_t index = 0;
    for (int i = 0; i < spec.count; ++i) {
        const int label = i % 2 == 0 ? 1 : 0;
        const auto& angles = clean[static_cast<size_t>(label)];
        for (uint8_t pixel : angles[static_cast<size_t>(i / 2) % angles.size()]) {
            const uint32_t noise = noise_levels == 0 ? 0 : bounded(random.word(index), noise_levels);
            data.train.images.push_back(static_cast<uint8_t>(pixel + noise));
            ++index;
        }
        data.train.labels.push_back(label);
    }
    for (size_t i = 0; i < std::max(clean[0].size(), clean[1].size()); ++i) {
        for (size_t label : {size_t{1}, size_t{0}}) {
            if (i >= clean[label].size()) continue;
            data.test.images.insert(data.test.images.end(), clean[label][i].begin(), clean[label][i].end());
            data.test.labels.push_back(static_cast<int32_t>(label));
        }
    }
    return data;
}

}  // namespace cnnlab
