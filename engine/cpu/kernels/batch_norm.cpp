#include "engine/cpu/kernels/simd.hpp"

/// Legend
///   P  positions of an image     I  valid images of a block (1 … 8)     C  channels
///   A block's sums are taken in float and join its lane's in double, so that a million values lose nothing.
namespace cnnlab::cpu::CNNLAB_ARCH {

namespace {

/// Channels that one pass over a block keeps in registers and on the stack.
constexpr int chunk = 64;

/// Calls f(row, first channel, channels) for the rows of valid images, in chunks of channels.
template <class F>
CNNLAB_INLINE void for_rows(int positions, int images, F&& f) {
    for (int p = 0; p < positions; ++p)
        for (int i = 0; i < images; ++i) f(int64_t{p} * block_images + i);
}

/// What a lane knows of one channel: count, mean and sum of squared deviations (Chan, Golub and LeVeque, 1979).
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
          x_(b.place(op.x)),
          positions_(b.image(op.x).positions()),
          channels_(b.image(op.x).channels),
          mean_(b.place(op.mean).whole()),
          variance_(b.place(op.variance).whole()),
          running_mean_(b.place(op.running_mean).whole()),
          running_variance_(b.place(op.running_variance).whole()),
          momentum_(op.momentum) {}

    void map(const MapContext& c) override {
        auto* lane = binding_.lane<Moments>(c.lane);
        const float* x = x_.at(c);
        const double n = static_cast<double>(positions_) * c.images;
        for (int first = 0; first < channels_; first += chunk) {
            const int m = channels_ - first < chunk ? channels_ - first : chunk;
            alignas(64) float shift[chunk], sum[chunk] = {}, squares[chunk] = {};
            // deviations from a value of the channel itself, so that a large mean does not swallow a small variance
            for (int k = 0; k < m; ++k) shift[k] = x[first + k];
            for_rows(positions_, c.images, [&](int64_t row) {
                const float* r = x + row * channels_ + first;
                for (int k = 0; k < m; ++k) {
                    const float d = r[k] - shift[k];
                    sum[k] += d;
                    squares[k] += d * d;
                }
            });
            for (int k = 0; k < m; ++k) {
                Moments& moments = lane[first + k];
                if (c.first_of_lane) moments = {0, 0, 0};
                const double mean = sum[k] / n;
                moments.join(n, shift[k] + mean, squares[k] - n * mean * mean);
            }
        }
    }

