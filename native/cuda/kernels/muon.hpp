#pragma once

#include "native/cuda/kernels/site.hpp"

/// Muon for matrices of one shape, all of them in the same launches (engine/ops/update.hpp has the formulas).
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

/// What the matrices of a launch share. Rows ≤ columns inside: a tall matrix is worked on transposed.
struct MuonShape {
    int rows = 1, columns = 1;  ///< of the parameter
    int matrices = 1;
    int newton_steps = 5;
    float a = 0, b = 0, c = 0;

    [[nodiscard]] constexpr bool tall() const { return rows > columns; }
    [[nodiscard]] constexpr int narrow() const { return tall() ? columns : rows; }
    [[nodiscard]] constexpr int wide() const { return tall() ? rows : columns; }
};

/// Floats of scratch memory.
[[nodiscard]] int64_t muon_scratch(const MuonShape& shape);
void run_muon(const Site& site, const MuonShape& shape, const MuonMatrix* matrices, float* scratch);

}  // namespace cnnlab::cuda
