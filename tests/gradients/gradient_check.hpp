#pragma once

#include "engine/core/shape.hpp"
#include "engine/core/spec.hpp"

namespace cnnlab::test {

/// Compares the gradient of every parameter that learns with the central difference of the mean loss, (L(p + h) − L(p
/// − h)) / 2h, on the reference backend, element by element, with random images and labels. `count` images of the
/// batch count (0: all). Returns the number of elements checked.
int check_gradients(const Json& experiment, ImageShape input, int batch, int count = 0);

/// A network for the check: a 1×1 convolution to `channels` channels, whose own gradient needs the input gradient of
/// what follows; the layers (JSON, comma-separated); a dense layer with `outputs` outputs; the loss (JSON).
[[nodiscard]] Json sandwich(int channels, const std::string& layers, int outputs = 3,
                            const std::string& loss = "\"cross_entropy\"");

}  // namespace cnnlab::test
