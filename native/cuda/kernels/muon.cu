#include "native/cuda/kernels/muon.hpp"

#include "engine/ops/update.hpp"
#include "native/cuda/kernels/gemm.hpp"
#include "native/cuda/kernels/reduce.hpp"

/// Legend
///   m ≤ n    rows and columns of X, the update in work, with their padding
///   group    index of the matrix
///   T        storage type of X and of products: float or bf16
namespace cnnlab::cuda {

namespace {

/// Blocks that share an elementwise pass over a matrix.
constexpr int shares = 32;

/// Sums of squares of a matrix: of its update and of the parameter.
struct Squares {
    float update, parameter;
};

/// The index in X of element i of the parameter.
__device__ int64_t place_in_x(const MuonShape& s, int i) {
    const int row = i / s.columns, column = i % s.columns;
    return s.tall() ? int64_t{column} * s.n() + row : int64_t{row} * s.n() + column;
}

__device__ float gradient_at(const MuonMatrix& matrix, int i) {
    const float g = matrix.clip != nullptr ? matrix.gradient[i] * *matrix.clip : matrix.gradient[i];
    return matrix.clip_value > 0 ? fminf(fmaxf(g, -matrix.clip_value), matrix.clip_value) : g;
}
/// u, after v has been updated.
__device__ float update_of(const MuonMatrix& matrix, float g, float v) {
    return matrix.nesterov ? g + matrix.momentum * v : v;
}

/// v ← μ v + g. Each block stores its partial sums of squares of u and W.
__global__ void momentum_kernel(MuonShape shape, const MuonMatrix* matrices, Squares* partial) {
    __shared__ float sums[threads_a_block / 32];
    const MuonMatrix matrix = matrices[blockIdx.y];
    const int count = shape.rows * shape.columns;
    float updates = 0, parameters = 0;
    for (int i = int(global_thread()); i < count; i += shares * threads_a_block) {
        const float g = gradient_at(matrix, i), v = matrix.momentum * matrix.velocity[i] + g;
        matrix.velocity[i] = v;
        const float u = update_of(matrix, g, v), w = matrix.parameter[i];
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

/// X = u / (‖u‖ + 1e-7), padded with zeros.
template <class T>
__global__ void normalise_kernel(MuonShape shape, const MuonMatrix* matrices, T* x, const Squares* partial) {
    const MuonMatrix matrix = matrices[blockIdx.y];
    const int n = shape.n(), area = shape.m() * n;
    const float factor = 1.0F / (sqrtf(squares_of(partial, int(blockIdx.y)).update) + 1e-7F);
    x += int64_t{blockIdx.y} * area;
    for (int place = int(global_thread()); place < area; place += shares * threads_a_block) {
        const int row = place / n, column = place % n;
        float u = 0;
        if (row < shape.narrow() && column < shape.wide()) {
            const int i = shape.tall() ? column * shape.columns + row : row * shape.columns + column;
            u = update_of(matrix, gradient_at(matrix, i), matrix.velocity[i]) * factor;
        }
        x[place] = from_float<T>(u);
    }
}

/// A row-major matrix of each group, and its transpose.
template <class T>
struct Matrix {
    const T* at;
    int rows, columns;
    __device__ float operator()(int group, int row, int column) const {
        return to_float(at[(int64_t{group} * rows + row) * columns + column]);
    }
};
template <class T>
struct Transposed {
    Matrix<T> matrix;
    __device__ float operator()(int group, int row, int column) const { return matrix(group, column, row); }
};
/// to = p · other + q · sum.
template <class T>
struct Blend {
    T* to;
    Matrix<T> other;
    float p, q;
    __device__ void operator()(int group, int, int row, int column, float sum) const {
        const float old = p != 0 ? p * other(group, row, column) : 0.0F;
        to[(int64_t{group} * other.rows + row) * other.columns + column] = from_float<T>(old + q * sum);
    }
};

/// W ← (1 − lr λ) (W √rows / ‖W‖ where it is due) − lr X.
template <class T>
__global__ void apply_kernel(MuonShape shape, const MuonMatrix* matrices, const T* x, const Squares* partial,
                             const RunScalars* scalars) {
    const MuonMatrix matrix = matrices[blockIdx.y];
    const int count = shape.rows * shape.columns, group = int(blockIdx.y);
    x += int64_t{group} * shape.m() * shape.n();
    ops::MuonUpdate op;
    op.norm_every = matrix.norm_every;
    op.norm_slowing = matrix.norm_slowing;
    const float norm = sqrtf(squares_of(partial, group).parameter);
    const bool due = op.renormalises(scalars->step, scalars->total_steps) && norm > 0;
    const float lr = scalars->rates[matrix.rate] * matrix.lr_scale;
    const float keep = (1 - lr * matrix.weight_decay) * (due ? sqrtf(float(shape.rows)) / norm : 1.0F);
    for (int i = int(global_thread()); i < count; i += shares * threads_a_block)
        matrix.parameter[i] = keep * matrix.parameter[i] - lr * to_float(x[place_in_x(shape, i)]);
}

/// Calls f(T{}) with the type that X is stored in.
template <class F>
void with_stored(const MuonShape& shape, const F& f) {
    shape.bf16 ? f(__nv_bfloat16{}) : f(float{});
}

dim3 grid_of(const MuonShape& s) { return {shares, uint32_t(s.matrices)}; }

}  // namespace

MuonScratch::MuonScratch(const MuonShape& s) {
    const int64_t m = s.m(), n = s.n(), each = s.matrices * int64_t{s.bf16 ? 2 : 4};
    const auto reserve = [&](int64_t size) {
        const int64_t at = bytes;
        bytes += (size + 255) / 256 * 256;
        return at;
    };
    x = reserve(m * n * each);
    next = reserve(m * n * each);
    a = reserve(m * m * each);
    b = reserve(m * m * each);
    squares = reserve(s.matrices * shares * int64_t{sizeof(Squares)});
}

void run_muon_begin(const Site& site, const MuonShape& s, const MuonMatrix* matrices, std::byte* scratch) {
    const MuonScratch places(s);
    auto* partial = reinterpret_cast<Squares*>(scratch + places.squares);
    launch(site, grid_of(s), threads_a_block, momentum_kernel, s, matrices, partial);
    with_stored(s, [&](auto t) {
        using T = decltype(t);
        launch_independent(site, grid_of(s), threads_a_block, normalise_kernel<T>, s, matrices,
                           reinterpret_cast<T*>(scratch + places.x), partial);
    });
}

void run_muon_products(const Site& site, const MuonShape& s, const std::byte* x, std::byte* a, std::byte* b,
                       std::byte* to) {
    const int m = s.m(), n = s.n();
    with_stored(s, [&](auto t) {
        using T = decltype(t);
        const auto at = [](std::byte* place) { return reinterpret_cast<T*>(place); };
        const Matrix<T> X{reinterpret_cast<const T*>(x), m, n}, A{at(a), m, m}, B{at(b), m, m};
        gemm(site, {m, m, n, s.matrices, 1}, X, Transposed<T>{X}, Blend<T>{at(a), A, 0, 1});
        gemm(site, {m, m, m, s.matrices, 1}, A, A, Blend<T>{at(b), A, s.b, s.c});
        gemm(site, {m, n, m, s.matrices, 1}, B, X, Blend<T>{at(to), X, s.a, 1});
    });
}

void run_muon_end(const Site& site, const MuonShape& s, const MuonMatrix* matrices, const std::byte* x,
                  const std::byte* squares) {
    with_stored(s, [&](auto t) {
        using T = decltype(t);
        launch_independent(site, grid_of(s), threads_a_block, apply_kernel<T>, s, matrices,
                           reinterpret_cast<const T*>(x), reinterpret_cast<const Squares*>(squares),
                           site.scalars);
    });
}

}  // namespace cnnlab::cuda
