#include "engine/data/statistics.hpp"

#include <algorithm>
#include <cmath>
#include <span>
#include <type_traits>
#include <utility>

namespace cnnlab {

namespace {

/// Mean and standard deviation of the values 0 … 255 with these counts, in units of 255.
std::pair<double, double> moments(const Statistics::Histogram& histogram) {
    double count = 0, sum = 0;
    for (size_t value = 0; value < histogram.size(); ++value) {
        count += static_cast<double>(histogram[value]);
        sum += static_cast<double>(value) * static_cast<double>(histogram[value]);
    }
    if (count == 0) return {0, 0};
    const double mean = sum / count;
    double squares = 0;
    for (size_t value = 0; value < histogram.size(); ++value) {
        const double distance = static_cast<double>(value) - mean;
        squares += distance * distance * static_cast<double>(histogram[value]);
    }
    return {mean / 255, std::sqrt(squares / count) / 255};
}

/// Counts the values of each channel. Neighbouring pixels go to different counters: they are often alike, and one
/// counter would wait for itself.
template <class Channels>
void count_values(std::span<const uint8_t> images, Channels channels,
                  std::vector<Statistics::Histogram>& histogram) {
    constexpr size_t neighbours = 4;
    const size_t group = neighbours * channels, whole = images.size() / group * group;
    std::vector<Statistics::Histogram> counters(group, Statistics::Histogram{});
    const uint8_t* value = images.data();
    for (size_t at = 0; at < whole; at += group)
        for (size_t i = 0; i < group; ++i) ++counters[i][*value++];
    for (size_t at = whole; at < images.size(); ++at) ++counters[at - whole][*value++];
    for (size_t i = 0; i < group; ++i)
        for (size_t v = 0; v < counters[i].size(); ++v) histogram[i % channels][v] += counters[i][v];
}

}  // namespace

Statistics compute_statistics(const Split& split, const DatasetCard& card) {
    const auto channels = static_cast<size_t>(card.image.channels);
    Statistics result;
    result.class_counts.assign(card.classes.size(), 0);
    for (int32_t label : split.labels) ++result.class_counts[static_cast<size_t>(label)];

    result.histogram.assign(channels, {});
    // The number of channels is known to the compiler where it is a usual one.
    if (channels == 1)
        count_values(split.images, std::integral_constant<size_t, 1>(), result.histogram);
    else if (channels == 3)
        count_values(split.images, std::integral_constant<size_t, 3>(), result.histogram);
    else
        count_values(split.images, channels, result.histogram);
    for (const Statistics::Histogram& histogram : result.histogram) {
        const auto [mean, stddev] = moments(histogram);
        result.mean.push_back(mean);
        result.stddev.push_back(stddev);
    }
    return result;
}

void normalise_by(const Split& split, DatasetCard& card) {
    const Statistics statistics = compute_statistics(split, card);
    card.mean.assign(statistics.mean.begin(), statistics.mean.end());
    card.stddev.assign(statistics.stddev.begin(), statistics.stddev.end());
    for (float& value : card.stddev) value = std::max(value, 1.0F / 255.0F);
}

}  // namespace cnnlab
