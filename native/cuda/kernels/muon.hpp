#pragma once

#include <cstddef>

#include "native/cuda/kernels/site.hpp"

/// Muon for matrices of one shape, all in the same launches. Formulas: engine/ops/update.hpp.
namespace cnnlab::cuda {

/// One matrix and its hyper-parameters, in a table on the device.
struct MuonMatrix {
    float* parameter = nullptr;
    const float* gradient = nullptr;
    float* velocity = nullptr;
    const float* clip = nullptr;  ///< one factor, or none
    float clip_value = 0, lr_scale = 1, weight_decay = 0, momentum = 0;
    int rate = 0;
    bool nesterov = true;
    int norm_every = 0;
    float norm_slowing = 0;
};

/// Common to the matrices of a launch. A tall matrix is transposed, so that X has m ≤ n.
struct MuonShape {
    int rows = 1, columns = 1;  ///< of the parameter
    int matrices = 1;
    int newton_steps = 5;
    float a = 0, b = 0, c = 0;
    /// X and products are stored in bf16, else in fp32. Sums are always in fp32.
    bool bf16 = false;

    [[nodiscard]] constexpr bool tall() const { return rows > columns; }
    [[nodiscard]] constexpr int narrow() const { return tall() ? columns : rows; }
    [[nodiscard]] constexpr int wide() const { return tall() ? rows : columns; }
    /// Rows and columns of X in memory. In bf16 they are padded with zeros to multiples of 8: tensor-core kernels
    /// load 16 bytes of each row and matrix. The padding stays zero through all products.
    [[nodiscard]] constexpr int m() const { return padded(narrow()); }
    [[nodiscard]] constexpr int n() const { return padded(wide()); }

  private:
    [[nodiscard]] constexpr int padded(int extent) const { return bf16 ? (extent + 7) / 8 * 8 : extent; }
};

/// Offsets of the matrices of a launch in its scratch, and the size of that scratch, in bytes. Each batch begins at a
/// multiple of 256, as libraries expect.
struct MuonScratch {
    explicit MuonScratch(const MuonShape& shape);
    int64_t x = 0, next = 0;  ///< [matrices, m, n]: X and the next X
    int64_t a = 0, b = 0;     ///< [matrices, m, m]: A = X Xᵀ, B = b A + c A²
    int64_t squares = 0;      ///< sums of squares
    int64_t bytes = 0;
};

/// v ← μ v + g, and X from it.
void run_muon_begin(const Site& site, const MuonShape& shape, const MuonMatrix* matrices, std::byte* scratch);
/// to ← a X + (b A + c A²) X.
void run_muon_products(const Site& site, const MuonShape& shape, const std::byte* x, std::byte* a,
                       std::byte* b, std::byte* to);
/// W ← (1 − lr λ) W − lr X, where W is renormalised if it is due.
void run_muon_end(const Site& site, const MuonShape& shape, const MuonMatrix* matrices, const std::byte* x,
                  const std::byte* squares);

}  // namespace cnnlab::cuda
