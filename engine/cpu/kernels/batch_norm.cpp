#include "engine/cpu/kernels/normalise.hpp"

/// Legend
///   P  positions of an image     I  valid images of a block (1 … 8)     C  channels
///   Sums over some rows are taken in float and added to the shard's in double, so that a million values lose
///   nothing.
namespace cnnlab::cpu::CNNLAB_ARCH {

namespace {

/// The values of a block: rows of C channels. Of every 8 rows the first `images` are valid.
struct BlockRows {
    int width, channels, block;

    /// Calls f(offset of the row) for every valid image at the positions of rows [first, last).
    template <class F>
    CNNLAB_INLINE void valid(int first, int last, int images, F&& f) const {
        for (int64_t p = int64_t{first} * width; p < int64_t{last} * width; ++p)
            for (int i = 0; i < images; ++i) f((p * block + i) * channels);
    }
};

BlockRows rows_of(const Binding& b, ValueId id) {
    return {b.image(id).width, b.image(id).channels, b.images};
}

/// Adds `count` vectors of float sums to sums in double.
template <int N>
CNNLAB_INLINE void join(const Vec* sums, double* all) {
    alignas(64) float part[N * width];
    unroll<N>([&](auto v) { store(part + v * width, sums[v]); });
    for (int k = 0; k < N * width; ++k) all[k] += static_cast<double>(part[k]);
}

/// Summary of a set of values: count, mean, sum of squared deviations (Chan, Golub and LeVeque, 1979).
struct Moments {
    double count, mean, squares;

    void join(double n, double m, double s) {
        const double all = count + n, delta = m - mean;
        if (all == 0) return;
        mean += delta * n / all;
        squares += s + delta * delta * count * n / all;
        count = all;
    }
};

class Statistics : public Kernel {
  public:
    Statistics(const ops::BatchNormStatistics& op, const Binding& b)
        : binding_(b),
          x_(b.buffer(op.x)),
          rows_(rows_of(b, op.x)),
          mean_(b.buffer(op.mean).whole()),
          variance_(b.buffer(op.variance).whole()),
          running_mean_(b.buffer(op.running_mean).whole()),
          running_variance_(b.buffer(op.running_variance).whole()),
          momentum_(op.momentum) {}

    /// Layout of a shard: count, sums [C], sums of squares [C] in double; shifts [C] in float.
    [[nodiscard]] static int64_t shard_bytes(int channels) {
        return (1 + 2 * int64_t{channels}) * 8 + int64_t{channels} * 4;
    }

    void map_rows(const MapContext& c, int first, int last) override {
        const int channels = rows_.channels;
        auto* count = binding_.shard<double>(c.shard);
        double *sums = count + 1, *squares = sums + channels;
        auto* shift = reinterpret_cast<float*>(squares + channels);
        const float* x = x_.at(c);
        if (c.first_of_shard && first == 0) {
            *count = 0;
            for (int k = 0; k < channels; ++k) {
                sums[k] = squares[k] = 0;
                // Sums are of x − shift, with a value of the channel as the shift: a large mean must not swallow a
                // small variance.
                shift[k] = x[k];
            }
        }
        *count += static_cast<double>(last - first) * rows_.width * c.images;
        for_channels(
            channels,
            [&]<int n>(std::integral_constant<int, n>, int k) {
                Vec from[n], sum[n], square[n];
                unroll<n>([&](auto v) {
                    from[v] = load(shift + k + v * width);
                    sum[v] = square[v] = Vec(0.0F);
                });
                rows_.valid(first, last, c.images, [&](int64_t row) {
                    unroll<n>([&](auto v) {
                        const Vec d = load(x + row + k + v * width) - from[v];
                        sum[v] = sum[v] + d;
                        square[v] = madd(d, d, square[v]);
                    });
                });
                join<n>(sum, sums + k);
                join<n>(square, squares + k);
            },
            [&](int k) {
                float sum = 0, square = 0;
                rows_.valid(first, last, c.images, [&](int64_t row) {
                    const float d = x[row + k] - shift[k];
                    sum += d;
                    square += d * d;
                });
                sums[k] += static_cast<double>(sum);
                squares[k] += static_cast<double>(square);
            });
    }

