#pragma once

#include "engine/reference/context.hpp"

/// Convolution and pooling are sums (or maxima) over the taps of a window. For one tap (i, j), every output position
/// reads one pixel of the padded image; these pixels are a strided slice of it.
namespace cnnlab::reference {

/// The batch with a border of `fill` around each image.
[[nodiscard]] inline Array pad(const Array& x, const Window& w, double fill = 0) {
    const auto& s = x.shape();
    const size_t height = s[1] + static_cast<size_t>(w.before.height + w.after.height);
    const size_t width = s[2] + static_cast<size_t>(w.before.width + w.after.width);
    Array padded(std::vector<size_t>{s[0], height, width, s[3]}, fill);
    xt::view(padded, xt::all(), xt::range(w.before.height, w.before.height + s[1]),
             xt::range(w.before.width, w.before.width + s[2]), xt::all()) = x;
    return padded;
}

/// What pad() wrapped: the images without their border.
[[nodiscard]] inline Array crop(const Array& padded, const Window& w) {
    const auto& s = padded.shape();
    return xt::view(padded, xt::all(), xt::range(w.before.height, s[1] - static_cast<size_t>(w.after.height)),
                    xt::range(w.before.width, s[2] - static_cast<size_t>(w.after.width)), xt::all());
}

/// The pixels that tap (i, j) reads, one for each output position: a view [N, Ho, Wo, channels] into the padded
/// images. Reading it gathers, adding to it scatters.
template <class Channels = decltype(xt::all())>
[[nodiscard]] auto tap(Array& padded, const Window& w, int i, int j, ImageShape out,
                       Channels channels = xt::all()) {
    const int top = i * w.dilation.height, left = j * w.dilation.width;
    return xt::view(padded, xt::all(),
                    xt::range(top, top + (out.height - 1) * w.stride.height + 1, w.stride.height),
                    xt::range(left, left + (out.width - 1) * w.stride.width + 1, w.stride.width), channels);
}

}  // namespace cnnlab::reference
