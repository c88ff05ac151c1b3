#pragma once

#include "native/cuda/kernels/site.hpp"

/// Ops that move images and mix them. Pointers are to elements of site.element.
namespace cnnlab::cuda {

/// Images [batch, height, width, channels].
struct Images {
    int batch = 1, height = 1, width = 1, channels = 1;
    [[nodiscard]] uint32_t positions() const { return uint32_t(batch * height * width); }
};

/// y[r, c] = x[r + down, (flip ? W − 1 − c : c) + right], mirrored at the edges.
void run_shift(const Site& site, const Images& images, const void* x, void* y, int down, int right,
               bool flip);
/// Bilinear resize to the height and width of `to` (ops::Resize).
void run_resize(const Site& site, const Images& from, const Images& to, const void* x, void* y,
                bool antialias);

/// The most parts of one launch.
constexpr int most_parts = 8;
struct WeightedParts {
    const void* parts[most_parts] = {};
    float weights[most_parts] = {};
    int count = 0;
};
/// y = Σ weights · parts.
void run_weighted_sum(const Site& site, const WeightedParts& parts, void* y, uint32_t count);

}  // namespace cnnlab::cuda