    void epilogue(int /*part*/, Run& run) override {
        const int channels = rows_.channels;
        for (int k = 0; k < channels; ++k) {
            Moments all{0, 0, 0};
            for (int l = run.norm_first; l < run.norm_last; ++l) {
                const auto* count = binding_.shard<double>(l);
                const double sum = count[1 + k], square = count[1 + channels + k];
                const float shift = reinterpret_cast<const float*>(count + 1 + 2 * int64_t{channels})[k];
                all.join(*count, static_cast<double>(shift) + sum / *count, square - sum * sum / *count);
            }
            if (all.count == 0) {  // a member without images
                mean_[k] = variance_[k] = 0;
                continue;
            }
            const double squares = all.squares > 0 ? all.squares : 0;
            mean_[k] = static_cast<float>(all.mean);
            variance_[k] = static_cast<float>(squares / all.count);
            const float unbiased = static_cast<float>(all.count > 1 ? squares / (all.count - 1) : squares);
            running_mean_[k] += momentum_ * (mean_[k] - running_mean_[k]);
            running_variance_[k] += momentum_ * (unbiased - running_variance_[k]);
        }
    }

  private:
    Binding binding_;
    Buffer x_;
    BlockRows rows_;
    float *mean_, *variance_, *running_mean_, *running_variance_;
    float momentum_;
};

/// Layout of a shard: Σ dy · (x − mean) [C], Σ dy [C], in double.
class BackwardReduce : public Kernel {
  public:
    BackwardReduce(const ops::BatchNormBackwardReduce& op, const Binding& b)
        : binding_(b),
          x_(b.buffer(op.x)),
          dy_(b.buffer(op.dy)),
          rows_(rows_of(b, op.x)),
          mean_(b.buffer(op.mean).whole()),
          variance_(b.buffer(op.variance).whole()),
          dweight_(b.buffer(op.dweight).whole()),
          dbias_(b.buffer(op.dbias).whole()),
          weight_(op.activation.weight ? b.buffer(op.activation.weight).whole() : nullptr),
          bias_(op.activation.bias ? b.buffer(op.activation.bias).whole() : nullptr),
          gate_(op.activation),
          eps_(op.eps) {}

    void map_rows(const MapContext& c, int first, int last) override {
        with_gate(gate_, [&](auto gated) { map_rows<gated>(c, first, last); });
    }

    template <bool gated>
    void map_rows(const MapContext& c, int first, int last) {
        auto* weights = binding_.shard<double>(c.shard);
        double* biases = weights + rows_.channels;
        const float *x = x_.at(c), *dy = dy_.at(c);
        if (c.first_of_shard && first == 0)
            for (int k = 0; k < rows_.channels; ++k) weights[k] = biases[k] = 0;
        for_channels(
            rows_.channels,
            [&]<int n>(std::integral_constant<int, n>, int k) {
                Vec mean[n], weight[n], bias[n];
                Normalisation norm[n];
                unroll<n>([&](auto v) {
                    const int at = k + v * width;
                    mean[v] = load(mean_ + at);
                    weight[v] = bias[v] = Vec(0.0F);
                    if constexpr (gated)
                        norm[v] = normalisation(load(weight_ + at), load(bias_ + at), mean[v],
                                                load(variance_ + at), Vec(eps_));
                });
                rows_.valid(first, last, c.images, [&](int64_t row) {
                    unroll<n>([&](auto v) {
                        const int64_t at = row + k + v * width;
                        prefetch_ahead(x + at);
                        const Vec from = load(x + at);
                        Vec g = load(dy + at);
                        if constexpr (gated) g = g * gate_.slope(madd(from, norm[v].scale, norm[v].shift));
                        weight[v] = madd(g, from - mean[v], weight[v]);
                        bias[v] = bias[v] + g;
                    });
                });
                join<n>(weight, weights + k);
                join<n>(bias, biases + k);
            },
            [&](int k) {
                float weight = 0, bias = 0, scale = 0, shift = 0;
                if constexpr (gated) {
                    scale = weight_[k] * inverse_stddev(variance_[k], eps_);
                    shift = bias_[k] - mean_[k] * scale;
                }
                rows_.valid(first, last, c.images, [&](int64_t row) {
                    float g = dy[row + k];
                    if constexpr (gated) g *= gate_.slope(x[row + k] * scale + shift);
                    weight += g * (x[row + k] - mean_[k]);
                    bias += g;
                });
                weights[k] += static_cast<double>(weight);
                biases[k] += static_cast<double>(bias);
            });
    }

