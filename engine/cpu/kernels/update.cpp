#include <vector>

#include "engine/cpu/kernels/simd.hpp"

/// Updates are elementwise: each part of a parameter is one range of its values.
namespace cnnlab::cpu::CNNLAB_ARCH {

namespace {

constexpr int64_t part_size = 16384;

/// The parameter of an update and the operands common to all updates.
struct Parameter {
    float* p;
    const float* g;
    const float* clip;
    int64_t count;
    float clip_value, lr_scale, weight_decay;
    int number;  ///< of the run's learning rates

    Parameter(const ops::UpdateOperands& op, const Binding& b)
        : p(b.buffer(op.parameter).whole()),
          g(b.buffer(op.gradient).whole()),
          clip(op.clip ? b.buffer(op.clip).whole() : nullptr),
          count(b.program->shape(op.parameter).count()),
          clip_value(op.clip_value),
          lr_scale(op.lr_scale),
          weight_decay(op.weight_decay),
          number(op.rate) {}

    [[nodiscard]] CNNLAB_INLINE float rate(const Run& run) const { return run.input.rate(number) * lr_scale; }

    /// The gradient of vector i after clipping, plus `decay` times the parameter (L2).
    template <class Read>
    CNNLAB_INLINE Vec gradient(int64_t i, const Read& read, float decay) const {
        Vec v = read(g + i);
        if (clip != nullptr) v = v * Vec(*clip);
        if (clip_value > 0) v = xsimd::min(xsimd::max(v, Vec(-clip_value)), Vec(clip_value));
        return decay == 0 ? v : madd(Vec(decay), read(p + i), v);
    }
};

/// `prepare(run)` returns a function of (i, read, write) that updates one vector.
template <class Prepare>
class UpdateKernel : public Kernel {
  public:
    UpdateKernel(int64_t count, Prepare prepare) : count_(count), prepare_(std::move(prepare)) {}
    [[nodiscard]] int epilogue_parts() const override { return static_cast<int>(count_ / part_size + 1); }
    void epilogue(int part, Run& run) override {
        const auto [begin, end] = part_of(count_, part, epilogue_parts(), 64);
        const auto update = prepare_(run);
        const int64_t first = begin;
        for_each_vector(end - first, [&](int64_t i, const auto& read, const auto& write) {
            update(first + i, read, write);
        });
    }

  private:
    int64_t count_;
    Prepare prepare_;
};

template <class Prepare>
std::unique_ptr<Kernel> update_kernel(int64_t count, Prepare prepare) {
    return std::make_unique<UpdateKernel<Prepare>>(count, std::move(prepare));
}

class GradientNorm : public Kernel {
  public:
    GradientNorm(const ops::GradientNorm& op, const Binding& b)
        : clip_(b.buffer(op.clip).whole()), max_norm_(op.max_norm) {
        for (const ValueId id : op.gradients)
            gradients_.push_back({b.buffer(id).whole(), b.program->shape(id).count()});
    }
    void epilogue(int /*part*/, Run& run) override {
        double squares = 0;
        for (const auto& [g, count] : gradients_)
            for (int64_t i = 0; i < count; ++i) squares += static_cast<double>(g[i]) * g[i];
        run.gradient_norm = __builtin_sqrt(squares);
        const double factor = max_norm_ > 0 ? max_norm_ / (run.gradient_norm + 1e-6) : 1;
        *clip_ = static_cast<float>(factor < 1 ? factor : 1);
    }

