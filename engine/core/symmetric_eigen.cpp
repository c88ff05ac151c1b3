#include "engine/core/symmetric_eigen.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace cnnlab {

namespace {

/// A square matrix, row-major.
struct Square {
    std::vector<double> values;
    size_t n;

    double& operator()(size_t row, size_t column) { return values[row * n + column]; }
};

/// The rotation in the plane (p, q) that makes a[p, q] zero: cosine and sine.
struct Rotation {
    double c, s;

    Rotation(double app, double apq, double aqq) {
        const double theta = (aqq - app) / (2 * apq);
        const double t = (theta >= 0 ? 1.0 : -1.0) / (std::abs(theta) + std::hypot(theta, 1.0));
        c = 1 / std::hypot(t, 1.0);
        s = t * c;
    }
    void turn(double& first, double& second) const {
        const double x = first, y = second;
        first = c * x - s * y;
        second = s * x + c * y;
    }
};

/// Rotates every pair once; the sum of squares beside the diagonal before that.
double sweep(Square& a, Square& v) {
    double beside = 0;
    for (size_t p = 0; p < a.n; ++p)
        for (size_t q = p + 1; q < a.n; ++q) {
            beside += a(p, q) * a(p, q);
            if (a(p, q) == 0) continue;
            const Rotation rotation(a(p, p), a(p, q), a(q, q));
            for (size_t k = 0; k < a.n; ++k) rotation.turn(a(k, p), a(k, q));
            for (size_t k = 0; k < a.n; ++k) rotation.turn(a(p, k), a(q, k));
            for (size_t k = 0; k < a.n; ++k) rotation.turn(v(k, p), v(k, q));
        }
    return beside;
}

}  // namespace

SymmetricEigen symmetric_eigen(std::vector<double> matrix, int n) {
    const auto size = static_cast<size_t>(n);
    Square a{std::move(matrix), size}, v{std::vector<double>(size * size), size};
    double diagonal = 0;
    for (size_t i = 0; i < size; ++i) v(i, i) = 1;
    for (const double value : a.values) diagonal += value * value;
    // Convergence is quadratic: a handful of sweeps is enough. The bound of 60 is never reached.
    for (int i = 0; i < 60 && sweep(a, v) > 1e-30 * diagonal; ++i) {
    }
    std::vector<size_t> order(size);
    std::iota(order.begin(), order.end(), size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](size_t i, size_t j) { return a(i, i) < a(j, j); });
    SymmetricEigen result;
    for (const size_t i : order) {
        std::vector<double> vector(size);
        for (size_t k = 0; k < size; ++k) vector[k] = v(k, i);
        const double largest = *std::max_element(
            vector.begin(), vector.end(), [](double x, double y) { return std::abs(x) < std::abs(y); });
        if (largest < 0)
            for (double& x : vector) x = -x;
        result.values.push_back(a(i, i));
        result.vectors.push_back(std::move(vector));
    }
    return result;
}

}  // namespace cnnlab
