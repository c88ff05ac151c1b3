#include "engine/cpu/kernels/conv/conv2d_dense.hpp"
#include "engine/cpu/kernels/conv/conv2d_winograd.hpp"
#include "engine/cpu/kernels/conv/conv_product.hpp"
#include "engine/cpu/kernels/conv/depthwise.hpp"
#include "engine/cpu/kernels/conv/pack.hpp"

namespace cnnlab::cpu::CNNLAB_ARCH {

namespace {

/// Common part of forward and backward: packing of weights.
/// weight [K][tap][C] (C of a group). Forward packs columns k, channels c; backward packs columns c, channels k.
class ConvKernel : public Kernel {
  public:
    ConvKernel(ConvProduct product, bool forward, const float* weight, const float* bias, const Binding& b,
               const ops::Finish& finish)
        : product_(std::move(product)),
          finisher_(finish, b, product_.target(), product_.groups, product_.by_chunks ? 0 : 1,
                    reinterpret_cast<float*>(b.storage) + product_.storage_floats()),
          forward_(forward),
          weight_(weight),
          bias_(bias),
          packed_(reinterpret_cast<float*>(b.storage)),
          packed_bias_(packed_ + product_.packed_floats()) {}

    // A part packs one or more taps of every chunk: all threads share the packing of a big dense layer.
    [[nodiscard]] int prologue_parts() const override {
        const int64_t floats = product_.packed_floats();
        const int64_t parts = floats / 8192 + 1;
        return static_cast<int>(parts < product_.taps ? parts : product_.taps);
    }

    void prologue(int part) override {
        const auto [first, last] = part_of(product_.taps, part, prologue_parts());
        if (part == 0) finisher_.prologue();
        const ConvProduct& p = product_;
        for (int g = 0; g < p.groups; ++g)
            for (int s = 0; s < p.chunks(); ++s) {
                const int left = p.columns - s * tile_width, wide = left > width ? tile_width : width,
                          valid = left < wide ? left : wide;
                float* out = packed_ + p.packed_group() * g + int64_t{s} * tile_width * p.taps * p.channels;
                for (int64_t t = first; t < last; ++t)
                    pack(out + t * p.channels * wide, g, s * tile_width, static_cast<int>(t), wide, valid);
            }
        if (part == 0 && bias_ != nullptr)
            for (int g = 0; g < p.groups; ++g)
                for (int k = 0; k < packed_columns(p.columns); ++k)
                    packed_bias_[packed_columns(p.columns) * g + k] =
                        k < p.columns ? bias_[g * p.columns + k] : 0.0F;
    }

  protected:
    void run(const float* source, float* target, const MapContext& c, int first, int last) const {
        const bool in_store = product_.finishes(c.computed);
        finisher_.strips(c, target, first, last, in_store, [&](const Finish* finish, int from, int to) {
            product_.run(source, packed_, bias_ != nullptr ? packed_bias_ : nullptr, finish, target,
                         c.computed, from, to);
        });
    }

  private:
    void pack(float* out, int group, int column, int tap, int wide, int valid) const {
        const ConvProduct& p = product_;
        if (forward_) {  // [K][tap][C] → [C][columns k]
            const int64_t filter = int64_t{p.taps} * p.channels;
            const float* in =
                weight_ + (int64_t{group} * p.columns + column) * filter + int64_t{tap} * p.channels;
            pack_columns(in, filter, p.channels, wide, valid, out);
        } else {  // [K][tap][C] → [K][columns c]
            const int64_t filter = int64_t{p.taps} * p.columns;
            const float* in =
                weight_ + int64_t{group} * p.channels * filter + int64_t{tap} * p.columns + column;
            pack_rows(in, filter, p.channels, wide, valid, out);
        }
    }

    ConvProduct product_;
    Finisher finisher_;
    bool forward_;
    const float *weight_, *bias_;
    float *packed_, *packed_bias_;
};

class Forward : public ConvKernel {
  public:
    Forward(const ops::Conv2d& op, const Binding& b, ConvProduct product)
        : ConvKernel(std::move(product), true, b.buffer(op.weight).whole(),
                     op.bias ? b.buffer(op.bias).whole() : nullptr, b, op.finish),
          x_(b.buffer(op.x)),
          y_(b.buffer(op.y)) {}
    void map_rows(const MapContext& c, int first, int last) override {
        run(x_.at(c), y_.at(c), c, first, last);
    }

