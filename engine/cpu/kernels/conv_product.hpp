#pragma once

#include "engine/cpu/kernels/conv_geometry.hpp"
#include "engine/cpu/kernels/tile.hpp"

namespace cnnlab::cpu::CNNLAB_ARCH {

/// The taps of every target position, relative to the first source position of its window: nearly all positions share one list.
class TapLists {
  public:
    struct List {
        const Tap* taps;
        int count;
        int64_t source;  ///< position of the source that the taps start from
    };

    TapLists() = default;
    /// `step` floats from source position to position, `channels` rows of weights a tap.
    TapLists(const AxisTaps& rows, const AxisTaps& columns, int source_width, int kernel_width, int64_t step,
             int channels)
        : rows_(rows), columns_(columns), source_width_(source_width) {
        for (int r = 0; r < rows_.kinds(); ++r)
            for (int c = 0; c < columns_.kinds(); ++c) {
                const int ty = rows_.example(r), tx = columns_.example(c);
                begins_.push_back({taps_.size()});
                for (const auto* y = rows_.begin(ty); y != rows_.end(ty); ++y)
                    for (const auto* x = columns_.begin(tx); x != columns_.end(tx); ++x)
                        taps_.push_back({(int64_t{y->source - rows_.first(ty)} * source_width + x->source -
                                          columns_.first(tx)) *
                                             step,
                                         int64_t{y->tap * kernel_width + x->tap} * channels});
            }
        begins_.push_back({taps_.size()});
    }

    [[nodiscard]] CNNLAB_INLINE List at(int ty, int tx) const {
        const auto list = static_cast<size_t>(rows_.kind(ty) * columns_.kinds() + columns_.kind(tx));
        const size_t begin = begins_[list].at;
        return {taps_.data() + begin, static_cast<int>(begins_[list + 1].at - begin),
                int64_t{rows_.first(ty)} * source_width_ + columns_.first(tx)};
    }
    [[nodiscard]] int height() const { return rows_.targets(); }
    [[nodiscard]] int width() const { return columns_.targets(); }

  private:
    struct Begin {
        size_t at;
    };
    AxisTaps rows_, columns_;
    int source_width_ = 0;
    std::vector<Tap> taps_;
    std::vector<Begin> begins_;
};

/// Sizes of a product over a window: target[position][8][columns] = Σ over taps and channels of source[position][8][channels] · weights.
/// Forward: source x, target y, channels C / groups, columns K / groups. Input's gradient: source dy, target dx, the two swapped.
struct ConvProduct {
    TapLists lists;
    int taps = 0, groups = 1;
    int channels = 0, columns = 0;  ///< of one group

    [[nodiscard]] int64_t packed_group() const { return int64_t{taps} * channels * packed_columns(columns); }
    [[nodiscard]] int64_t packed_floats() const { return packed_group() * groups; }
    [[nodiscard]] int stretches() const { return (columns + tile_width - 1) / tile_width; }

    /// Target rows [first, last). Packed weights: [group][stretch of columns][tap][channel][columns of the stretch];
    /// `bias` has packed_columns(columns) floats a group, or is null.
    void run(const float* source, const float* packed, const float* bias, float* target, int first,
             int last) const {
        const int64_t source_row = int64_t{groups} * channels, target_row = int64_t{groups} * columns,
                      source_step = block_images * source_row, target_step = block_images * target_row;
        for (int g = 0; g < groups; ++g)
            for (int s = 0; s < stretches(); ++s) {
                const int left = columns - s * tile_width;
                TileInput in{nullptr, 0, channels, nullptr, nullptr, source_row};
                in.w = packed + packed_group() * g + int64_t{s} * tile_width * taps * channels;
                TileOutput out{nullptr, target_row, nullptr, left < tile_width ? left : tile_width};
                if (bias != nullptr) out.bias = bias + packed_columns(columns) * g + s * tile_width;
                float* y =
                    target + first * lists.width() * target_step + int64_t{g} * columns + s * tile_width;
                for (int ty = first; ty < last; ++ty)
                    for (int tx = 0; tx < lists.width(); ++tx, y += target_step) {
                        const auto list = lists.at(ty, tx);
                        in.taps = list.taps;
                        in.count = list.count;
                        in.x = source + list.source * source_step + int64_t{g} * channels;
                        out.y = y;
                        run_block(in, out);
                    }
            }
    }
};

}  // namespace cnnlab::cpu::CNNLAB_ARCH
