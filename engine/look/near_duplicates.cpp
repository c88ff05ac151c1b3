#include "engine/look/near_duplicates.hpp"

#include <algorithm>
#include <cmath>
#include <tuple>

#include "engine/look/neighbours.hpp"

namespace cnnlab {

namespace {

/// Of floats near 1, and of sums of 16 of them.
constexpr float rounding = 1e-5F;

template <size_t n>
float square_of_difference(const std::array<float, n>& a, const std::array<float, n>& b) {
    float sum = 0;
    for (size_t i = 0; i < n; ++i) sum += (a[i] - b[i]) * (a[i] - b[i]);
    return sum;
}

/// Means over a grid of side × side fields, each times √(its share of the pixels) / 255.
template <size_t side>
std::array<float, side * side> field_means(const uint8_t* pixels, const ImageShape& image) {
    std::array<float, side * side> means{};
    const auto height = static_cast<size_t>(image.height), width = static_cast<size_t>(image.width),
               channels = static_cast<size_t>(image.channels);
    for (size_t row = 0; row < side; ++row)
        for (size_t column = 0; column < side; ++column) {
            const size_t top = row * height / side, bottom = (row + 1) * height / side,
                         left = column * width / side, right = (column + 1) * width / side;
            uint64_t sum = 0;
            for (size_t y = top; y < bottom; ++y)
                for (size_t i = (y * width + left) * channels; i < (y * width + right) * channels; ++i)
                    sum += pixels[i];
            const auto count = static_cast<double>((bottom - top) * (right - left) * channels),
                       all = static_cast<double>(height * width * channels);
            // An image of one pixel leaves fields empty.
            if (count > 0)
                means[row * side + column] =
                    static_cast<float>(static_cast<double>(sum) / std::sqrt(count * all) / 255);
        }
    return means;
}

}  // namespace

int64_t disagreeing(std::span<const NearDuplicate> pairs, const Split& train, const Split& test) {
    return std::count_if(pairs.begin(), pairs.end(), [&](const NearDuplicate& pair) {
        return test.labels[static_cast<size_t>(pair.test)] != train.labels[static_cast<size_t>(pair.train)];
    });
}

NearDuplicates::NearDuplicates(const Split& train, const Split& test, const ImageShape& image, double most)
    : train_(&train), test_(&test), image_(image), most_(most) {
    const auto size = static_cast<size_t>(image.count());
    thumbnails_.reserve(train.labels.size());
    for (size_t i = 0; i < train.labels.size(); ++i) {
        thumbnails_.push_back(thumbnail(train.images.data() + i * size));
        thumbnails_.back().image = static_cast<uint32_t>(i);
    }
    std::sort(thumbnails_.begin(), thumbnails_.end(), [](const Thumbnail& a, const Thumbnail& b) {
        return std::tie(a.mean, a.image) < std::tie(b.mean, b.image);
    });
}

NearDuplicates::Thumbnail NearDuplicates::thumbnail(const uint8_t* pixels) const {
    return {.mean = field_means<1>(pixels, image_)[0],
            .quarters = field_means<2>(pixels, image_),
            .sixteenths = field_means<4>(pixels, image_),
            .image = 0};
}

void NearDuplicates::look_at(int64_t test) {
    const auto size = static_cast<size_t>(image_.count());
    const uint8_t* pixels = test_->images.data() + static_cast<size_t>(test) * size;
    const Thumbnail mine = thumbnail(pixels);
    float within = static_cast<float>(most_) + rounding, squared = within * within;
    // Whole numbers, so that equal distances are equal.
    uint64_t nearest = 0;
    const Thumbnail* best = nullptr;
    auto at = std::lower_bound(thumbnails_.begin(), thumbnails_.end(), mine.mean - within,
                               [](const Thumbnail& other, float mean) { return other.mean < mean; });
    for (; at != thumbnails_.end() && at->mean <= mine.mean + within; ++at) {
        if (square_of_difference(at->quarters, mine.quarters) > squared ||
            square_of_difference(at->sixteenths, mine.sixteenths) > squared)
            continue;
        const uint64_t distance = squared_distance(pixels, train_->images.data() + at->image * size, size);
        if (best == nullptr ? pixel_distance(distance, size) > most_
                            : std::tie(nearest, best->image) <= std::tie(distance, at->image))
            continue;
        nearest = distance;
        best = &*at;
        within = std::min(within, static_cast<float>(pixel_distance(nearest, size)) + rounding);
        squared = within * within;
    }
    if (best != nullptr) found_.push_back({test, best->image, pixel_distance(nearest, size)});
}

bool NearDuplicates::run(int64_t images) {
    for (const int64_t end = std::min(count(), done_ + images); done_ < end; ++done_) look_at(done_);
    return done_ < count();
}

std::vector<NearDuplicate> NearDuplicates::found() const {
    std::vector<NearDuplicate> sorted = found_;
    std::stable_sort(sorted.begin(), sorted.end(),
                     [](const NearDuplicate& a, const NearDuplicate& b) { return a.distance < b.distance; });
    return sorted;
}

}  // namespace cnnlab
