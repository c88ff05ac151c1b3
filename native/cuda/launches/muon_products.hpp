#pragma once

#include <algorithm>
#include <memory>

#include "native/cuda/kernels/muon.hpp"
#include "native/cuda/libraries/cublas_lt.hpp"

/// A Newton–Schulz iteration as three products of a library, each for all matrices of a batch:
///     A = X Xᵀ;  B = b A + c A A;  next = a X + B X
/// Row-major memory of M [r, s] is column-major memory of Mᵀ [s, r], so the library computes the transpose of each,
/// with U = Xᵀ [n, m]:
///     Aᵀ = Uᵀ U;  Bᵀ = c Aᵀ Aᵀ + b Aᵀ;  nextᵀ = Xᵀ Bᵀ + a Xᵀ = U Bᵀ + a U
/// In the last two the matrix that is added is the first factor, as in BlasProduct's beta.
namespace cnnlab::cuda {

struct MuonProducts {
    explicit MuonProducts(const MuonShape& s) {
        const int m = s.m(), n = s.n();
        a.m = m, a.n = m, a.k = n, a.transpose_a = true;
        b.m = m, b.n = m, b.k = m, b.alpha = s.c, b.beta = s.b;
        next.m = n, next.n = m, next.k = m, next.beta = s.a;
        for (BlasProduct* product : {&a, &b, &next}) {
            product->batch = s.matrices;
            product->element = s.bf16 ? Element::bf16 : Element::f32;
        }
    }
    BlasProduct a, b, next;
};

/// The library's plans: all three, or nothing.
struct MuonPlans {
    std::shared_ptr<const LibraryPlan> a, b, next;

    [[nodiscard]] explicit operator bool() const { return a && b && next; }
    [[nodiscard]] int64_t workspace() const {
        return *this ? std::max({a->workspace, b->workspace, next->workspace}) : 0;
    }
};

/// The update of a batch, with `plans` or else our own products. Scratch: MuonScratch's bytes, then the workspace of
/// the plans.
void run_muon(const Site& site, const MuonShape& shape, const MuonMatrix* matrices, const MuonPlans& plans,
              std::byte* scratch);

}  // namespace cnnlab::cuda
