#pragma once

#include "engine/cpu/kernels/axis_taps.hpp"
#include "engine/cpu/kernels/tile.hpp"

namespace cnnlab::cpu::CNNLAB_ARCH {

/// The taps of every target position, relative to the first source position of its window. Nearly all positions share
/// one list.
class TapLists {
  public:
    struct List {
        const Tap* taps;
        int count;
        int64_t source;  ///< the source position that the taps are relative to
    };

    TapLists() = default;
    /// `stride`: floats between source positions. `channels`: rows of weights of a tap.
    TapLists(const AxisTaps& rows, const AxisTaps& columns, int source_width, int kernel_width,
             int64_t stride, int channels)
        : rows_(rows), columns_(columns), source_width_(source_width) {
        for (int r = 0; r < rows_.kinds(); ++r)
            for (int c = 0; c < columns_.kinds(); ++c) {
                const int ty = rows_.example(r), tx = columns_.example(c);
                begins_.push_back({taps_.size()});
                for (const auto* y = rows_.begin(ty); y != rows_.end(ty); ++y)
                    for (const auto* x = columns_.begin(tx); x != columns_.end(tx); ++x)
                        taps_.push_back({(int64_t{y->source - rows_.first(ty)} * source_width + x->source -
                                          columns_.first(tx)) *
                                             stride,
                                         int64_t{y->tap * kernel_width + x->tap} * channels});
            }
        begins_.push_back({taps_.size()});
    }

    [[nodiscard]] CNNLAB_INLINE List at(int ty, int tx) const {
        const int kind = rows_.kind(ty) * columns_.kinds() + columns_.kind(tx);
        const auto list = static_cast<size_t>(kind);
        const size_t begin = begins_[list].at;
        return {taps_.data() + begin, static_cast<int>(begins_[list + 1].at - begin),
                int64_t{rows_.first(ty)} * source_width_ + columns_.first(tx)};
    }
    [[nodiscard]] const AxisTaps& rows() const { return rows_; }
    [[nodiscard]] int height() const { return rows_.targets(); }
    [[nodiscard]] int width() const { return columns_.targets(); }
    /// Columns [tx, tx + run) share one list and are evenly spaced, `apart` source positions from one to the next.
    struct Run {
        int count;
        int64_t apart;
    };
    [[nodiscard]] CNNLAB_INLINE Run run_from(int tx) const {
        if (tx + 1 == width() || columns_.kind(tx + 1) != columns_.kind(tx)) return {1, 0};
        const int apart = columns_.first(tx + 1) - columns_.first(tx);
        int end = tx + 2;
        while (end < width() && columns_.kind(end) == columns_.kind(tx) &&
               columns_.first(end) - columns_.first(end - 1) == apart)
            ++end;
        return {end - tx, apart};
    }

  private:
    struct Begin {
        size_t at;
    };
    AxisTaps rows_, columns_;
    int source_width_ = 0;
    std::vector<Tap> taps_;
    std::vector<Begin> begins_;
};

/// Sizes of a windowed product: target[position][image][columns] = Σ over taps and channels of
/// source[position][image][channels] · weights.
/// Forward: source x, target y, channels C / groups, columns K / groups. Input's gradient: source dy, target dx, the
/// two swapped.
struct ConvProduct {
    TapLists lists;
    int taps = 0, groups = 1;
    int channels = 0, columns = 0;  ///< of one group
    int block = block_images;       ///< images of a block
    bool plain = false;      ///< each target position has one tap, on the source position of its number
    bool by_chunks = false;  ///< strips are chunks of columns, not rows

    [[nodiscard]] int64_t packed_group() const { return int64_t{taps} * channels * packed_columns(columns); }
    [[nodiscard]] int64_t packed_floats() const { return packed_group() * groups; }
    /// Packed weights and biases.
    [[nodiscard]] int64_t storage_floats() const {
        return packed_floats() + int64_t{packed_columns(columns)} * groups;
    }
    [[nodiscard]] ImageShape target() const { return {lists.height(), lists.width(), groups * columns}; }
    [[nodiscard]] int chunks() const { return (columns + tile_width - 1) / tile_width; }