  private:
    Buffer x_, y_;
};

class BackwardInput : public ConvKernel {
  public:
    BackwardInput(const ops::Conv2dBackwardInput& op, const Binding& b, ConvProduct product)
        : ConvKernel(std::move(product), false, b.buffer(op.weight).whole(), nullptr, b, {}),
          dy_(b.buffer(op.dy)),
          dx_(b.buffer(op.dx)) {}
    void map_rows(const MapContext& c, int first, int last) override {
        run(dy_.at(c), dx_.at(c), c, first, last);
    }

  private:
    Buffer dy_, dx_;
};

ConvProduct product_of(const Window& w, int groups, ImageShape x, ImageShape y, bool forward,
                       const Program& program) {
    const int block = images_of_block(program);
    const auto axis = forward ? AxisTaps::forward : AxisTaps::backward;
    ConvProduct p;
    p.taps = w.taps();
    p.groups = groups;
    p.block = block;
    p.channels = (forward ? x.channels : y.channels) / groups;
    p.columns = (forward ? y.channels : x.channels) / groups;
    p.plain = w.kernel == cnnlab::Pair{1} && w.stride == cnnlab::Pair{1} && x.height == y.height &&
              x.width == y.width && w.before.height == 0 && w.before.width == 0;
    p.lists = TapLists(
        axis(x.height, y.height, w.kernel.height, w.stride.height, w.dilation.height, w.before.height),
        axis(x.width, y.width, w.kernel.width, w.stride.width, w.dilation.width, w.before.width),
        forward ? x.width : y.width, w.kernel.width, int64_t{block} * groups * p.channels, p.channels);
    // One position, or weights that would pass through the cache once a row. Finisher knows chunks of one group.
    const int64_t source = (forward ? x : y).count() * block;
    p.by_chunks =
        p.lists.height() * p.lists.width() == 1 ||
        (program.phase == Phase::evaluate && p.packed_floats() > source && (finish_in_store || groups == 1));
    return p;
}

Traits product_traits(const ConvProduct& p) {
    Traits t = mapping_rows(p.strips(), {});
    if (p.by_chunks && p.lists.height() * p.lists.width() > 1)
        t.rows.out = 0;  // no row is ready before the last
    t.storage_bytes = p.storage_floats() * 4;
    return t;
}

/// In evaluation a convolution can follow the writer of its input row by row, in training a 1×1 one. Row y of its
/// output needs rows [y · stride − before, y · stride + after].
CNNLAB_INLINE void read_rows(Traits& t, ValueId x, const Program& program, int stride, int before,
                             int after) {
    // What is smaller is still in the L2 cache when it is read.
    constexpr int64_t cached = 512 << 10;
    const bool alone = before == 0 && after == 0 && stride == 1;
    if (!has_room || (program.phase != Phase::evaluate && !alone)) return;
    t.rows.reads = {x};
    t.rows.least = cached;
    t.rows.in = stride;
    t.rows.before = before;
    t.rows.after = after + 1 > stride ? after + 1 - stride : 0;
}

ImageShape shape(const Program& program, ValueId id) { return ImageShape(program.shape(id)); }

/// What a convolution of `columns` in each of `groups` needs to finish its outputs. y may take the place of what is
/// added to it, unless that is the convolution's input too, or is added when y is already there.
CNNLAB_INLINE void add_finish(Traits& t, const ops::Conv2d& op, int columns, int groups) {
    t.storage_bytes += Finisher::storage_floats(op.finish, columns, groups) * 4;
    if (!finish_in_store || !op.finish.addend || op.finish.addend == op.x) return;
    t.in_place_in = op.finish.addend;
    t.in_place_out = op.y;
}

}  // namespace

template <>
Traits CpuOp<ops::Conv2d>::traits(const ops::Conv2d& op, const Program& program, int /*shards*/) {
    if (dense_over_batch(op, program)) return dense_traits(op, program);
    if (is_depthwise(op.groups, shape(program, op.x), shape(program, op.y))) {
        Traits t = depthwise_traits(op.window, shape(program, op.x), shape(program, op.y), program);
        const Window& w = op.window;
        const int reach = w.dilation.height * (w.kernel.height - 1);
        read_rows(t, op.x, program, w.stride.height, w.before.height, reach - w.before.height);
        add_finish(t, op, shape(program, op.y).channels, 1);
        return t;
    }
    if (const auto grid =
            winograd_grid(op.window, op.groups, shape(program, op.x), shape(program, op.y), true, program);
        grid.m > 0) {
        Traits t = winograd_traits(grid, program);
        add_finish(t, op, grid.target.channels, 1);
        return t;
    }
    const ConvProduct p =
        product_of(op.window, op.groups, shape(program, op.x), shape(program, op.y), true, program);
    Traits t = product_traits(p);
    if (p.plain && !p.by_chunks) read_rows(t, op.x, program, 1, 0, 0);
    add_finish(t, op, p.columns, p.groups);
    return t;
}

template <>
std::unique_ptr<Kernel> CpuOp<ops::Conv2d>::bind(const ops::Conv2d& op, const Binding& b) {
    if (dense_over_batch(op, *b.program)) return dense_kernel(op, b);
    if (is_depthwise(op.groups, b.image(op.x), b.image(op.y)))
        return std::make_unique<Depthwise>(op.window, b.image(op.x), b.image(op.y),
                                           b.buffer(op.weight).whole(),
                                           op.bias ? b.buffer(op.bias).whole() : nullptr, b, b.buffer(op.x),
                                           b.buffer(op.y), true, op.finish);
    if (const auto grid = winograd_grid(op.window, op.groups, b.image(op.x), b.image(op.y), true, *b.program);
        grid.m > 0)
        return winograd_kernel(grid, true, b.buffer(op.weight).whole(),
                               op.bias ? b.buffer(op.bias).whole() : nullptr, b, b.buffer(op.x),
                               b.buffer(op.y), op.finish);
    return std::make_unique<Forward>(
        op, b, product_of(op.window, op.groups, b.image(op.x), b.image(op.y), true, *b.program));
}

template <>
Traits CpuOp<ops::Conv2dBackwardInput>::traits(const ops::Conv2dBackwardInput& op, const Program& program,
                                               int /*shards*/) {
    if (dense_over_batch(op, program)) return dense_traits(op, program);
    if (is_depthwise(op.groups, shape(program, op.dx), shape(program, op.dy))) {
        return depthwise_traits(op.window, shape(program, op.dx), shape(program, op.dx), program);
    }
    if (const auto grid =
            winograd_grid(op.window, op.groups, shape(program, op.dx), shape(program, op.dy), false, program);
        grid.m > 0)
        return winograd_traits(grid, program);
    const ConvProduct p =
        product_of(op.window, op.groups, shape(program, op.dx), shape(program, op.dy), false, program);
    Traits t = product_traits(p);
    if (p.plain && !p.by_chunks) read_rows(t, op.dy, program, 1, 0, 0);
    return t;
}

template <>
std::unique_ptr<Kernel> CpuOp<ops::Conv2dBackwardInput>::bind(const ops::Conv2dBackwardInput& op,
                                                              const Binding& b) {
    if (dense_over_batch(op, *b.program)) return dense_kernel(op, b);
    if (is_depthwise(op.groups, b.image(op.dx), b.image(op.dy)))
        return std::make_unique<Depthwise>(op.window, b.image(op.dx), b.image(op.dy),
                                           b.buffer(op.weight).whole(), nullptr, b, b.buffer(op.dy),
                                           b.buffer(op.dx), false, ops::Finish{});
    if (const auto grid =
            winograd_grid(op.window, op.groups, b.image(op.dx), b.image(op.dy), false, *b.program);
        grid.m > 0)
        return winograd_kernel(grid, false, b.buffer(op.weight).whole(), nullptr, b, b.buffer(op.dy),
                               b.buffer(op.dx), {});
    return std::make_unique<BackwardInput>(
        op, b, product_of(op.window, op.groups, b.image(op.dx), b.image(op.dy), false, *b.program));
}

}  // namespace cnnlab::cpu::CNNLAB_ARCH
