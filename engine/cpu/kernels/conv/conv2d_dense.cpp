#include "engine/cpu/kernels/conv/conv2d_dense.hpp"

#include "engine/cpu/kernels/conv/pack.hpp"
#include "engine/cpu/segments.hpp"

/// Legend
///   T  taps: the positions of the image       C  its channels        K  outputs        filter  T · C weights of one
///      output
/// A part packs some of its weights, uses them on every block while they are in the L1 cache, and goes on to the
/// next.
/// In evaluation nothing changes the weights: the prologue packs them once and they stay packed.
namespace cnnlab::cpu::CNNLAB_ARCH {

namespace {

// Rows of weights packed at once: enough to pay for loading and storing the sums of a tile.
constexpr int some_rows = 128;
// Images that use packed weights together: enough to pay for fetching the weights.
constexpr int group_images = 32;

struct DenseGeometry {
    int taps, channels, outputs;

    [[nodiscard]] int filter() const { return taps * channels; }
    /// Taps whose weights are packed at once.
    [[nodiscard]] int some_taps() const {
        const int some = some_rows / channels;
        return some < 1 ? 1 : some < taps ? some : taps;
    }
};

int chunks(int columns) { return (columns + tile_width - 1) / tile_width; }

bool over_batch(const Program& program, const Window& w, int groups, ImageShape image, ImageShape outputs,
                ValueId weight) {
    const bool dense = groups == 1 && outputs.positions() == 1 && w.kernel.height == image.height &&
                       w.kernel.width == image.width && w.before.height == 0 && w.before.width == 0;
    const int block = images_of_block(program), few = block < block_images ? block : 3 * block_images;
    return dense && program.batch > few && program.shape(weight).count() >= 65536;
}

/// y[n][k] = bias[k] + Σ x[n][t][c] · W[k][t][c]. A part is a chunk of outputs and, where weights stay packed, some
/// of the images. Images come first in the order of parts, so that a thread finds in its own cache what it wrote
/// before.
class DenseForward : public Kernel {
  public:
    DenseForward(const ops::Conv2d& op, const Binding& b, DenseGeometry g)
        : g_(g),
          x_(b.buffer(op.x)),
          y_(b.buffer(op.y)),
          weight_(b.buffer(op.weight).whole()),
          bias_(op.bias ? b.buffer(op.bias).whole() : nullptr),
          storage_(reinterpret_cast<float*>(b.storage)),
          stays_packed_(!is_written(*b.program, op.weight)),
          groups_(stays_packed_ ? (b.program->batch + group_images - 1) / group_images : 1),
          block_(b.images),
          blocks_(block_ == 1 ? block_images : 1),
          x_row_(row_of(x_, g_.channels)),
          y_row_(row_of(y_, g_.outputs)) {
        for (int t = 0; t < g_.some_taps(); ++t)
            taps_.push_back({t * tap_stride(), int64_t{t} * g_.channels});
    }

    /// Packed rows of a chunk.
    [[nodiscard]] static int64_t part_floats(const DenseGeometry& g, bool all_taps) {
        return int64_t{all_taps ? g.taps : g.some_taps()} * g.channels * tile_width;
    }
    [[nodiscard]] static int64_t storage_floats(const ops::Conv2d& op, const Program& program,
                                                const DenseGeometry& g) {
        return part_floats(g, !is_written(program, op.weight)) * chunks(g.outputs);
    }

    [[nodiscard]] int prologue_parts() const override { return stays_packed_ ? chunks(g_.outputs) : 0; }

    void prologue(int part) override {
        const Chunk s = chunk(part);
        pack_columns(weight_ + int64_t{s.k} * g_.filter(), g_.filter(), g_.filter(), s.wide, s.valid,
                     s.packed);
    }

    [[nodiscard]] int epilogue_parts() const override { return chunks(g_.outputs) * groups_; }

    void epilogue(int part, Run& run) override {
        const int all = chunks(g_.outputs), group = part / all;
        const auto [k, wide, valid, packed] = chunk(part % all);
        const int products = blocks_for(run.blocks, blocks_);
        const auto [begin, end] = part_of(products, group, groups_);
        alignas(64) float bias[tile_width];
        for (int j = 0; j < wide; ++j) bias[j] = j < valid && bias_ != nullptr ? bias_[k + j] : 0.0F;
        for (int t = 0; t < g_.taps; t += g_.some_taps()) {
            const int count = g_.taps - t < g_.some_taps() ? g_.taps - t : g_.some_taps();
            const float* weights = weight_ + int64_t{k} * g_.filter() + int64_t{t} * g_.channels;
            const float* rows = stays_packed_ ? packed + int64_t{t} * g_.channels * wide : packed;
            if (!stays_packed_) pack_columns(weights, g_.filter(), count * g_.channels, wide, valid, packed);
            const int next =
                t + count < g_.taps && !stays_packed_ ? valid : 0;  // rows packed next, prefetched meanwhile
            for (auto b = static_cast<int>(begin); b < end; ++b) {
                const auto [from, to] = part_of(next, b, products);
                for (int64_t j = from; j < to; ++j)
                    prefetch(weights + count * g_.channels + j * g_.filter(), count * g_.channels);
                const int block = b * blocks_, left = run.blocks - block,
                          some = left < blocks_ ? left : blocks_;
                if (!run.is_own(block, block + some)) continue;
                if (b + 1 < end)
                    prefetch(x_.block(block + blocks_) + t * tap_stride(),
                             static_cast<int>(count * tap_stride()));
                const TileInput in{taps_.data(), count, g_.channels, x_.block(block) + t * tap_stride(),
                                   rows,         x_row_};
                const TileOutput out{y_.block(block) + k, y_row_, t == 0 ? bias : nullptr, valid, t > 0};
                run_block(in, out, block_ * some);
            }
        }
    }