    /// Computes target rows [first, last) or, by chunks, these chunks of columns at all positions.
    /// Packed weights: [group][chunk of columns][tap][channel][columns of the chunk]. `bias`: packed_columns(columns)
    /// floats a group, or null. `finish`: of all columns, or null.
    void run(const float* source, const float* packed, const float* bias, const Finish* finish, float* target,
             int images, int first, int last) const {
        const int begin = by_chunks ? first : 0, stop = by_chunks ? last : chunks();
        const int from = by_chunks ? 0 : first, end = by_chunks ? lists.height() : last;
        for (int g = 0; g < groups; ++g)
            for (int s = begin; s < stop; ++s) {
                const int left = columns - s * tile_width;
                Chunk to{source + int64_t{g} * channels,
                         target + int64_t{g} * columns + s * tile_width,
                         packed + packed_group() * g + int64_t{s} * tile_width * taps * channels,
                         bias == nullptr ? nullptr : bias + packed_columns(columns) * g + s * tile_width,
                         left < tile_width ? left : tile_width,
                         Pair::none,
                         nullptr};
                Finish mine;
                if (finish != nullptr) {
                    mine = finish->from(int64_t{g} * chunks() * tile_width + s * tile_width);
                    to.finish = &mine;
                }
                if ((s - begin) % 2 == 1 && left >= tile_width) to.pair = Pair::second;
                if ((s - begin) % 2 == 0 && left >= 2 * tile_width && s + 1 < stop) to.pair = Pair::first;
                // Few images would leave most rows of a tile empty: its rows are then neighbouring positions of one
                // image, or of all where the block has no more.
                if (images == block && plain)
                    all_as_rows(to, from, end);
                else if (images > block_images / 2 && block == block_images)
                    images_as_rows(to, from, end);
                else {
                    const int together = images == block ? block : 1;
                    for (int i = 0; i < images;
                         i += together, to.source += row(channels), to.target += row(columns))
                        positions_as_rows(to, from, end, together);
                }
            }
    }
    /// Whether run() finishes its outputs: in the page's module only whole tiles of those that panels compute.
    [[nodiscard]] bool finishes(int images) const {
        return finish_in_store || (plain && images == block && groups == 1 && columns % tile_width == 0);
    }
    /// The strips of a block, as run() counts them.
    [[nodiscard]] int strips() const { return by_chunks ? chunks() : lists.height(); }

  private:
    /// One chunk of columns of one group.
    struct Chunk {
        const float* source;
        float* target;
        const float *weights, *bias;
        int columns;
        Pair pair;
        const Finish* finish;
    };

    /// Floats between images, and between positions.
    [[nodiscard]] int64_t row(int group_channels) const { return int64_t{groups} * group_channels; }
    [[nodiscard]] int64_t stride(int group_channels) const { return block * row(group_channels); }
    /// Floats from the packed weights of one chunk to the next.
    [[nodiscard]] int64_t next() const { return int64_t{tile_width} * taps * channels; }

    __attribute__((noinline)) void images_as_rows(const Chunk& s, int first, int last) const {
        TileInput in{nullptr, 0, channels, nullptr, s.weights, row(channels), next()};
        TileOutput out{s.target + first * lists.width() * stride(columns),
                       row(columns),
                       s.bias,
                       s.columns,
                       false,
                       s.finish};
        for (int ty = first; ty < last; ++ty)
            for (int tx = 0; tx < lists.width(); ++tx, out.y += stride(columns)) {
                const auto list = lists.at(ty, tx);
                in.taps = list.taps;
                in.count = list.count;
                in.x = s.source + list.source * stride(channels);
                run_block(in, out, block_images, s.pair);
            }
    }

    /// `images`: 1, or all of the block. Where positions are neighbours, so are then all their rows.
    __attribute__((noinline)) void positions_as_rows(const Chunk& s, int first, int last, int images) const {
        TileInput in{nullptr, 0, channels, nullptr, s.weights, 0, next()};
        TileOutput out{
            s.target + first * lists.width() * stride(columns), 0, s.bias, s.columns, false, s.finish};
        for (int ty = first; ty < last; ++ty)
            for (int tx = 0; tx < lists.width();) {
                const auto list = lists.at(ty, tx);
                const auto [count, apart] = lists.run_from(tx);
                in.taps = list.taps;
                in.count = list.count;
                const float* x = s.source + list.source * stride(channels);
                const bool together = apart == 1 || count == 1;
                in.row_stride = together ? stride(channels) / images : apart * stride(channels);
                out.row_stride = together ? stride(columns) / images : stride(columns);
                for (int i = 0; i < (together ? 1 : images); ++i) {
                    in.x = x + i * row(channels);
                    TileOutput to = out;
                    to.y += i * row(columns);
                    run_block(in, to, together ? count * images : count, s.pair);
                }
                out.y += count * stride(columns);
                tx += count;
            }
    }

    __attribute__((noinline)) void all_as_rows(const Chunk& s, int first, int last) const {
        const int64_t at = int64_t{first} * lists.width();
        run_panel({s.source + at * stride(channels), row(channels), s.weights, channels,
                   s.target + at * stride(columns), row(columns), s.bias, s.columns, s.finish},
                  s.columns > width, (last - first) * lists.width() * block);
    }
};

}  // namespace cnnlab::cpu::CNNLAB_ARCH
