#include "engine/data/whitening.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "engine/core/error.hpp"
#include "engine/core/messages.hpp"
#include "engine/core/symmetric_eigen.hpp"

namespace cnnlab {

namespace {

/// Normalised images as planes, one a channel.
class Planes {
  public:
    explicit Planes(const DatasetCard& card)
        : shape_(card.image), values_(static_cast<size_t>(shape_.count())) {
        for (int c = 0; c < shape_.channels; ++c) {
            const auto channel = static_cast<size_t>(c);
            const float mean = card.mean.empty() ? 0.0F : card.mean[channel];
            const float stddev = card.stddev.empty() ? 1.0F : card.stddev[channel];
            auto& table = tables_.emplace_back();
            for (size_t v = 0; v < table.size(); ++v)
                table[v] = (static_cast<float>(v) / 255.0F - mean) / stddev;
        }
    }
    void read(const uint8_t* pixels) {
        const auto size = static_cast<size_t>(shape_.positions()), channels = tables_.size();
        for (size_t i = 0; i < size; ++i)
            for (size_t c = 0; c < channels; ++c)
                values_[c * size + i] = tables_[c][pixels[i * channels + c]];
    }
    [[nodiscard]] const float* row(int channel, int y) const {
        return values_.data() + (channel * shape_.height + y) * shape_.width;
    }

  private:
    ImageShape shape_;
    std::vector<std::array<float, 256>> tables_;
    std::vector<float> values_;
};

/// One number of a patch: its place in the window, and its channel.
struct Entry {
    int y, x, channel;
};

/// Σ of the product of two entries over all patches of the image. Keeps a sum for each column, so that compilers
/// vectorise.
double products(const Planes& planes, Entry a, Entry b, int rows, std::vector<float>& columns) {
    std::fill(columns.begin(), columns.end(), 0.0F);
    for (int y = 0; y < rows; ++y) {
        const float *p = planes.row(a.channel, y + a.y) + a.x, *q = planes.row(b.channel, y + b.y) + b.x;
        for (size_t x = 0; x < columns.size(); ++x) columns[x] += p[x] * q[x];
    }
    return std::accumulate(columns.begin(), columns.end(), 0.0);
}

/// The second moment of all height×width patches of the first `images` images.
std::vector<double> second_moment(const DatasetCard& card, const Split& split, int height, int width,
                                  int64_t images) {
    std::vector<Entry> entries;
    for (int y = 0; y < height; ++y)
        for (int x = 0; x < width; ++x)
            for (int c = 0; c < card.image.channels; ++c) entries.push_back({y, x, c});
    const size_t n = entries.size();
    const int rows = card.image.height - height + 1;
    std::vector<float> columns(static_cast<size_t>(card.image.width - width + 1));
    std::vector<double> moment(n * n);
    Planes planes(card);
    for (int64_t i = 0; i < images; ++i) {
        planes.read(split.images.data() + i * card.image.count());
        for (size_t a = 0; a < n; ++a)
            for (size_t b = a; b < n; ++b)
                moment[a * n + b] += products(planes, entries[a], entries[b], rows, columns);
    }
    const double patches = static_cast<double>(images) * rows * static_cast<double>(columns.size());
    for (size_t a = 0; a < n; ++a)
        for (size_t b = a; b < n; ++b) moment[b * n + a] = moment[a * n + b] /= patches;
    return moment;
}

}  // namespace

HostTensor whitening_filters(const Shape& shape, const InitSpec& init, const DatasetCard& card,
                             const Split& split) {
    if (split.count() == 0)
        throw Error(ErrorCode::missing_data, "dataset", say("whitening.no_images"), say("train.give_one"));
    if (shape[1] > card.image.height || shape[2] > card.image.width)
        throw Error(ErrorCode::shape_mismatch, "init",
                    say("whitening.patches", Shape{shape[1], shape[2]}.str()),
                    say("whitening.smaller_kernel"));
    const auto n = static_cast<size_t>(shape[1] * shape[2] * shape[3]);
    const int64_t images = std::min<int64_t>(init.images, split.count());
    const SymmetricEigen eigen = symmetric_eigen(
        second_moment(card, split, static_cast<int>(shape[1]), static_cast<int>(shape[2]), images),
        static_cast<int>(n));
    HostTensor filters(shape);
    for (size_t i = 0; i < n; ++i)
        for (size_t k = 0; k < n; ++k) {
            const auto value = static_cast<float>(eigen.vectors[i][k] /
                                                  std::sqrt(std::max(eigen.values[i], 0.0) + init.eps));
            filters[static_cast<int64_t>(i * n + k)] = value;
            filters[static_cast<int64_t>((n + i) * n + k)] = -value;
        }
    return filters;
}

}  // namespace cnnlab
