#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "engine/core/shape.hpp"

namespace cnnlab {

/// Which of our axes a part lies along.
enum class Along : uint8_t { height, width, channel };

/// A stretch of one of our axes. Most axes are one part; one that another program splits is several.
struct Part {
    int64_t extent = 1;
    Along along = Along::channel;

    bool operator==(const Part&) const = default;
};

/// A value of the network that is built, with the axes that another program gives it. Ours is [H, W, C], or [C]; theirs
/// may be [N, C, H, W], [N, H, W, C] or [N, C · H · W]. Each of their axes runs over some parts of ours, so what only
/// renames or joins axes (Transpose, Reshape, Flatten) costs no layer here.
struct Traced {
    static constexpr int batch = -1;
    std::string layer;        ///< whose output it is; "input": the images
    ImageShape shape;         ///< ours
    bool row = false;         ///< ours is [C], no map
    std::vector<Part> parts;  ///< ours, slowest first, without extents of 1
    std::vector<std::vector<int>>
        axes;  ///< theirs, first to last: numbers of parts, slowest first; or `batch` alone
    std::array<int64_t, 4> pads{};  ///< zeros that are still to be put around: top, left, bottom, right

    /// A map with the axes [N, C, H, W], or a row with [N, C].
    static Traced map(std::string layer, ImageShape shape);
    static Traced vector(std::string layer, int channels);

    [[nodiscard]] int rank() const { return static_cast<int>(axes.size()); }
    [[nodiscard]] bool is_batch(int axis) const;
    /// How long their axis is; −1 for the batch.
    [[nodiscard]] int64_t extent(int axis) const;
    /// "8×32×32", theirs, without the batch.
    [[nodiscard]] std::string str() const;

    /// Whether their axis runs over all of ours along the height (width, channels) in our order, and nothing else.
    [[nodiscard]] bool runs_along(int axis, Along along) const;
    /// Whether their axes are [N, C, H, W]; the channels may be in another order than ours.
    [[nodiscard]] bool is_map() const;
    /// Whether these axes together run over all parts along the channels, and nothing else, in any order.
    [[nodiscard]] bool are_channels(std::span<const int> of) const;
    /// Whether these axes together run over height and width, and nothing else.
    [[nodiscard]] bool are_positions(std::span<const int> of) const;
    /// The place among ours of each number along their axes (first ones slowest): among all parts that they run over.
    [[nodiscard]] std::vector<int64_t> order(std::span<const int> of) const;
    [[nodiscard]] bool is_in_order(std::span<const int> of) const;

    /// Their axes moved. False where the batch leaves its place among them in a way that is not followed.
    bool transpose(std::span<const int64_t> order);
    /// Their axes joined, split, dropped or added. `target`: extents without 0 or −1, but for the batch, which is −1.
    /// False where the target splits a part that cannot be split, or moves the batch.
    bool reshape(std::span<const int64_t> target);

    /// The same axes over a map of another height and width. Only for is_map().
    [[nodiscard]] Traced resized(std::string to_layer, int height, int width) const;
    /// The same axes over channels alone: those along height and width have an extent of 1.
    [[nodiscard]] Traced pooled(std::string to_layer) const;
    /// The same axes, all parts along the channels of a row.
    [[nodiscard]] Traced flattened(std::string to_layer) const;
    /// The same axes, the channels on `axis` replaced by others in our order.
    [[nodiscard]] Traced with_channels(std::string to_layer, int axis, int channels) const;
};

}  // namespace cnnlab
