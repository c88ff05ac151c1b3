#pragma once

#include "engine/data/dataset.hpp"

namespace cnnlab {

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
Dataset make_lines(const datasets::Lines& spec);

}  // namespace cnnlab
