#pragma once

#include <string_view>
#include <tuple>

#include "engine/core/fields.hpp"
#include "engine/data/augmentation_draw.hpp"

namespace cnnlab {

template <>
struct EnumNames<CropPadding> {
    static constexpr std::array<std::string_view, 2> names{"zero", "reflect"};
};

constexpr auto Augmentation::fields() {
    using A = Augmentation;
    return std::tuple{
        field("horizontal_flip", &A::horizontal_flip, "mirror left and right with probability 1/2"),
        field("alternating_flip", &A::alternating_flip,
              "mirror half of the images in the first epoch, the other half in the second, and so on"),
        field("crop", &A::crop,
              "pad by this many pixels and crop back at a random place: a shift of up to ±crop", 0, 64),
        field("padding", &A::padding, "what lies outside the image: \"zero\" or \"reflect\""),
        field("rotation", &A::rotation, "turn by up to ± this many degrees", 0, 180),
        field("translation", &A::translation, "shift by up to ± this share of height and width", 0, 1),
        field("scaling", &A::scaling, "scale by a factor of 1 ± this", 0, 0.9),
        field("brightness", &A::brightness, "add up to ± this share of the full range", 0, 1),
        field("contrast", &A::contrast, "multiply the distance from the mean by 1 ± this", 0, 1),
        field("cutout", &A::cutout, "blank a random square with this side, in pixels", 0, 256)};
}

}  // namespace cnnlab