  private:
    struct Chunk {
        int k, wide, valid;
        float* packed;
    };
    [[nodiscard]] Chunk chunk(int part) const {
        const int k = part * tile_width, left = g_.outputs - k, wide = left > width ? tile_width : width;
        const int64_t floats = part_floats(g_, stays_packed_);
        return {k, wide, left < wide ? left : wide, storage_ + part * floats};
    }
    [[nodiscard]] int64_t tap_stride() const { return int64_t{block_} * g_.channels; }
    /// Floats from image to image.
    [[nodiscard]] int64_t row_of(const Buffer& buffer, int channels) const {
        return block_ == 1 ? static_cast<int64_t>(buffer.stride / sizeof(float)) : channels;
    }

    DenseGeometry g_;
    Buffer x_, y_;
    const float *weight_, *bias_;
    float* storage_;
    bool stays_packed_;
    int groups_;          ///< of images
    int block_, blocks_;  ///< images of a block; blocks whose images are the rows of one product
    int64_t x_row_, y_row_;
    std::vector<Tap> taps_;
};

/// dx[n][t][c] = Σ dy[n][k] · W[k][t][c]. A unit is a chunk of channels of one tap; parts share the units.
class DenseBackwardInput : public Kernel {
  public:
    DenseBackwardInput(const ops::Conv2dBackwardInput& op, const Binding& b, DenseGeometry g)
        : g_(g),
          dy_(b.buffer(op.dy)),
          dx_(b.buffer(op.dx)),
          weight_(b.buffer(op.weight).whole()),
          storage_(reinterpret_cast<float*>(b.storage)) {}

    [[nodiscard]] static int parts(const DenseGeometry& g) {
        const int units = g.taps * chunks(g.channels);
        return units < 32 ? units : 32;
    }
    [[nodiscard]] static int64_t part_floats(const DenseGeometry& g) {
        return int64_t{g.outputs} * tile_width;
    }

    [[nodiscard]] int epilogue_parts() const override { return parts(g_); }

    void epilogue(int part, Run& run) override {
        const int all = chunks(g_.channels);
        const auto [first, last] = part_of(int64_t{g_.taps} * all, part, epilogue_parts());
        float* packed = storage_ + part * part_floats(g_);
        const Tap tap{0, 0};
        for (int64_t unit = first; unit < last; ++unit) {
            const int c = static_cast<int>(unit % all) * tile_width, left = g_.channels - c,
                      wide = left > width ? tile_width : width, valid = left < wide ? left : wide;
            const int64_t t = unit / all;
            pack_rows(weight_ + t * g_.channels + c, g_.filter(), g_.outputs, wide, valid, packed);
            // prefetch the weights of the next unit meanwhile
            const int64_t after = unit + 1 < last ? unit + 1 : unit;
            const float* next = weight_ + after / all * g_.channels + after % all * tile_width;
            for (int b = 0; b < run.blocks; ++b) {
                if (!run.is_own(b)) continue;
                const auto [from, to] = part_of(g_.outputs, b, run.blocks);
                for (int64_t k = from; k < to; ++k) prefetch(next + k * g_.filter(), tile_width);
                float* target = dx_.block(b) + t * block_images * g_.channels + c;
                for (int i = 0; i < block_images; ++i) prefetch_to_write(target + i * g_.channels, valid);
                const TileInput in{&tap, 1, g_.outputs, dy_.block(b), packed, g_.outputs};
                const TileOutput out{target, g_.channels, nullptr, valid, false};
                run_block(in, out, block_images);
            }
        }
    }

  private:
    DenseGeometry g_;
    Buffer dy_, dx_;
    const float* weight_;
    float* storage_;
};

DenseGeometry geometry(ImageShape image, ImageShape outputs) {
    return {image.positions(), image.channels, outputs.channels};
}

}  // namespace

bool dense_over_batch(const ops::Conv2d& op, const Program& program) {
    return over_batch(program, op.window, op.groups, ImageShape(program.shape(op.x)),
                      ImageShape(program.shape(op.y)), op.weight);
}
bool dense_over_batch(const ops::Conv2dBackwardInput& op, const Program& program) {
    return over_batch(program, op.window, op.groups, ImageShape(program.shape(op.dx)),
                      ImageShape(program.shape(op.dy)), op.weight);
}

Traits dense_traits(const ops::Conv2d& op, const Program& program) {
    const DenseGeometry g = geometry(ImageShape(program.shape(op.x)), ImageShape(program.shape(op.y)));
    Traits t = epilogue_only();
    t.sharing = Sharing::blocks;
    t.whole_reads = {op.x, op.y};
    t.storage_bytes = DenseForward::storage_floats(op, program, g) * 4;
    return t;
}
Traits dense_traits(const ops::Conv2dBackwardInput& op, const Program& program) {
    const DenseGeometry g = geometry(ImageShape(program.shape(op.dx)), ImageShape(program.shape(op.dy)));
    Traits t = epilogue_only();
    t.sharing = Sharing::blocks;
    t.whole_reads = {op.dy, op.dx};
    t.storage_bytes = DenseBackwardInput::part_floats(g) * DenseBackwardInput::parts(g) * 4;
    return t;
}

std::unique_ptr<Kernel> dense_kernel(const ops::Conv2d& op, const Binding& b) {
    return std::make_unique<DenseForward>(op, b, geometry(b.image(op.x), b.image(op.y)));
}
std::unique_ptr<Kernel> dense_kernel(const ops::Conv2dBackwardInput& op, const Binding& b) {
    return std::make_unique<DenseBackwardInput>(op, b, geometry(b.image(op.dx), b.image(op.dy)));
}

}  // namespace cnnlab::cpu::CNNLAB_ARCH