  private:
    struct Gradient {
        const float* values;
        int64_t count;
    };
    std::vector<Gradient> gradients_;
    float* clip_;
    float max_norm_;
};

}  // namespace

template <>
Traits CpuOp<ops::GradientNorm>::traits(const ops::GradientNorm& /*op*/, const Program& /*program*/,
                                        int /*shards*/) {
    return epilogue_only();
}

template <>
std::unique_ptr<Kernel> CpuOp<ops::GradientNorm>::bind(const ops::GradientNorm& op, const Binding& b) {
    return std::make_unique<GradientNorm>(op, b);
}

template <>
Traits CpuOp<ops::SgdUpdate>::traits(const ops::SgdUpdate& /*op*/, const Program& /*program*/,
                                     int /*shards*/) {
    return epilogue_only();
}

template <>
std::unique_ptr<Kernel> CpuOp<ops::SgdUpdate>::bind(const ops::SgdUpdate& op, const Binding& b) {
    const Parameter parameter(op, b);
    float* velocity = op.velocity ? b.buffer(op.velocity).whole() : nullptr;
    const float momentum = op.momentum;
    const bool nesterov = op.nesterov;
    return update_kernel(parameter.count, [=](const Run& run) {
        const Vec lr(parameter.rate(run)), mu(momentum);
        return [=](int64_t i, const auto& read, const auto& write) {
            Vec g = parameter.gradient(i, read, parameter.weight_decay);
            if (velocity != nullptr) {
                const Vec v = madd(mu, read(velocity + i), g);
                write(velocity + i, v);
                g = nesterov ? madd(mu, v, g) : v;
            }
            write(parameter.p + i, xsimd::fnma(lr, g, read(parameter.p + i)));
        };
    });
}

template <>
Traits CpuOp<ops::AdamUpdate>::traits(const ops::AdamUpdate& /*op*/, const Program& /*program*/,
                                      int /*shards*/) {
    return epilogue_only();
}

template <>
std::unique_ptr<Kernel> CpuOp<ops::AdamUpdate>::bind(const ops::AdamUpdate& op, const Binding& b) {
    const Parameter parameter(op, b);
    float *first = b.buffer(op.first).whole(), *second = b.buffer(op.second).whole();
    const float beta1 = op.beta1, beta2 = op.beta2, eps = op.eps;
    const bool decoupled = op.decoupled;
    return update_kernel(parameter.count, [=](const Run& run) {
        const double t = static_cast<double>(run.input.step) + 1,
                     lr = static_cast<double>(run.input.rate(parameter.number)) * parameter.lr_scale;
        const Vec b1(beta1), b2(beta2), rest1(1 - beta1), rest2(1 - beta2), epsilon(eps);
        const Vec size(static_cast<float>(lr / (1.0 - __builtin_pow(static_cast<double>(beta1), t))));
        const Vec root(
            static_cast<float>(1.0 / __builtin_sqrt(1.0 - __builtin_pow(static_cast<double>(beta2), t))));
        const Vec keep(static_cast<float>(1.0 - lr * parameter.weight_decay));
        return [=](int64_t i, const auto& read, const auto& write) {
            const Vec g = parameter.gradient(i, read, decoupled ? 0.0F : parameter.weight_decay);
            const Vec m = madd(b1, read(first + i), rest1 * g), v = madd(b2, read(second + i), rest2 * g * g);
            write(first + i, m);
            write(second + i, v);
            const Vec p = decoupled ? read(parameter.p + i) * keep : read(parameter.p + i);
            write(parameter.p + i, p - size * m / madd(xsimd::sqrt(v), root, epsilon));
        };
    });
}

template <>
Traits CpuOp<ops::RmsPropUpdate>::traits(const ops::RmsPropUpdate& /*op*/, const Program& /*program*/,
                                         int /*shards*/) {
    return epilogue_only();
}

template <>
std::unique_ptr<Kernel> CpuOp<ops::RmsPropUpdate>::bind(const ops::RmsPropUpdate& op, const Binding& b) {
    const Parameter parameter(op, b);
    float *square = b.buffer(op.square).whole(),
          *velocity = op.velocity ? b.buffer(op.velocity).whole() : nullptr;
    const float alpha = op.alpha, eps = op.eps, momentum = op.momentum;
    return update_kernel(parameter.count, [=](const Run& run) {
        const Vec lr(parameter.rate(run)), decay(alpha), rest(1 - alpha), epsilon(eps), mu(momentum);
        return [=](int64_t i, const auto& read, const auto& write) {
            const Vec g = parameter.gradient(i, read, parameter.weight_decay);
            const Vec s = madd(decay, read(square + i), rest * g * g);
            write(square + i, s);
            Vec u = g / (xsimd::sqrt(s) + epsilon);
            if (velocity != nullptr) {
                u = madd(mu, read(velocity + i), u);
                write(velocity + i, u);
            }
            write(parameter.p + i, xsimd::fnma(lr, u, read(parameter.p + i)));
        };
    });
}

template <>
Traits CpuOp<ops::AverageUpdate>::traits(const ops::AverageUpdate& /*op*/, const Program& /*program*/,
                                         int /*shards*/) {
    return epilogue_only();
}

template <>
std::unique_ptr<Kernel> CpuOp<ops::AverageUpdate>::bind(const ops::AverageUpdate& op, const Binding& b) {
    float* average = b.buffer(op.average).whole();
    const float* p = b.buffer(op.parameter).whole();
    const float most = op.decay;
    return update_kernel(b.program->shape(op.average).count(), [=](const Run& run) {
        const double t = static_cast<double>(run.input.step) + 1, warm = (1 + t) / (10 + t),
                     decay = warm < most ? warm : most;
        const Vec d(static_cast<float>(decay)), rest(static_cast<float>(1 - decay));
        return [=](int64_t i, const auto& read, const auto& write) {
            write(average + i, madd(d, read(average + i), rest * read(p + i)));
        };
    });
}

template <>
Traits CpuOp<ops::LookaheadUpdate>::traits(const ops::LookaheadUpdate& /*op*/, const Program& /*program*/,
                                           int /*shards*/) {
    return epilogue_only();
}

template <>
std::unique_ptr<Kernel> CpuOp<ops::LookaheadUpdate>::bind(const ops::LookaheadUpdate& op, const Binding& b) {
    float *slow = b.buffer(op.slow).whole(), *p = b.buffer(op.parameter).whole();
    const ops::LookaheadUpdate spec = op;
    return update_kernel(b.program->shape(op.slow).count(), [=](const Run& run) {
        const bool pulls = spec.pulls(run.input.step, run.input.total_steps);
        const float share = pulls ? spec.share(run.input.step, run.input.total_steps) : 0.0F;
        const Vec d(share), rest(1 - share);
        return [=](int64_t i, const auto& read, const auto& write) {
            if (!pulls) return;
            const Vec pulled = madd(d, read(slow + i), rest * read(p + i));
            write(slow + i, pulled);
            write(p + i, pulled);
        };
    });
}

}  // namespace cnnlab::cpu::CNNLAB_ARCH
