#include "engine/look/classes.hpp"

#include <algorithm>
#include <cmath>

namespace cnnlab {

namespace {

/// Sum over a histogram of count · weight(value), and of the counts.
template <class Weight>
double mean_over(const Statistics::Histogram& histogram, const Weight& weight) {
    double total = 0, sum = 0;
    for (size_t value = 0; value < histogram.size(); ++value) {
        total += static_cast<double>(histogram[value]);
        sum += static_cast<double>(histogram[value]) * weight(static_cast<double>(value));
    }
    return total > 0 ? sum / total : 0;
}

}  // namespace

double ClassLook::channel_mean(size_t channel) const {
    return mean_over(histogram[channel], [](double value) { return value; });
}

double ClassLook::channel_deviation(size_t channel) const {
    const double middle = channel_mean(channel);
    return std::sqrt(mean_over(histogram[channel],
                               [middle](double value) { return (value - middle) * (value - middle); }));
}

std::vector<uint8_t> ClassLook::mean_picture() const {
    std::vector<uint8_t> picture(mean.size());
    std::transform(mean.begin(), mean.end(), picture.begin(),
                   [](double value) { return static_cast<uint8_t>(std::lround(value)); });
    return picture;
}

ClassFigures figures_of(const ClassLook& look) {
    ClassFigures figures;
    figures.count = look.count;
    for (size_t k = 0; k < look.histogram.size(); ++k) {
        const Statistics::Histogram& histogram = look.histogram[k];
        figures.mean.push_back(look.channel_mean(k));
        figures.deviation.push_back(look.channel_deviation(k));
        std::vector<double>& bars = figures.bars.emplace_back(value_bars, 0.0);
        double total = 0;
        for (size_t value = 0; value < histogram.size(); ++value) {
            bars[value * value_bars / histogram.size()] += static_cast<double>(histogram[value]);
            total += static_cast<double>(histogram[value]);
        }
        for (double& bar : bars) bar = total > 0 ? bar / total : 0;
    }
    return figures;
}

double highest_bar(std::span<const ClassFigures> classes) {
    double inner = 0, outer = 0;
    for (const ClassFigures& one : classes)
        for (const std::vector<double>& bars : one.bars) {
            inner = std::max(inner, *std::max_element(bars.begin() + 1, bars.end() - 1));
            outer = std::max(outer, *std::max_element(bars.begin(), bars.end()));
        }
    return std::max(inner > 0 && outer > 3 * inner ? 1.5 * inner : outer, 1e-9);
}

std::vector<ClassLook> look_at_classes(const Split& split, const DatasetCard& card) {
    const auto size = static_cast<size_t>(card.image.count()),
               channels = static_cast<size_t>(card.image.channels);
    std::vector<ClassLook> looks(card.classes.size());
    std::vector<std::vector<uint64_t>> sums(looks.size(), std::vector<uint64_t>(size, 0));
    for (ClassLook& look : looks) look.histogram.assign(channels, {});
    for (size_t i = 0; i < split.labels.size(); ++i) {
        const auto c = static_cast<size_t>(split.labels[i]);
        const uint8_t* pixels = split.images.data() + i * size;
        ++looks[c].count;
        for (size_t p = 0; p < size; ++p) sums[c][p] += pixels[p];
        for (size_t k = 0; k < channels; ++k)
            for (size_t p = k; p < size; p += channels) ++looks[c].histogram[k][pixels[p]];
    }
    for (size_t c = 0; c < looks.size(); ++c) {
        looks[c].mean.assign(size, 0);
        for (size_t p = 0; p < size && looks[c].count > 0; ++p)
            looks[c].mean[p] = static_cast<double>(sums[c][p]) / static_cast<double>(looks[c].count);
    }
    return looks;
}

std::vector<std::vector<size_t>> samples_of_classes(std::span<const int32_t> labels, size_t classes,
                                                    size_t first, size_t count) {
    std::vector<std::vector<size_t>> samples(classes);
    std::vector<size_t> seen(classes, 0);
    for (size_t i = 0; i < labels.size(); ++i) {
        const auto c = static_cast<size_t>(labels[i]);
        if (const size_t number = seen[c]++; number >= first && number - first < count)
            samples[c].push_back(i);
    }
    return samples;
}

}  // namespace cnnlab
