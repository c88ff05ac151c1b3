#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/core/fields.hpp"
#include "engine/data/statistics.hpp"

namespace cnnlab {

/// What the images of one class look like together.
struct ClassLook {
    int64_t count = 0;
    std::vector<double> mean;  ///< [H, W, C], from 0 to 255; zeros for a class without images
    std::vector<Statistics::Histogram> histogram;  ///< per channel

    /// Mean and standard deviation of a channel's pixels, from 0 to 255; 0 without pixels.
    [[nodiscard]] double channel_mean(size_t channel) const;
    [[nodiscard]] double channel_deviation(size_t channel) const;
    /// The mean as a picture, each byte rounded.
    [[nodiscard]] std::vector<uint8_t> mean_picture() const;
};

/// For each class of the card, from a split that check_split accepts. Sums are of whole numbers, so exact.
[[nodiscard]] std::vector<ClassLook> look_at_classes(const Split& split, const DatasetCard& card);

/// Bars of a chart of pixel values, of equal width.
constexpr size_t value_bars = 64;

/// A class as tables and charts have it.
struct ClassFigures {
    int64_t count = 0;
    std::vector<double> mean, deviation;
    std::vector<std::vector<double>> bars;

    static constexpr auto fields() {
        using C = ClassFigures;
        return std::tuple{field("count", &C::count, "images"),
                          field("mean", &C::mean, "of its pixels, per channel, from 0 to 255"),
                          field("deviation", &C::deviation, "the standard deviation of the same"),
                          field("bars", &C::bars,
                                "per channel, the shares of its pixels with the values 0 to 3, 4 to 7, …")};
    }
};
[[nodiscard]] ClassFigures figures_of(const ClassLook& look);

/// The share up to which charts of all these classes, to one scale, are drawn: the highest bar, or less where black and
/// white alone are much more frequent than all between.
[[nodiscard]] double highest_bar(std::span<const ClassFigures> classes);

/// Which images show the classes: for each class those with the numbers `first` … `first + count − 1` among its own,
/// fewer where it has fewer.
[[nodiscard]] std::vector<std::vector<size_t>> samples_of_classes(std::span<const int32_t> labels,
                                                                  size_t classes, size_t first, size_t count);

}  // namespace cnnlab
