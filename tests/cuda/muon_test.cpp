#include <gtest/gtest.h>

#include <cmath>

#include "engine/core/philox.hpp"
#include "native/cuda/kernels/device_code.hpp"
#include "native/cuda/launches/muon_products.hpp"

/// Muon's update on the device against the same in double, rounded to bf16 where the device stores bf16. With our own
/// products, and with the three that a library is asked for, carried out here as their fields say.
namespace cnnlab::cuda {

namespace {

/// A row-major matrix.
struct Matrix {
    int rows, columns;
    std::vector<double> values;

    Matrix(int r, int c) : rows(r), columns(c), values(static_cast<size_t>(r) * static_cast<size_t>(c)) {}
    double& at(int r, int c) {
        return values[static_cast<size_t>(r) * static_cast<size_t>(columns) + static_cast<size_t>(c)];
    }
    [[nodiscard]] double at(int r, int c) const {
        return values[static_cast<size_t>(r) * static_cast<size_t>(columns) + static_cast<size_t>(c)];
    }
    [[nodiscard]] Matrix transposed() const {
        Matrix t(columns, rows);
        for (int r = 0; r < rows; ++r)
            for (int c = 0; c < columns; ++c) t.at(c, r) = at(r, c);
        return t;
    }
};

Matrix operator*(const Matrix& a, const Matrix& b) {
    Matrix product(a.rows, b.columns);
    for (int r = 0; r < a.rows; ++r)
        for (int c = 0; c < b.columns; ++c)
            for (int k = 0; k < a.columns; ++k) product.at(r, c) += a.at(r, k) * b.at(k, c);
    return product;
}

/// How X and the results of products are stored.
double stored(double v, bool bf16) {
    return bf16 ? to_float(from_float<__nv_bfloat16>(static_cast<float>(v))) : v;
}

/// p a + q b, as it is stored.
Matrix blend(double p, const Matrix& a, double q, const Matrix& b, bool bf16) {
    Matrix sum(a.rows, a.columns);
    for (size_t i = 0; i < sum.values.size(); ++i)
        sum.values[i] = stored(p * a.values[i] + q * b.values[i], bf16);
    return sum;
}

/// X after the last step, from u.
Matrix iterated(const MuonShape& s, const Matrix& u) {
    double squares = 0;
    for (const double v : u.values) squares += v * v;
    Matrix x = s.tall() ? u.transposed() : u;
    x = blend(1 / (std::sqrt(squares) + 1e-7), x, 0, x, s.bf16);
    for (int i = 0; i < s.newton_steps; ++i) {
        const Matrix product = x * x.transposed(), a = blend(1, product, 0, product, s.bf16),
                     b = blend(s.b, a, s.c, a * a, s.bf16);
        x = blend(s.a, x, 1, b * x, s.bf16);
    }
    return s.tall() ? x.transposed() : x;
}

/// The product as its fields describe it: column-major, dense, one after the other.
template <class T>
void carry_out(const BlasProduct& p, const T* a, const T* b, T* c) {
    const auto element = [](const T* matrix, int rows, bool transposed, int r, int col) {
        return to_float(transposed ? matrix[int64_t{r} * rows + col] : matrix[int64_t{col} * rows + r]);
    };
    for (int n = 0; n < p.batch;
         ++n, a += int64_t{p.m} * p.k, b += int64_t{p.k} * p.n, c += int64_t{p.m} * p.n)
        for (int col = 0; col < p.n; ++col)
            for (int r = 0; r < p.m; ++r) {
                float sum = 0;
                for (int k = 0; k < p.k; ++k)
                    sum += element(a, p.transpose_a ? p.k : p.m, p.transpose_a, r, k) *
                           element(b, p.transpose_b ? p.n : p.k, p.transpose_b, k, col);
                const int64_t at = int64_t{col} * p.m + r;
                c[at] = from_float<T>(p.alpha * sum + (p.beta != 0 ? p.beta * to_float(a[at]) : 0.0F));
            }
}

std::shared_ptr<const LibraryPlan> plan_of(const BlasProduct& p) {
    return std::make_shared<const LibraryPlan>(
        LibraryPlan{"here", 0, false, [p](cudaStream_t, const void* a, const void* b, void* c, void*) {
                        if (p.element == Element::bf16)
                            carry_out(p, static_cast<const __nv_bfloat16*>(a),
                                      static_cast<const __nv_bfloat16*>(b), static_cast<__nv_bfloat16*>(c));
                        else
                            carry_out(p, static_cast<const float*>(a), static_cast<const float*>(b),
                                      static_cast<float*>(c));
                    }});
}

struct Case {
    int rows, columns, newton_steps;
    bool bf16, nesterov, library;
};

void PrintTo(const Case& c, std::ostream* out) {
    *out << c.rows << "x" << c.columns << ", " << c.newton_steps << " steps" << (c.bf16 ? ", bf16" : "")
         << (c.nesterov ? ", nesterov" : "") << (c.library ? ", library" : "");
}

std::vector<Case> all_cases() {
    std::vector<Case> cases;
    // wide, tall and square; multiples of 8 and not
    for (const auto& [rows, columns] :
         {std::pair(8, 16), {16, 8}, {24, 24}, {5, 13}, {13, 5}, {7, 72}, {1, 9}})
        for (const int steps : {1, 2})
            for (const bool bf16 : {false, true})
                for (const bool library : {false, true})
                    cases.push_back({rows, columns, steps, bf16, steps == 1, library});
    return cases;
}

}  // namespace

class CudaMuon : public testing::TestWithParam<Case> {};

TEST_P(CudaMuon, updates_as_a_computation_in_double_with_the_same_roundings) {
    const Case c = GetParam();
    constexpr int matrices = 3;
    constexpr float momentum = 0.6F;
    const MuonShape shape{c.rows, c.columns, matrices, c.newton_steps, 3.4445F, -4.7750F, 2.0315F, c.bf16};
    const auto count = static_cast<size_t>(c.rows) * static_cast<size_t>(c.columns);
    const Philox random{1, 2, 3};
    uint64_t drawn = 0;
    std::vector<std::vector<float>> parameters(matrices), gradients(matrices), velocities(matrices),
        old(matrices);
    std::vector<MuonMatrix> table(matrices);
    for (size_t i = 0; i < matrices; ++i) {
        parameters[i].assign(count, 0.0F);
        for (auto* values : {&gradients[i], &velocities[i]})
            for (size_t k = 0; k < count; ++k)
                values->push_back(static_cast<float>(random.word(drawn++)) / 4294967296.0F - 0.5F);
        old[i] = velocities[i];
        table[i].parameter = parameters[i].data();
        table[i].gradient = gradients[i].data();
        table[i].velocity = velocities[i].data();
        table[i].momentum = momentum;
        table[i].nesterov = c.nesterov;
    }
    const MuonProducts products(shape);
    MuonPlans plans;
    if (c.library) plans = {plan_of(products.a), plan_of(products.b), plan_of(products.next)};
    RunScalars scalars;
    scalars.rates[0] = 1;
    Site site;
    site.scalars = &scalars;
    // what the padding holds must not matter
    std::vector<std::byte> scratch(static_cast<size_t>(MuonScratch(shape).bytes), std::byte{0x7F});
    run_muon(site, shape, table.data(), plans, scratch.data());

    for (size_t i = 0; i < matrices; ++i) {
        Matrix u(c.rows, c.columns);
        for (size_t k = 0; k < count; ++k) {
            const double v = double{momentum} * old[i][k] + gradients[i][k];
            EXPECT_NEAR(velocities[i][k], v, 1e-6);
            u.values[k] = c.nesterov ? gradients[i][k] + double{momentum} * v : v;
        }
        const Matrix x = iterated(shape, u);
        double deviation = 0, norm = 0;
        for (size_t k = 0; k < count; ++k) {
            const double difference =
                parameters[i][k] + x.values[k];  // the parameter was 0 and the rate is 1
            deviation += difference * difference;
            norm += x.values[k] * x.values[k];
        }
        // A sum in fp32 that lies near the middle between two numbers of bf16 may go to the other one, .4 % away.
        EXPECT_LE(std::sqrt(deviation / norm), c.bf16 ? 5e-4 : 2e-6) << "matrix " << i;
    }
}

INSTANTIATE_TEST_SUITE_P(shapes, CudaMuon, testing::ValuesIn(all_cases()));

}  // namespace cnnlab::cuda
