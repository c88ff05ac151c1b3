#include "native/cuda/kernels/muon.hpp"

#include "engine/ops/update.hpp"
#include "native/cuda/kernels/gemm.hpp"
#include "native/cuda/kernels/reduce.hpp"

/// Legend
///   m ≤ n    rows and columns of X, the update as it is worked on
///   group    which of the matrices
namespace cnnlab::cuda {

namespace {

/// Blocks that share a matrix where it is read element by element.
constexpr int shares = 32;

/// The sums of squares of a matrix: of its update and of the parameter.
struct Squares {
    float update, parameter;
};

/// Where the update's element i (of the parameter's rows and columns) lies in X.
__device__ int place_in_x(const MuonShape& s, int i) {
    return s.tall() ? i % s.columns * s.rows + i / s.columns : i;
}

/// v ← μ v + g and X = u; each block leaves its share of both sums of squares.
__global__ void momentum_kernel(MuonShape shape, const MuonMatrix* matrices, float* x, Squares* partial) {
    __shared__ float sums[threads_a_block / 32];
    const MuonMatrix matrix = matrices[blockIdx.y];
    const int count = shape.rows * shape.columns;
    const float clip = matrix.clip != nullptr ? *matrix.clip : 1.0F;
    x += int64_t{blockIdx.y} * count;
    float updates = 0, parameters = 0;
    for (int i = int(global_thread()); i < count; i += shares * threads_a_block) {
        float g = matrix.gradient[i] * clip;
        if (matrix.clip_value > 0) g = fminf(fmaxf(g, -matrix.clip_value), matrix.clip_value);
        const float v = matrix.momentum * matrix.velocity[i] + g;
        matrix.velocity[i] = v;
        const float u = matrix.nesterov ? g + matrix.momentum * v : v, w = matrix.parameter[i];
        x[place_in_x(shape, i)] = u;
        updates += u * u;
        parameters += w * w;
    }
    updates = block_sum(updates, sums);
    parameters = block_sum(parameters, sums);
    if (threadIdx.x == 0) partial[blockIdx.y * shares + blockIdx.x] = {updates, parameters};
}

__device__ Squares squares_of(const Squares* partial, int group) {
    Squares sum{0, 0};
    for (int i = 0; i < shares; ++i) {
        sum.update += partial[group * shares + i].update;
        sum.parameter += partial[group * shares + i].parameter;
    }
    return sum;
}

/// X ← X / (‖X‖ + 1e-7).
__global__ void normalise_kernel(MuonShape shape, float* x, const Squares* partial) {
    const int count = shape.rows * shape.columns, group = int(blockIdx.y);
    const float factor = 1.0F / (sqrtf(squares_of(partial, group).update) + 1e-7F);
    for (int i = int(global_thread()); i < count; i += shares * threads_a_block)
        x[int64_t{group} * count + i] *= factor;
}

/// A row-major matrix of each group, and the same transposed.
struct Matrix {
    const float* at;
    int rows, columns;
    __device__ float operator()(int group, int row, int column) const {
        return at[(int64_t{group} * rows + row) * columns + column];
    }
};
struct Transposed {
    Matrix matrix;
    __device__ float operator()(int group, int row, int column) const { return matrix(group, column, row); }
};
/// to = p · other + q · sum.
struct Blend {
    float* to;
    Matrix other;
    float p, q;
    __device__ void operator()(int group, int, int row, int column, float sum) const {
        const float old = p != 0 ? p * other(group, row, column) : 0.0F;
        to[(int64_t{group} * other.rows + row) * other.columns + column] = old + q * sum;
    }
};

/// W ← (1 − lr λ) (W √rows / ‖W‖ where it is due) − lr X.
__global__ void apply_kernel(MuonShape shape, const MuonMatrix* matrices, const float* x,
                             const Squares* partial, const RunScalars* scalars) {
    const MuonMatrix matrix = matrices[blockIdx.y];
    const int count = shape.rows * shape.columns, group = int(blockIdx.y);
    ops::MuonUpdate op;
    op.norm_every = matrix.norm_every;
    op.norm_slowing = matrix.norm_slowing;
    const float norm = sqrtf(squares_of(partial, group).parameter);
    const bool due = op.renormalises(scalars->step, scalars->total_steps) && norm > 0;
    const float lr = scalars->rates[matrix.rate] * matrix.lr_scale;
    const float keep = (1 - lr * matrix.weight_decay) * (due ? sqrtf(float(shape.rows)) / norm : 1.0F);
    for (int i = int(global_thread()); i < count; i += shares * threads_a_block)
        matrix.parameter[i] =
            keep * matrix.parameter[i] - lr * x[int64_t{group} * count + place_in_x(shape, i)];
}

}  // namespace

int64_t muon_scratch(const MuonShape& s) {
    const int64_t m = s.narrow(), n = s.wide();
    return s.matrices * (2 * m * n + 2 * m * m + 2 * shares);
}

void run_muon(const Site& site, const MuonShape& s, const MuonMatrix* matrices, float* scratch) {
    const int m = s.narrow(), n = s.wide();
    const int64_t area = int64_t{s.matrices} * m * n, square = int64_t{s.matrices} * m * m;
    float *x = scratch, *next = x + area, *gram = next + area, *factor = gram + square;
    auto* partial = reinterpret_cast<Squares*>(factor + square);
    const dim3 grid(shares, uint32_t(s.matrices));
    launch(site, grid, threads_a_block, momentum_kernel, s, matrices, x, partial);
    launch_independent(site, grid, threads_a_block, normalise_kernel, s, x, partial);
    for (int i = 0; i < s.newton_steps; ++i) {
        const Matrix X{x, m, n}, A{gram, m, m}, B{factor, m, m};
        gemm(site, {m, m, n, s.matrices, 1}, X, Transposed{X}, Blend{gram, A, 0, 1});
        gemm(site, {m, m, m, s.matrices, 1}, A, A, Blend{factor, A, s.b, s.c});
        gemm(site, {m, n, m, s.matrices, 1}, B, X, Blend{next, X, s.a, 1});
        std::swap(x, next);
    }
    launch_independent(site, grid, threads_a_block, apply_kernel, s, matrices, x, partial, site.scalars);
}

}  // namespace cnnlab::cuda
