#include "engine/cpu/kernels/tile.hpp"

/// Legend
///   S  the short side of the matrix, L  the long one; P  S rounded up to blocks of 8 rows, zero beyond S
///   x, next  [P][L]: the iterate, transposed if the matrix is tall      gram, factor  [P][S]
/// One thread updates one matrix; the matrices of a network are updated in parallel.
namespace cnnlab::cpu::CNNLAB_ARCH {

namespace {

/// A matrix in memory: (row, column) lies at row · row_stride + column · column_stride.
struct Matrix {
    const float* values;
    int64_t row_stride, column_stride;
};

/// out[rows][columns] = a[rows][inner] · b[inner][columns]. `rows`: a multiple of 8. `packed`: inner ·
/// packed_columns(columns) floats.
void multiply(const float* a, int rows, int inner, Matrix b, int columns, float* packed, float* out) {
    for (int first = 0; first < columns; first += tile_width) {
        const int left = columns - first, wide = left > width ? tile_width : width,
                  valid = left < wide ? left : wide;
        for (int i = 0; i < inner; ++i)
            for (int k = 0; k < wide; ++k)
                packed[int64_t{i} * wide + k] =
                    k < valid ? b.values[i * b.row_stride + (first + k) * b.column_stride] : 0.0F;
        const Tap tap{0, 0};
        run_block({&tap, 1, inner, a, packed, inner}, {out + first, columns, nullptr, valid, false}, rows);
    }
}

double norm_of(const float* values, int64_t count) {
    double squares = 0;
    for (int64_t i = 0; i < count; ++i) squares += static_cast<double>(values[i]) * values[i];
    return __builtin_sqrt(squares);
}

struct Sides {
    int rows, columns, brief, length, padded;  ///< m, n, S, L, P

    explicit Sides(const Shape& shape)
        : rows(static_cast<int>(shape[0])), columns(static_cast<int>(shape.count() / shape[0])) {
        brief = rows < columns ? rows : columns;
        length = rows < columns ? columns : rows;
        padded = (brief + block_images - 1) / block_images * block_images;
    }
    [[nodiscard]] int64_t iterate() const { return int64_t{padded} * length; }
    [[nodiscard]] int64_t square() const { return int64_t{padded} * brief; }
    [[nodiscard]] int64_t floats() const {
        return 2 * iterate() + 2 * square() + int64_t{length} * tile_width;
    }
};

class Muon : public Kernel {
  public:
    Muon(const ops::MuonUpdate& op, const Binding& b)
        : op_(op),
          sides_(b.program->shape(op.parameter)),
          w_(b.buffer(op.parameter).whole()),
          v_(b.buffer(op.velocity).whole()),
          g_(b.buffer(op.gradient).whole()),
          clip_(op.clip ? b.buffer(op.clip).whole() : nullptr),
          x_(reinterpret_cast<float*>(b.storage)),
          next_(x_ + sides_.iterate()),
          gram_(next_ + sides_.iterate()),
          factor_(gram_ + sides_.square()),
          packed_(factor_ + sides_.square()) {}

    void epilogue(int /*part*/, Run& run) override {
        move();
        const int64_t count = int64_t{sides_.rows} * sides_.columns;
        const double norm = norm_of(w_, count);
        if (op_.renormalises(run.input.step, run.input.total_steps) && norm > 0)
            scale(w_, count, __builtin_sqrt(static_cast<double>(sides_.rows)) / norm);
        scale(x_, sides_.iterate(), 1.0 / (norm_of(x_, sides_.iterate()) + 1e-7));
        for (int i = 0; i < op_.newton_steps; ++i) iterate();
        const float lr = run.input.rate(op_.rate) * op_.lr_scale, keep = 1.0F - lr * op_.weight_decay;
        each([&](int64_t at, int64_t index) { w_[at] = keep * w_[at] - lr * x_[index]; });
    }

  private:
    static void scale(float* values, int64_t count, double factor) {
        const auto f = static_cast<float>(factor);
        for (int64_t i = 0; i < count; ++i) values[i] *= f;
    }

    /// Calls f(index in the parameter, index in the iterate).
    template <class F>
    CNNLAB_INLINE void each(F&& f) const {
        const bool tall = sides_.rows > sides_.columns;
        for (int64_t r = 0; r < sides_.rows; ++r)
            for (int64_t c = 0; c < sides_.columns; ++c)
                f(r * sides_.columns + c, tall ? c * sides_.length + r : r * sides_.length + c);
    }

    /// Updates the velocity and sets X to the update before it is made orthogonal.
    void move() {
        for (int64_t i = int64_t{sides_.brief} * sides_.length; i < sides_.iterate(); ++i) x_[i] = 0.0F;
        const float clip = clip_ != nullptr ? *clip_ : 1.0F, most = op_.clip_value, mu = op_.momentum;
        each([&](int64_t at, int64_t index) {
            float g = g_[at] * clip;
            if (most > 0) g = g > most ? most : g < -most ? -most : g;
            v_[at] = mu * v_[at] + g;
            x_[index] = op_.nesterov ? g + mu * v_[at] : v_[at];
        });
    }

    /// X ← a X + (b A + c A²) X, A = X Xᵀ.
    void iterate() {
        const int s = sides_.brief, l = sides_.length, p = sides_.padded;
        const float a = op_.coefficients[0], b = op_.coefficients[1], c = op_.coefficients[2];
        multiply(x_, p, l, {x_, 1, l}, s, packed_, gram_);
        multiply(gram_, p, s, {gram_, s, 1}, s, packed_, factor_);
        for (int64_t i = 0; i < sides_.square(); ++i) factor_[i] = b * gram_[i] + c * factor_[i];
        multiply(factor_, p, s, {x_, l, 1}, l, packed_, next_);
        for (int64_t i = 0; i < sides_.iterate(); ++i) x_[i] = a * x_[i] + next_[i];
    }

    ops::MuonUpdate op_;
    Sides sides_;
    float *w_, *v_;
    const float *g_, *clip_;
    float *x_, *next_, *gram_, *factor_, *packed_;
};

}  // namespace

template <>
Traits CpuOp<ops::MuonUpdate>::traits(const ops::MuonUpdate& op, const Program& program, int /*shards*/) {
    Traits t = epilogue_only();
    t.sharing = Sharing::alone;
    t.storage_bytes = Sides(program.shape(op.parameter)).floats() * 4;
    return t;
}

template <>
std::unique_ptr<Kernel> CpuOp<ops::MuonUpdate>::bind(const ops::MuonUpdate& op, const Binding& b) {
    return std::make_unique<Muon>(op, b);
}

}  // namespace cnnlab::cpu::CNNLAB_ARCH
