#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/core/shape.hpp"

namespace cnnlab {

/// Makes of a picture of any size what a network takes, while its rows come one after the other: memory is needed for
/// the result alone. The picture is
///
///     turned upright by its EXIF orientation,
///     cut on the longer side, equally at both ends, to the aspect ratio of `shape`,
///     converted: grey = .299 red + .587 green + .114 blue (ITU-R BT.601), and grey is repeated in all three channels,
///     resized, each axis on its own. Shrinking: a pixel is the mean of the area that it covers. Enlarging: linear
///     interpolation between the centres of pixels, the outermost continued.
///
/// The program and the page both use it, so that a network sees the same pixels in both.
class PictureFit {
  public:
    /// `height` and `width` are those of the file, before turning; `shape` has 1 or 3 channels. Throws Error
    /// (out_of_range) for a picture or shape without pixels.
    PictureFit(int height, int width, int orientation, const ImageShape& shape);

    /// Adds the next rows, from above: [rows, width, channels], 1 channel (grey), 3 or 4 (red, green, blue, and a
    /// fourth that is not looked at). What comes after the last row is not looked at either.
    void add(std::span<const uint8_t> rows, int channels);

    /// [height, width, channels] of `shape`, once all rows are there.
    [[nodiscard]] std::vector<uint8_t> finish() const;

  private:
    /// The part that a position of the picture has in one of the result.
    struct Share {
        int from, to;
        float weight;
    };
    static std::vector<Share> shares(int from, int cut, int to, bool is_mirrored);

    void add_row(std::span<const uint8_t> row, int channels);

    int width_, row_ = 0, channels_;
    bool is_transposed_;
    int result_rows_, result_columns_;   ///< before turning
    std::vector<Share> rows_, columns_;  ///< in order of `from`
    size_t next_share_ = 0;              ///< the first of rows_ that is still needed
    std::vector<uint8_t> converted_;     ///< a row, with channels_ channels
    std::vector<float> line_, sums_;     ///< a row of the result's width; the result, before turning
};

}  // namespace cnnlab
