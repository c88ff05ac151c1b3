#include "engine/data/picture_fit.hpp"

#include <algorithm>
#include <cmath>

#include "engine/core/error.hpp"
#include "engine/core/messages.hpp"

namespace cnnlab {

namespace {

/// So many of `other`'s positions that the ratio of both is that of the result.
int cut_length(int length, int other, int result, int other_result) {
    const double wanted = static_cast<double>(other) * result / other_result;
    return static_cast<int>(std::clamp<double>(std::round(wanted), 1, length));
}

}  // namespace

PictureFit::PictureFit(int height, int width, int orientation, const ImageShape& shape)
    : width_(width), channels_(shape.channels), is_transposed_(orientation >= 5) {
    if (height < 1 || width < 1 || shape.height < 1 || shape.width < 1)
        throw Error(ErrorCode::out_of_range, "picture", say("value.is_empty"), say("give.at_least", 1));
    result_rows_ = is_transposed_ ? shape.width : shape.height;
    result_columns_ = is_transposed_ ? shape.height : shape.width;
    const bool is_mirrored_down =
        orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
    const bool is_mirrored_across =
        orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
    rows_ = shares(height, cut_length(height, width, result_rows_, result_columns_), result_rows_,
                   is_mirrored_down);
    columns_ = shares(width, cut_length(width, height, result_columns_, result_rows_), result_columns_,
                      is_mirrored_across);
    const auto channels = static_cast<size_t>(channels_);
    converted_.resize(static_cast<size_t>(width) * channels);
    line_.resize(static_cast<size_t>(result_columns_) * channels);
    sums_.resize(static_cast<size_t>(result_rows_) * line_.size());
}

std::vector<PictureFit::Share> PictureFit::shares(int from, int cut, int to, bool is_mirrored) {
    std::vector<Share> all;
    const int first = (from - cut) / 2;
    // Positions are those of the upright picture; a mirrored one comes from the other end.
    const auto add = [&](int position, int result, double weight) {
        const int upright = first + position;
        all.push_back({is_mirrored ? from - 1 - upright : upright, result, static_cast<float>(weight)});
    };
    const double scale = static_cast<double>(cut) / to;
    for (int i = 0; i < to; ++i) {
        if (scale > 1) {  // the area [i · scale, (i + 1) · scale)
            const double begin = i * scale, end = std::min((i + 1) * scale, static_cast<double>(cut));
            for (int j = static_cast<int>(begin); j < cut && j < end; ++j) {
                const double overlap = std::min(end, j + 1.0) - std::max(begin, static_cast<double>(j));
                add(j, i, overlap / scale);
            }
        } else {
            const double centre = std::clamp((i + 0.5) * scale - 0.5, 0.0, cut - 1.0);
            const int before = std::min(static_cast<int>(centre), std::max(0, cut - 2));
            add(before, i, 1 - (centre - before));
            if (cut > 1) add(before + 1, i, centre - before);
        }
    }
    std::stable_sort(all.begin(), all.end(), [](const Share& a, const Share& b) { return a.from < b.from; });
    return all;
}

void PictureFit::add(std::span<const uint8_t> rows, int channels) {
    const size_t row_size = static_cast<size_t>(width_) * static_cast<size_t>(channels);
    for (; rows.size() >= row_size; rows = rows.subspan(row_size)) add_row(rows.first(row_size), channels);
}

void PictureFit::add_row(std::span<const uint8_t> row, int channels) {
    const int at = row_++;
    if (next_share_ == rows_.size() || rows_[next_share_].from > at) return;
    const auto width = static_cast<size_t>(width_);
    if (channels_ == 1 && channels > 1) {
        for (size_t x = 0; x < width; ++x) {
            const uint8_t* rgb = row.data() + x * static_cast<size_t>(channels);
            converted_[x] = static_cast<uint8_t>((299 * rgb[0] + 587 * rgb[1] + 114 * rgb[2] + 500) / 1000);
        }
    } else if (channels_ == 3 && channels == 1) {
        for (size_t x = 0; x < width; ++x)
            std::fill_n(converted_.begin() + static_cast<ptrdiff_t>(3 * x), 3, row[x]);
    } else if (channels_ == channels) {
        std::copy(row.begin(), row.end(), converted_.begin());
    } else {
        for (size_t x = 0; x < width; ++x)
            std::copy_n(row.begin() + static_cast<ptrdiff_t>(4 * x), 3,
                        converted_.begin() + static_cast<ptrdiff_t>(3 * x));
    }

    std::fill(line_.begin(), line_.end(), 0.0F);
    const auto depth = static_cast<size_t>(channels_);
    for (const auto& [from, to, weight] : columns_) {
        const uint8_t* source = converted_.data() + static_cast<size_t>(from) * depth;
        float* target = line_.data() + static_cast<size_t>(to) * depth;
        for (size_t c = 0; c < depth; ++c) target[c] += weight * static_cast<float>(source[c]);
    }
    for (; next_share_ < rows_.size() && rows_[next_share_].from == at; ++next_share_) {
        const auto& [from, to, weight] = rows_[next_share_];
        float* target = sums_.data() + static_cast<size_t>(to) * line_.size();
        for (size_t i = 0; i < line_.size(); ++i) target[i] += weight * line_[i];
    }
}

std::vector<uint8_t> PictureFit::finish() const {
    const auto rows = static_cast<size_t>(result_rows_), columns = static_cast<size_t>(result_columns_),
               depth = static_cast<size_t>(channels_);
    std::vector<uint8_t> pixels(sums_.size());
    for (size_t y = 0; y < rows; ++y) {
        for (size_t x = 0; x < columns; ++x) {
            const float* from = sums_.data() + (y * columns + x) * depth;
            const size_t to = is_transposed_ ? x * rows + y : y * columns + x;
            for (size_t c = 0; c < depth; ++c)
                pixels[to * depth + c] = static_cast<uint8_t>(std::clamp(std::lround(from[c]), 0L, 255L));
        }
    }
    return pixels;
}

}  // namespace cnnlab