    void epilogue(int /*part*/, Run& run) override {
        const int channels = rows_.channels;
        for (int k = 0; k < channels; ++k) {
            double weight = 0, bias = 0;
            for (int l = run.norm_first; l < run.norm_last; ++l) {
                weight += binding_.shard<double>(l)[k];
                bias += binding_.shard<double>(l)[channels + k];
            }
            dweight_[k] =
                static_cast<float>(weight / __builtin_sqrt(static_cast<double>(variance_[k]) + eps_));
            dbias_[k] = static_cast<float>(bias);
        }
    }

  private:
    Binding binding_;
    Buffer x_, dy_;
    BlockRows rows_;
    const float *mean_, *variance_;
    float *dweight_, *dbias_;
    const float *weight_, *bias_;
    NormGate gate_;
    float eps_;
};

}  // namespace

template <>
Traits CpuOp<ops::BatchNormStatistics>::traits(const ops::BatchNormStatistics& op, const Program& program,
                                               int /*shards*/) {
    const ImageShape x(program.shape(op.x));
    Traits t = mapping_rows(x.height, {op.x});
    t.has_epilogue = true;
    t.shard_bytes = Statistics::shard_bytes(x.channels);
    return t;
}

template <>
std::unique_ptr<Kernel> CpuOp<ops::BatchNormStatistics>::bind(const ops::BatchNormStatistics& op,
                                                              const Binding& b) {
    return std::make_unique<Statistics>(op, b);
}

template <>
Traits CpuOp<ops::BatchNorm>::traits(const ops::BatchNorm& op, const Program& program, int /*shards*/) {
    return mapping_values(program, {op.x}, op.y);
}

template <>
std::unique_ptr<Kernel> CpuOp<ops::BatchNorm>::bind(const ops::BatchNorm& op, const Binding& b) {
    const Buffer x = b.buffer(op.x), y = b.buffer(op.y);
    const float *mean = op.mean ? b.buffer(op.mean).whole() : nullptr,
                *variance = b.buffer(op.variance).whole(), *weight = b.buffer(op.weight).whole(),
                *bias = op.bias ? b.buffer(op.bias).whole() : nullptr;
    const BlockRows rows = rows_of(b, op.x);
    const float eps = op.eps;
    const NormGate gate(op.activation);
    return with_gate(gate, [&](auto gated) -> std::unique_ptr<Kernel> {
        return rows_kernel(b.image(op.x).height, [=](const MapContext& c, int first, int last) {
            const float* in = x.at(c);
            float* out = y.at(c);
            for_channels(
                rows.channels,
                [&]<int n>(std::integral_constant<int, n>, int k) {
                    Vec scale[n], shift[n];
                    unroll<n>([&](auto v) {
                        const int at = k + v * width;
                        scale[v] = load(weight + at) * inverse_stddev(load(variance + at), Vec(eps));
                        shift[v] = bias != nullptr ? load(bias + at) : Vec(0.0F);
                        if (mean != nullptr) shift[v] = shift[v] - load(mean + at) * scale[v];
                    });
                    rows.valid(first, last, c.computed, [&](int64_t row) {
                        unroll<n>([&](auto v) {
                            const int64_t at = row + k + v * width;
                            prefetch_ahead(in + at);
                            Vec value = madd(load(in + at), scale[v], shift[v]);
                            if constexpr (gated) value = gate.f(value);
                            store(out + at, value);
                        });
                    });
                },
                [&](int k) {
                    const float scale = weight[k] * inverse_stddev(variance[k], eps),
                                shift = (bias != nullptr ? bias[k] : 0.0F) -
                                        (mean != nullptr ? mean[k] : 0.0F) * scale;
                    rows.valid(first, last, c.computed, [&](int64_t row) {
                        const float value = in[row + k] * scale + shift;
                        out[row + k] = gated ? gate.f(value) : value;
                    });
                });
        });
    });
}

template <>
Traits CpuOp<ops::BatchNormBackwardReduce>::traits(const ops::BatchNormBackwardReduce& op,
                                                   const Program& program, int /*shards*/) {
    const ImageShape x(program.shape(op.x));
    Traits t = mapping_rows(x.height, {op.dy, op.x});
    t.has_epilogue = true;
    t.shard_bytes = 2 * int64_t{x.channels} * 8;
    return t;
}

template <>
std::unique_ptr<Kernel> CpuOp<ops::BatchNormBackwardReduce>::bind(const ops::BatchNormBackwardReduce& op,
                                                                  const Binding& b) {
    return std::make_unique<BackwardReduce>(op, b);
}

template <>
Traits CpuOp<ops::BatchNormBackwardInput>::traits(const ops::BatchNormBackwardInput& op,
                                                  const Program& program, int /*shards*/) {
    return mapping_values(program, {op.dy, op.x}, op.dx);
}

template <>
std::unique_ptr<Kernel> CpuOp<ops::BatchNormBackwardInput>::bind(const ops::BatchNormBackwardInput& op,
                                                                 const Binding& b) {
    const Buffer x = b.buffer(op.x), dy = b.buffer(op.dy), dx = b.buffer(op.dx);
    const float *mean = b.buffer(op.mean).whole(), *variance = b.buffer(op.variance).whole(),
                *weight = b.buffer(op.weight).whole(), *dweight = b.buffer(op.dweight).whole(),
                *dbias = b.buffer(op.dbias).whole();
    const BlockRows rows = rows_of(b, op.x);
    const int positions = b.image(op.x).positions();
    const float eps = op.eps;
    const float* bias = op.activation.bias ? b.buffer(op.activation.bias).whole() : nullptr;
    const NormGate gate(op.activation);
    return with_gate(gate, [&](auto gated) -> std::unique_ptr<Kernel> {
        return rows_kernel(b.image(op.x).height, [=](const MapContext& c, int first, int last) {
            const float *in = x.at(c), *g = dy.at(c);
            float* out = dx.at(c);
            const float m_inverse =
                1.0F / (static_cast<float>(positions) * static_cast<float>(c.run->norm_images));
            // dx = a dy + b (x − mean) + d, with the terms of the formula collected
            for_channels(
                rows.channels,
                [&]<int n>(std::integral_constant<int, n>, int k) {
                    Vec fa[n], fb[n], fd[n], middle[n], shift[n];
                    unroll<n>([&](auto v) {
                        const int at = k + v * width;
                        const Vec inverse = inverse_stddev(load(variance + at), Vec(eps)), m = Vec(m_inverse);
                        middle[v] = load(mean + at);
                        fa[v] = load(weight + at) * inverse;
                        fb[v] = -fa[v] * inverse * load(dweight + at) * m;
                        fd[v] = -fa[v] * load(dbias + at) * m;
                        // fa is the scale of the output, too
                        if constexpr (gated)
                            shift[v] = normalisation(load(weight + at), load(bias + at), middle[v],
                                                     load(variance + at), Vec(eps))
                                           .shift;
                    });
                    rows.valid(first, last, c.images, [&](int64_t row) {
                        unroll<n>([&](auto v) {
                            const int64_t at = row + k + v * width;
                            prefetch_ahead(in + at);
                            prefetch_ahead(g + at);
                            const Vec from = load(in + at), rest = madd(fb[v], from - middle[v], fd[v]);
                            Vec error = load(g + at);
                            if constexpr (gated) error = error * gate.slope(madd(from, fa[v], shift[v]));
                            store(out + at, madd(fa[v], error, rest));
                        });
                    });
                },
                [&](int k) {
                    const float inverse = inverse_stddev(variance[k], eps), fa = weight[k] * inverse,
                                fb = -fa * inverse * dweight[k] * m_inverse, fd = -fa * dbias[k] * m_inverse,
                                away = gated ? bias[k] - mean[k] * fa : 0.0F;
                    rows.valid(first, last, c.images, [&](int64_t row) {
                        float error = g[row + k];
                        if constexpr (gated) error *= gate.slope(in[row + k] * fa + away);
                        out[row + k] = fa * error + fb * (in[row + k] - mean[k]) + fd;
                    });
                });
            for (int64_t p = int64_t{first} * rows.width; p < int64_t{last} * rows.width; ++p)
                for (int64_t e = (p * block_images + c.images) * rows.channels;
                     e < (p + 1) * block_images * rows.channels; ++e)
                    out[e] = 0.0F;
        });
    });
}

}  // namespace cnnlab::cpu::CNNLAB_ARCH
