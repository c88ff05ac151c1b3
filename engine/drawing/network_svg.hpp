#pragma once

#include <string>
#include <vector>

#include "engine/model/compile.hpp"

namespace cnnlab {

/// Words of the drawing, for readers of other languages.
struct DrawingWords {
    std::string input = "input", parameters = "parameters";
};

/// A network as an SVG picture, first layer at the top: a box for each layer that has weights, pools or joins, with its
/// name, its output's shape and its parameters. What only changes numbers one by one (batch norm, activations,
/// dropout) stands in the box before it. Lines at the side go from a layer to those that read it later. `input`: the
/// shape of one image.
[[nodiscard]] std::string network_svg(const std::vector<LayerInfo>& layers, const Shape& input,
                                      const std::string& title, const DrawingWords& words = {});

}  // namespace cnnlab
