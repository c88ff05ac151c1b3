#pragma once

#include "engine/reference/context.hpp"

namespace cnnlab::reference {

/// p[r, k] = Σ_i a[r, i] · b[i, k].
[[nodiscard]] inline Array product(const Array& a, const Array& b) {
    const size_t rows = a.shape()[0], inner = b.shape()[0], columns = b.shape()[1];
    Array p(std::vector<size_t>{rows, columns}, 0.0);
    // Tests under sanitizers spend much of their time here: no call and no load that can be had outside the loop.
    for (size_t r = 0; r < rows; ++r)
        for (size_t i = 0; i < inner; ++i) {
            const double factor = a.data()[r * inner + i];
            const double* const from = b.data() + i * columns;
            double* const to = p.data() + r * columns;
            for (size_t k = 0; k < columns; ++k) to[k] += factor * from[k];
        }
    return p;
}

}  // namespace cnnlab::reference