    void finish(int /*part*/, Step& step) override {
        for (int k = 0; k < channels_; ++k) {
            Moments all{0, 0, 0};
            for (int l = 0; l < step.lanes; ++l) {
                const Moments& lane = binding_.lane<Moments>(l)[k];
                all.join(lane.count, lane.mean, lane.squares);
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
    Place x_;
    int positions_, channels_;
    float *mean_, *variance_, *running_mean_, *running_variance_;
    float momentum_;
};

/// Sums of dy · x̂ and dy.
struct Sums {
    double weight, bias;
};

class BackwardReduce : public Kernel {
  public:
    BackwardReduce(const ops::BatchNormBackwardReduce& op, const Binding& b)
        : binding_(b),
          x_(b.place(op.x)),
          dy_(b.place(op.dy)),
          positions_(b.image(op.x).positions()),
          channels_(b.image(op.x).channels),
          mean_(b.place(op.mean).whole()),
          variance_(b.place(op.variance).whole()),
          dweight_(b.place(op.dweight).whole()),
          dbias_(b.place(op.dbias).whole()),
          eps_(op.eps) {}

    void map(const MapContext& c) override {
        auto* lane = binding_.lane<Sums>(c.lane);
        const float *x = x_.at(c), *dy = dy_.at(c);
        for (int first = 0; first < channels_; first += chunk) {
            const int m = channels_ - first < chunk ? channels_ - first : chunk;
            alignas(64) float mean[chunk], weight[chunk] = {}, bias[chunk] = {};
            for (int k = 0; k < m; ++k) mean[k] = mean_[first + k];
            for_rows(positions_, c.images, [&](int64_t row) {
                const float *r = x + row * channels_ + first, *g = dy + row * channels_ + first;
                for (int k = 0; k < m; ++k) {
                    weight[k] += g[k] * (r[k] - mean[k]);
                    bias[k] += g[k];
                }
            });
            for (int k = 0; k < m; ++k) {
                Sums& sums = lane[first + k];
                if (c.first_of_lane) sums = {0, 0};
                sums.weight += weight[k];
                sums.bias += bias[k];
            }
        }
    }

    void finish(int /*part*/, Step& step) override {
        for (int k = 0; k < channels_; ++k) {
            double weight = 0, bias = 0;
            for (int l = 0; l < step.lanes; ++l) {
                weight += binding_.lane<Sums>(l)[k].weight;
                bias += binding_.lane<Sums>(l)[k].bias;
            }
            dweight_[k] =
                static_cast<float>(weight / __builtin_sqrt(static_cast<double>(variance_[k]) + eps_));
            dbias_[k] = static_cast<float>(bias);
        }
    }

  private:
    Binding binding_;
    Place x_, dy_;
    int positions_, channels_;
    const float *mean_, *variance_;
    float *dweight_, *dbias_;
    float eps_;
};

CNNLAB_INLINE float inverse_deviation(float variance, float eps) {
    return 1.0F / __builtin_sqrtf(variance + eps);
}

}  // namespace

template <>
Traits CpuOp<ops::BatchNormStatistics>::traits(const ops::BatchNormStatistics& op, const Program& program,
                                               int /*lanes*/) {
    Traits t = mapping();
    t.finishes = true;
    t.lane_bytes = ImageShape(program.shape(op.x)).channels * static_cast<int64_t>(sizeof(Moments));
    return t;
}

template <>
std::unique_ptr<Kernel> CpuOp<ops::BatchNormStatistics>::bind(const ops::BatchNormStatistics& op,
                                                              const Binding& b) {
    return std::make_unique<Statistics>(op, b);
}

template <>
Traits CpuOp<ops::BatchNorm>::traits(const ops::BatchNorm& op, const Program& /*program*/, int /*lanes*/) {
    return mapping(op.x, op.y);
}

template <>
std::unique_ptr<Kernel> CpuOp<ops::BatchNorm>::bind(const ops::BatchNorm& op, const Binding& b) {
    const Place x = b.place(op.x), y = b.place(op.y);
    const float *mean = op.mean ? b.place(op.mean).whole() : nullptr,
                *variance = b.place(op.variance).whole(), *weight = b.place(op.weight).whole(),
                *bias = op.bias ? b.place(op.bias).whole() : nullptr;
    const int channels = b.image(op.x).channels;
    const int64_t rows = int64_t{b.image(op.x).positions()} * block_images;
    const float eps = op.eps;
    return map_kernel([=](const MapContext& c) {
        const float* in = x.at(c);
        float* out = y.at(c);
        for (int first = 0; first < channels; first += chunk) {
            const int m = channels - first < chunk ? channels - first : chunk;
            alignas(64) float scale[chunk], shift[chunk];
            for (int k = 0; k < m; ++k) {
                scale[k] = weight[first + k] * inverse_deviation(variance[first + k], eps);
                shift[k] = (bias != nullptr ? bias[first + k] : 0.0F) -
                           (mean != nullptr ? mean[first + k] : 0.0F) * scale[k];
            }
            for (int64_t r = 0; r < rows; ++r)
                for (int k = 0; k < m; ++k)
                    out[r * channels + first + k] = in[r * channels + first + k] * scale[k] + shift[k];
        }
    });
}

template <>
Traits CpuOp<ops::BatchNormBackwardReduce>::traits(const ops::BatchNormBackwardReduce& op,
                                                   const Program& program, int /*lanes*/) {
    Traits t = mapping();
    t.finishes = true;
    t.lane_bytes = ImageShape(program.shape(op.x)).channels * static_cast<int64_t>(sizeof(Sums));
    return t;
}

template <>
std::unique_ptr<Kernel> CpuOp<ops::BatchNormBackwardReduce>::bind(const ops::BatchNormBackwardReduce& op,
                                                                  const Binding& b) {
    return std::make_unique<BackwardReduce>(op, b);
}

template <>
Traits CpuOp<ops::BatchNormBackwardInput>::traits(const ops::BatchNormBackwardInput& op,
                                                  const Program& /*program*/, int /*lanes*/) {
    return mapping(op.dy, op.dx);
}

template <>
std::unique_ptr<Kernel> CpuOp<ops::BatchNormBackwardInput>::bind(const ops::BatchNormBackwardInput& op,
                                                                 const Binding& b) {
    const Place x = b.place(op.x), dy = b.place(op.dy), dx = b.place(op.dx);
    const float *mean = b.place(op.mean).whole(), *variance = b.place(op.variance).whole(),
                *weight = b.place(op.weight).whole(), *dweight = b.place(op.dweight).whole(),
                *dbias = b.place(op.dbias).whole();
    const int channels = b.image(op.x).channels, positions = b.image(op.x).positions();
    const float eps = op.eps;
    return map_kernel([=](const MapContext& c) {
        const float *in = x.at(c), *g = dy.at(c);
        float* out = dx.at(c);
        const float m_inverse =
            1.0F / (static_cast<float>(positions) * static_cast<float>(c.step->input.count));
        for (int first = 0; first < channels; first += chunk) {
            const int m = channels - first < chunk ? channels - first : chunk;
            // dx = a dy + b x + d, from the formula by collecting terms
            alignas(64) float fa[chunk], fb[chunk], fd[chunk];
            for (int k = 0; k < m; ++k) {
                const float inverse = inverse_deviation(variance[first + k], eps);
                fa[k] = weight[first + k] * inverse;
                fb[k] = -fa[k] * inverse * dweight[first + k] * m_inverse;
                fd[k] = -fa[k] * dbias[first + k] * m_inverse;
            }
            for (int p = 0; p < positions; ++p) {
                for (int i = 0; i < c.images; ++i) {
                    const int64_t row = (int64_t{p} * block_images + i) * channels + first;
                    for (int k = 0; k < m; ++k)
                        out[row + k] = fa[k] * g[row + k] + fb[k] * (in[row + k] - mean[first + k]) + fd[k];
                }
                for (int i = c.images; i < block_images; ++i)
                    for (int k = 0; k < m; ++k)
                        out[(int64_t{p} * block_images + i) * channels + first + k] = 0.0F;
            }
        }
    });
}

}  // namespace cnnlab::cpu::CNNLAB_ARCH
