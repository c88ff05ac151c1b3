#include "engine/cpu/kernels/conv/weight_gradient.hpp"

namespace cnnlab::cpu::CNNLAB_ARCH {

namespace {

/// dweight[c][tap] = Σ x[position of the tap][i][c] · dy[position][i][c] over positions and images, with channels in
/// vectors; dbias[c] = Σ dy.
/// Legend: shard, the sums of one shard, [T + 1][C in whole vectors], of which the last row is the bias; the epilogue
/// adds the shards.
class DepthwiseGradient : public Kernel {
  public:
    DepthwiseGradient(const ops::Conv2dBackwardWeight& op, const Binding& b)
        : g_(weight_geometry(op, *b.program)),
          x_(b.buffer(op.x)),
          dy_(b.buffer(op.dy)),
          dweight_(b.buffer(op.dweight).whole()),
          dbias_(op.dbias ? b.buffer(op.dbias).whole() : nullptr),
          binding_(b),
          padded_(whole_vectors(g_.x.channels)) {}

    static Traits traits(const ops::Conv2dBackwardWeight& op, const WeightGeometry& g) {
        Traits t = mapping_rows(g.y.height, {op.dy});
        t.has_epilogue = true;
        t.sharing = Sharing::sums;
        t.shard_bytes = int64_t{g.window.taps() + 1} * whole_vectors(g.x.channels) * 4;
        return t;
    }

    void map_rows(const MapContext& c, int first, int last) override {
        const float *x = x_.at(c), *dy = dy_.at(c);
        float* sums = binding_.shard(c.shard);
        float* bias = sums + int64_t{g_.window.taps()} * padded_;
        if (c.first_of_shard && first == 0)
            for (int64_t i = 0; i < int64_t{g_.window.taps() + 1} * padded_; ++i) sums[i] = 0.0F;
        if (dbias_ != nullptr) {
            const int64_t row = int64_t{g_.y.width} * block_images;
            add_rows(dy + first * row * g_.y.channels, (last - first) * row, g_.y.channels, bias);
        }
        const Window& w = g_.window;
        if constexpr (has_room) {
            if (w.kernel == cnnlab::Pair{3} && w.dilation == cnnlab::Pair{1} && w.stride.width <= 2) {
                if (w.stride.width == 1) return three<1>(x, dy, sums, first, last);
                return three<2>(x, dy, sums, first, last);
            }
        }
        for (int oy = first; oy < last; ++oy)
            for (int tap = 0; tap < w.taps(); ++tap) one_tap(x, dy, sums + int64_t{tap} * padded_, tap, oy);
    }

    [[nodiscard]] int epilogue_parts() const override { return 1; }
    void epilogue(int /*part*/, Run& run) override {
        const int taps = g_.window.taps();
        for (int c = 0; c < g_.x.channels; c += width) {
            const int left = g_.x.channels - c, valid = left < width ? left : width;
            for (int t = 0; t <= taps; ++t) {
                Vec sum(0.0F);
                for (int l = 0; l < run.shards; ++l)
                    sum = sum + load(binding_.shard(l) + int64_t{t} * padded_ + c);
                alignas(64) float all[width];
                store(all, sum);
                for (int k = 0; k < valid; ++k) {
                    if (t < taps)
                        dweight_[int64_t{c + k} * taps + t] = all[k];
                    else if (dbias_ != nullptr)
                        dbias_[c + k] = all[k];
                }
            }
        }
    }

  private:
    /// Any window: one tap over one row of dy.
    void one_tap(const float* x, const float* dy, float* sums, int tap, int oy) const {
        const Window& w = g_.window;
        const int ky = tap / w.kernel.width, kx = tap % w.kernel.width, channels = g_.x.channels;
        const auto [top, bottom] = g_.rows_of(ky);
        const auto [left, right] = g_.columns_of(kx);
        if (oy < top || oy >= bottom) return;
        const int64_t iy = int64_t{oy} * w.stride.height + ky * w.dilation.height - w.before.height,
                      ix = int64_t{left} * w.stride.width + kx * w.dilation.width - w.before.width,
                      apart = g_.x_stride() * w.stride.width;
        x += (iy * g_.x.width + ix) * g_.x_stride();
        dy += (int64_t{oy} * g_.y.width + left) * g_.y_stride();
        for (int c = 0; c < channels; c += width) {
            constexpr int chains = 4;  // hide the latency of a multiply-add
            Vec sum[chains];
            unroll<chains>([&](auto k) { sum[k] = k == 0 ? load(sums + c) : Vec(0.0F); });
            const float *from = x + c, *by = dy + c;
            for (int ox = left; ox < right; ++ox, from += apart, by += g_.y_stride())
                unroll<block_images>([&](auto i) {
                    constexpr int k = decltype(i)::value % chains;
                    sum[k] = madd(load(from + i * channels), load(by + i * channels), sum[k]);
                });
            store(sums + c, (sum[0] + sum[1]) + (sum[2] + sum[3]));
        }
    }

