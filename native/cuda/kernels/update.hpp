#pragma once

#include <cmath>
#include <vector>

#include "engine/core/philox.hpp"
#include "engine/ops/update.hpp"
#include "native/cuda/kernels/site.hpp"

/// Elementwise updates of parameters, all in one launch. Formulas: engine/ops/update.hpp.
namespace cnnlab::cuda {

enum class UpdateKind : uint8_t { sgd, adam, rmsprop, average, lookahead };

/// One update of one tensor. The meaning of a and b depends on the kind.
struct Update {
    UpdateKind kind = UpdateKind::sgd;
    bool flag = false;  ///< sgd: Nesterov; adam: decoupled decay
    int rate = 0;       ///< index of the learning rate
    int every = 1;      ///< lookahead: steps between two pulls
    float* parameter = nullptr;
    const float* gradient = nullptr;
    float *first = nullptr, *second = nullptr;  ///< velocity; m, v; s, b; average; slow
    const float* clip = nullptr;                ///< one factor, or none
    float clip_value = 0, lr_scale = 1, weight_decay = 0;
    float a = 0, b = 0,
          eps = 0;  ///< sgd: μ; adam: β₁ β₂ ε; rmsprop: α μ ε; average: decay; lookahead: decay, power
    float start = 0;  ///< lookahead: share of the training before the first pull
};

/// What an update needs of the run, the same for all elements: computed once a thread.
struct UpdateRates {
    float lr = 0, clip = 1;
    float first = 1, second = 1;  ///< adam: 1 − β₁ᵗ, 1 − β₂ᵗ; average and lookahead: the old value's share
    bool active = true;  ///< lookahead: whether this step pulls

    CNNLAB_HOST_DEVICE UpdateRates(const Update& u, const RunScalars& run) {
        lr = run.rates[u.rate] * u.lr_scale;
        if (u.clip != nullptr) clip = *u.clip;
        const double t = double(run.step) + 1;
        if (u.kind == UpdateKind::adam) {
            first = float(1 - pow(double(u.a), t));
            second = float(1 - pow(double(u.b), t));
        } else if (u.kind == UpdateKind::average) {
            const double warm = (1 + t) / (10 + t);
            first = double(u.a) < warm ? u.a : float(warm);
        } else if (u.kind == UpdateKind::lookahead) {
            ops::LookaheadUpdate op;
            op.every = u.every;
            op.decay = u.a;
            op.power = u.b;
            op.start = u.start;
            active = op.pulls(run.step, run.total_steps);
            first = active ? op.share(run.step, run.total_steps) : 1.0F;
        }
    }
};

/// The update of element i.
CNNLAB_HOST_DEVICE inline void apply_update(const Update& u, const UpdateRates& rates, int64_t i) {
    float p = u.parameter[i];
    if (u.kind == UpdateKind::average) {
        u.first[i] = rates.first * u.first[i] + (1 - rates.first) * p;
        return;
    }
    if (u.kind == UpdateKind::lookahead) {
        if (!rates.active) return;
        const float slow = rates.first * u.first[i] + (1 - rates.first) * p;
        u.first[i] = slow;
        u.parameter[i] = slow;
        return;
    }
    float g = u.gradient[i] * rates.clip;
    if (u.clip_value > 0) g = fminf(fmaxf(g, -u.clip_value), u.clip_value);
    const bool decoupled = u.kind == UpdateKind::adam && u.flag;
    if (decoupled)
        p -= rates.lr * u.weight_decay * p;
    else
        g += u.weight_decay * p;
    if (u.kind == UpdateKind::sgd) {
        float v = g;
        if (u.first != nullptr) {
            v = u.a * u.first[i] + g;
            u.first[i] = v;
            if (u.flag) v = g + u.a * v;
        }
        p -= rates.lr * v;
    } else if (u.kind == UpdateKind::adam) {
        const float m = u.a * u.first[i] + (1 - u.a) * g, v = u.b * u.second[i] + (1 - u.b) * g * g;
        u.first[i] = m;
        u.second[i] = v;
        p -= rates.lr * (m / rates.first) / (sqrtf(v / rates.second) + u.eps);
    } else {
        const float s = u.a * u.first[i] + (1 - u.a) * g * g;
        u.first[i] = s;
        float step = g / (sqrtf(s) + u.eps);
        if (u.second != nullptr) {
            step += u.b * u.second[i];
            u.second[i] = step;
        }
        p -= rates.lr * step;
    }
    u.parameter[i] = p;
}

/// A block's part of a list of tensors: elements [begin, end) of updates [first, last), which apply to one parameter
/// in order.
struct UpdateChunk {
    int32_t first = 0, last = 0;
    int64_t begin = 0, end = 0;
};
/// A block's part of the tensors whose squares are summed.
struct NormChunk {
    const float* values = nullptr;
    int64_t count = 0;
};
/// Elements of a chunk.
constexpr int64_t chunk_elements = 2048;

/// Both tables are on the device.
void run_updates(const Site& site, const Update* updates, const UpdateChunk* chunks, int chunk_count);

/// site.result->gradient_norm = √Σ of all chunks' squares, and *clip = min(1, max_norm / (norm + 1e-6)), or 1 with
/// max_norm 0. `partial`: one double a chunk.
void run_gradient_norm(const Site& site, const NormChunk* chunks, int chunk_count, float max_norm,
                       float* clip, double* partial);

/// A parameter and its copy in site.element.
struct CastChunk {
    const float* from = nullptr;
    void* to = nullptr;
    int64_t count = 0;
};
void run_casts(const Site& site, const CastChunk* chunks, int chunk_count);

/// to = from · factor, in fp32.
void run_to_float(const Site& site, const void* from, float* to, uint32_t count, float factor);

}  // namespace cnnlab::cuda
