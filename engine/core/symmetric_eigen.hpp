#pragma once

#include <vector>

namespace cnnlab {

/// λ and v of a symmetric matrix: A v = λ v.
struct SymmetricEigen {
    std::vector<double> values;  ///< ascending
    std::vector<std::vector<double>>
        vectors;  ///< one a value, of length 1; the entry of largest size is positive
};

/// Eigenvalues and eigenvectors of a symmetric n×n matrix, row-major, by cyclic Jacobi rotations (Golub and Van Loan,
/// "Matrix computations", 8.5). Exact to rounding; meant for n up to some hundred.
[[nodiscard]] SymmetricEigen symmetric_eigen(std::vector<double> matrix, int n);

}  // namespace cnnlab
