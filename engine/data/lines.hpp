#pragma once

#include <cstdint>
#include <tuple>
#include <vector>

#include "engine/core/spec.hpp"
#include "engine/data/dataset.hpp"

namespace cnnlab {

/// Parameters of the synthetic data set "lines": images of one line each, which a network tells apart by direction.
/// The defaults are the classic exercise: 5×5 images, vertical (label 1) or horizontal (label 0), noise uniform in
/// [0, 0.2).
struct LinesSpec {
    int count = 100;      ///< training images, alternately of class 1 and class 0
    int size = 5;         ///< height and width, in pixels
    float noise = 0.2F;   ///< added to every pixel of a training image: uniform in [0, noise)
    float thickness = 1;  ///< of the line, in pixels
    std::vector<float> vertical_angles{
        90};  ///< class 1, in degrees, counter-clockwise from horizontal; taken in turn
    std::vector<float> horizontal_angles{0};  ///< class 0
    uint64_t seed = 0;                        ///< of the noise

    static constexpr auto fields() {
        using L = LinesSpec;
        return std::tuple{field("count", &L::count, "training images", 1, 100000),
                          field("size", &L::size, "height and width in pixels", 3, 64),
                          field("noise", &L::noise, "uniform noise from 0 to this, where a line is 1", 0, 1),
                          field("thickness", &L::thickness, "of the line, in pixels", 0.1, 64),
                          field("vertical_angles", &L::vertical_angles,
                                "degrees of the lines of class \"vertical\"", -360, 360),
                          field("horizontal_angles", &L::horizontal_angles,
                                "degrees of the lines of class \"horizontal\"", -360, 360),
                          field("seed", &L::seed, "of the noise")};
    }
};

/// Draws the data set. Training image i has label 1 for even i and 0 for odd i, and angle number ⌊i / 2⌋ (modulo the
/// set) of its class. The test images are clean: for each angle in turn a line of class 1, then one of class 0. With
/// the defaults these are two lines.
///
/// A line of thickness t covers the points within t / 2 of a straight line through the centre of pixel (size/2,
/// size/2) (integer division). The value of a pixel is the share of it that is covered.
/// Between odd thicknesses the band's centre moves by up to half a pixel towards smaller columns and rows, so that at
/// whole thicknesses an upright line fills whole pixels.
///
/// Values are stored as bytes, 1.0 as `unit` = min(200, ⌊255 / (1 + noise)⌋), so that nothing is clipped. The card
/// has mean 0 and stddev unit / 255: a network sees byte / unit. With the defaults one unit is .005 and the noise is
/// one of 0, .005, … .195.
/// The card of the result is that of datasets/lines with the spec's changes. Throws Error (out_of_range), place
/// "data.FIELD".
Dataset make_lines(const LinesSpec& spec);

}  // namespace cnnlab