    /// Positions of dy that stay in registers beside the nine sums.
    static constexpr int most = tile_rows == 8 ? 8 : 4;
    /// Channels whose rows of a window stay in the L2 cache.
    static constexpr int most_channels = 128;

    /// Neighbouring positions of a row of dy, in one image, and the rows of x below their windows.
    struct Strip {
        const float *x[3], *dy;  ///< x: nullptr outside the image; from the first window's first column on
        int begin, end;          ///< columns inside the image, counted from x
        int channel, channels;   ///< the first one, and one past the last
        int64_t apart, dy_apart;
        int padded;
    };

    /// Windows of 3×3: some columns of some channels from top to bottom, as the rows below each other share x.
    template <int S>
    void three(const float* x, const float* dy, float* sums, int first, int last) const {
        const Window& w = g_.window;
        for (int tx = 0, some; tx < g_.y.width; tx += some) {
            some = positions(g_.y.width - tx);
            Strip s;
            const int from = tx * S - w.before.width, columns = (some - 1) * S + 3;
            s.begin = from < 0 ? -from : 0;
            s.end = g_.x.width - from < columns ? g_.x.width - from : columns;
            s.apart = g_.x_stride();
            s.dy_apart = g_.y_stride();
            s.padded = padded_;
            for (s.channel = 0; s.channel < g_.x.channels; s.channel = s.channels) {
                s.channels =
                    s.channel + most_channels < g_.x.channels ? s.channel + most_channels : g_.x.channels;
                for (int oy = first; oy < last; ++oy) {
                    for (int ky = 0; ky < 3; ++ky) {
                        const int iy = oy * w.stride.height + ky - w.before.height;
                        const bool inside = iy >= 0 && iy < g_.x.height;
                        s.x[ky] = inside ? x + (int64_t{iy} * g_.x.width + from) * s.apart : nullptr;
                    }
                    s.dy = dy + (int64_t{oy} * g_.y.width + tx) * s.dy_apart;
                    for (int i = 0; i < block_images; ++i) {
                        strip<S>(s, some, sums);
                        s.dy += g_.y.channels;
                        for (const float*& row : s.x)
                            if (row != nullptr) row += g_.x.channels;
                    }
                }
            }
        }
    }

    /// As many positions as are done together. Seven divides the widths of networks for 224 pixels.
    [[nodiscard]] int positions(int left) const {
        const int wide = most == 8 && g_.y.width % 7 == 0 ? 7 : most;
        return left >= wide ? wide : left >= 4 ? 4 : left >= 2 ? 2 : 1;
    }

    template <int S>
    static void strip(const Strip& s, int positions, float* sums) {
        const bool inside = s.begin == 0 && s.end == (positions - 1) * S + 3;
        if constexpr (most == 8) {
            if (positions == 8) return inside ? add<8, S, false>(s, sums) : add<8, S, true>(s, sums);
            if (positions == 7) return inside ? add<7, S, false>(s, sums) : add<7, S, true>(s, sums);
        }
        if (positions == 4) return inside ? add<4, S, false>(s, sums) : add<4, S, true>(s, sums);
        if (positions == 2) return add<2, S, true>(s, sums);
        add<1, S, true>(s, sums);
    }

    template <int N, int S, bool edge>
    __attribute__((noinline)) static void add(const Strip& s, float* sums) {
        constexpr int columns = (N - 1) * S + 3;
        const int64_t apart = s.apart;
        for (int c = s.channel; c < s.channels; c += width) {
            Vec d[N], sum[3];
            unroll<N>([&](auto n) { d[n] = load(s.dy + c + n * s.dy_apart); });
            unroll<3>([&](auto ky) {
                if (s.x[ky] == nullptr) return;
                const float* x = s.x[ky] + c;
                float* to = sums + int64_t{3 * ky} * s.padded + c;
                unroll<3>([&](auto k) { sum[k] = load(to + k * int64_t{s.padded}); });
                unroll<columns>([&](auto j) {
                    if (edge && (j < s.begin || j >= s.end)) return;
                    const Vec value = load(x + j * apart);
                    unroll<3>([&](auto k) {
                        constexpr int at = decltype(j)::value - decltype(k)::value;
                        if constexpr (at >= 0 && at % S == 0 && at / S < N)
                            sum[k] = madd(value, d[at / S], sum[k]);
                    });
                });
                unroll<3>([&](auto k) { store(to + k * int64_t{s.padded}, sum[k]); });
            });
        }
    }

    WeightGeometry g_;
    Buffer x_, dy_;
    float *dweight_, *dbias_;
    Binding binding_;
    int padded_;
};

}  // namespace

Traits depthwise_gradient_traits(const ops::Conv2dBackwardWeight& op, const Program& program) {
    return DepthwiseGradient::traits(op, weight_geometry(op, program));
}

std::unique_ptr<Kernel> depthwise_gradient(const ops::Conv2dBackwardWeight& op, const Binding& b) {
    return std::make_unique<DepthwiseGradient>(op, b);
}

}  // namespace cnnlab::cpu::CNNLAB_ARCH
