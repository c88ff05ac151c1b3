#include "engine/data/statistics.hpp"

#include <algorithm>
#include <cmath>
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

}  // namespace

Statistics compute_statistics(const Split& split, const DatasetCard& card) {
    const auto channels = static_cast<size_t>(card.image.channels);
    Statistics result;
    result.class_counts.assign(card.classes.size(), 0);
    for (int32_t label : split.labels) ++result.class_counts[static_cast<size_t>(label)];

    result.histogram.assign(channels, {});
    for (size_t pixel = 0; pixel + channels <= split.images.size(); pixel += channels) {
        for (size_t channel = 0; channel < channels; ++channel) {
            ++result.histogram[channel][split.images[pixel + channel]];
        }
    }
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
