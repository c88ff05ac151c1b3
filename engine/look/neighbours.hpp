#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "engine/core/fields.hpp"
#include "engine/data/dataset.hpp"

namespace cnnlab {

/// Σ (a − b)² over the bytes of two images.
[[nodiscard]] uint64_t squared_distance(const uint8_t* a, const uint8_t* b, size_t size);

/// The distance of two images, from 0 (the same pixels) to 1 (black and white): the root mean square of the
/// differences of their bytes, √(Σ (a − b)² / n) / 255.
[[nodiscard]] double pixel_distance(uint64_t squared, size_t size);

/// An image of a split, and how far it is from the one that was asked for.
struct Neighbour {
    int64_t image = 0;
    double distance = 0;

    bool operator==(const Neighbour&) const = default;

    static constexpr auto fields() {
        using N = Neighbour;
        return std::tuple{field("image", &N::image, "its number"),
                          field("distance", &N::distance,
                                "root mean square of the differences of their pixels, from 0 to 1")};
    }
};

/// The `count` images of a split that are nearest to `pixels` ([H, W, C]), nearest first; of equally distant ones the
/// first. `skip` is the image itself where it belongs to the split.
[[nodiscard]] std::vector<Neighbour> nearest_images(std::span<const uint8_t> pixels, const Split& split,
                                                    size_t count,
                                                    int64_t skip = std::numeric_limits<int64_t>::max());

}  // namespace cnnlab
