#pragma once

#include "engine/cpu/kernels/conv_geometry.hpp"
#include "engine/cpu/kernels/tile.hpp"

namespace cnnlab::cpu::CNNLAB_ARCH {

/// Sizes of a product over a window: target[position][8][columns] = Σ over taps and channels of source[position][8][channels] · weights.
/// Forward: source x, target y, channels C / groups, columns K / groups. Input's gradient: source dy, target dx, the two swapped.
struct ConvProduct {
    AxisTaps rows, columns_axis;
    int source_width = 0, target_width = 0;
    int kernel_width = 0, taps = 0, groups = 1;
    int channels = 0, columns = 0;  ///< of one group

    [[nodiscard]] int64_t packed_group() const { return int64_t{taps} * channels * packed_columns(columns); }
    [[nodiscard]] int64_t packed_floats() const { return packed_group() * groups; }
    [[nodiscard]] int stretches() const { return (columns + tile_width - 1) / tile_width; }

    /// Packed weights: [group][stretch of columns][tap][channel][columns of the stretch].
    /// `packed` as pack_forward or pack_backward lay it out; `bias` has packed_columns(columns) floats a group, or is null.
    void run(const float* source, const float* packed, const float* bias, float* target) const {
        const int64_t source_step = int64_t{block_images} * groups * channels,
                      target_step = int64_t{block_images} * groups * columns;
        const int64_t source_row = int64_t{groups} * channels, target_row = int64_t{groups} * columns;
        Tap list[most_taps];
        for (int g = 0; g < groups; ++g) {
            for (int s = 0; s < stretches(); ++s) {
                const int left = columns - s * tile_width, wide = left > width ? tile_width : width;
                const float* weights =
                    packed + packed_group() * g + int64_t{s} * tile_width * taps * channels;
                const float* offset =
                    bias == nullptr ? nullptr : bias + packed_columns(columns) * g + s * tile_width;
                for (int ty = 0; ty < rows.targets(); ++ty)
                    for (int tx = 0; tx < columns_axis.targets(); ++tx) {
                        TileOutput out{target + (int64_t{ty} * target_width + tx) * target_step +
                                           int64_t{g} * columns + s * tile_width,
                                       target_row, offset, left < tile_width ? left : tile_width, false};
                        int count = 0;
                        const auto flush = [&] {
                            run_block(list, count, channels, source_row, out);
                            out.accumulate = true;
                            out.bias = nullptr;
                            count = 0;
                        };
                        for (const auto* r = rows.begin(ty); r != rows.end(ty); ++r)
                            for (const auto* c = columns_axis.begin(tx); c != columns_axis.end(tx); ++c) {
                                if (count == most_taps) flush();
                                list[count++] = {
                                    source + (int64_t{r->source} * source_width + c->source) * source_step +
                                        int64_t{g} * channels,
                                    weights + int64_t{r->tap * kernel_width + c->tap} * channels * wide};
                            }
                        if (count > 0 || !out.accumulate) flush();
                    }
            }
        }
    }
};

}  // namespace cnnlab::cpu::CNNLAB_ARCH
