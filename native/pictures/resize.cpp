#include "native/pictures/resize.hpp"

#include <algorithm>
#include <cmath>

namespace cnnlab {

namespace {

/// One result position: weights of the source positions first, first + 1, …; they sum to 1.
struct Tap {
    int first = 0;
    std::vector<float> weights;
};

std::vector<Tap> make_taps(int from, int to) {
    std::vector<Tap> taps;
    const double scale = static_cast<double>(from) / to;
    for (int i = 0; i < to; ++i) {
        Tap tap;
        if (scale > 1) {  // the area [i · scale, (i + 1) · scale)
            const double begin = i * scale, end = std::min((i + 1) * scale, static_cast<double>(from));
            tap.first = static_cast<int>(begin);
            for (int j = tap.first; j < from && j < end; ++j) {
                const double overlap = std::min(end, j + 1.0) - std::max(begin, static_cast<double>(j));
                tap.weights.push_back(static_cast<float>(overlap / scale));
            }
        } else {
            const double centre = std::clamp((i + 0.5) * scale - 0.5, 0.0, from - 1.0);
            tap.first = std::min(static_cast<int>(centre), std::max(0, from - 2));
            const auto share = static_cast<float>(centre - tap.first);
            tap.weights = {1 - share};
            if (from > 1) tap.weights.push_back(share);
        }
        taps.push_back(tap);
    }
    return taps;
}

uint8_t to_byte(float value) { return static_cast<uint8_t>(std::clamp(std::lround(value), 0L, 255L)); }

}  // namespace

Image convert_channels(const Image& image, int channels) {
    if (image.channels == channels) return image;
    Image result(image.height, image.width, channels);
    const size_t positions = static_cast<size_t>(image.height) * static_cast<size_t>(image.width);
    for (size_t i = 0; i < positions; ++i) {
        if (channels == 1) {
            const uint8_t* rgb = image.pixels.data() + 3 * i;
            result.pixels[i] =
                static_cast<uint8_t>((299 * rgb[0] + 587 * rgb[1] + 114 * rgb[2] + 500) / 1000);
        } else {
            std::fill_n(result.pixels.data() + 3 * i, 3, image.pixels[i]);
        }
    }
    return result;
}

Image crop_to_aspect(const Image& image, double aspect) {
    const int width = std::clamp(static_cast<int>(std::lround(image.height * aspect)), 1, image.width);
    const int height = std::clamp(static_cast<int>(std::lround(image.width / aspect)), 1, image.height);
    if (width == image.width && height == image.height) return image;
    Image result(height, width, image.channels);
    const int top = (image.height - height) / 2, left = (image.width - width) / 2;
    for (int y = 0; y < height; ++y) {
        const uint8_t* from = image.at(top + y, left);
        std::copy(from, from + width * image.channels, result.at(y, 0));
    }
    return result;
}

Image resize(const Image& image, int height, int width) {
    if (image.height == height && image.width == width) return image;
    const auto rows = make_taps(image.height, height), columns = make_taps(image.width, width);
    const auto channels = static_cast<size_t>(image.channels);
    const size_t source_row = static_cast<size_t>(image.width) * channels;
    Image result(height, width, image.channels);
    std::vector<float> line(source_row);  // one result row, still of the source's width
    for (int y = 0; y < height; ++y) {
        const Tap& row = rows[static_cast<size_t>(y)];
        std::fill(line.begin(), line.end(), 0.0F);
        for (size_t j = 0; j < row.weights.size(); ++j) {
            const uint8_t* from = image.at(row.first + static_cast<int>(j), 0);
            for (size_t i = 0; i < source_row; ++i) line[i] += row.weights[j] * static_cast<float>(from[i]);
        }
        for (int x = 0; x < width; ++x) {
            const Tap& column = columns[static_cast<size_t>(x)];
            for (size_t channel = 0; channel < channels; ++channel) {
                float sum = 0;
                for (size_t j = 0; j < column.weights.size(); ++j) {
                    sum += column.weights[j] *
                           line[(static_cast<size_t>(column.first) + j) * channels + channel];
                }
                result.at(y, x)[channel] = to_byte(sum);
            }
        }
    }
    return result;
}

Image fit_image(const Image& image, const ImageShape& shape) {
    const Image cropped = crop_to_aspect(image, static_cast<double>(shape.width) / shape.height);
    return resize(convert_channels(cropped, shape.channels), shape.height, shape.width);
}

}  // namespace cnnlab
